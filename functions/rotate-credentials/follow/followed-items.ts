import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type FollowedAuthConfig,
  type FollowedProblem,
  followedCheckFromItem,
  followedCheckKey,
  followedFromItem,
  followedOfAccount,
  followedToItem,
} from "../../../shared/records/account/followed-auth-config.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import type { OnUnreadable } from "../../../shared/state/rebuilt-item.ts";
import type { Expected, Item } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import { hasUnpublished, publishedTold, publishTold } from "../report/told.ts";
import { followedOutcome } from "./followed-outcome.ts";
import { nextProblems, type SeenOf } from "./next-problems.ts";

/** What keeping and publishing stands on. */
export interface FollowedItemDependencies extends PublishDependencies {
  clock: Clock;
  onUnreadable: OnUnreadable;
}

interface Stored {
  followed: FollowedAuthConfig;
  expected: Expected;
  /** Nothing of ours is in it any more; DynamoDB removes the item when it gets round to it. */
  isForgotten: boolean;
}

/**
 * What the table keeps of an account's followed auth configs, one item each. Where another run wrote meanwhile, this one
 * leaves the item alone.
 */
export class FollowedItems {
  readonly #dependencies: FollowedItemDependencies;
  readonly #accountId: string;
  readonly #stored = new Map<string, Stored>();
  /** When the account was last looked at, epoch milliseconds. */
  readonly checkedAt: number;

  private constructor(dependencies: FollowedItemDependencies, accountId: string, check: Item | undefined) {
    this.#dependencies = dependencies;
    this.#accountId = accountId;
    this.checkedAt = followedCheckFromItem(check).checkedAt;
  }

  /** One that cannot be read is reported, and left alone. */
  static async read(dependencies: FollowedItemDependencies, accountId: string): Promise<FollowedItems> {
    const { table, onUnreadable } = dependencies;
    const found = await table.query(accountPartition(accountId), followedOfAccount);
    const { sk } = followedCheckKey(accountId);
    const check = found.find((item) => item.sk === sk);
    const items = new FollowedItems(dependencies, accountId, check);
    for (const item of found) {
      if (item === check) continue;
      try {
        const followed = followedFromItem(item);
        items.#stored.set(followed.authConfigId.toLowerCase(), {
          followed,
          expected: item.version,
          isForgotten: item.expiresAt !== undefined,
        });
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        await onUnreadable(error, "left");
      }
    }
    return items;
  }

  all(): FollowedAuthConfig[] {
    return [...this.#stored.values()].flatMap(({ followed, isForgotten }) => (isForgotten ? [] : [followed]));
  }

  get(authConfigId: string): FollowedAuthConfig | undefined {
    const stored = this.#stored.get(authConfigId.toLowerCase());
    return stored?.isForgotten === false ? stored.followed : undefined;
  }

  /** Writes down whose versions an auth config gets, where that is news. What is still to be told is told in the old words. */
  async note(
    authConfigId: string,
    fields: Pick<FollowedAuthConfig, "providerName" | "secretArn" | "secret" | "rotateWithin">,
  ): Promise<void> {
    const known = this.get(authConfigId);
    if (known && hasUnpublished(known.problems)) return;
    const before = known ?? { authConfigId, problems: [], unknownAttributes: {} };
    const next: FollowedAuthConfig = { ...before, ...fields };
    if (!known || isDifferent(known, next)) await this.#save(next);
  }

  /** Publishes what a crash kept from being published. */
  async publish(): Promise<void> {
    for (const followed of this.all()) await this.#tell(followed);
  }

  /**
   * Keeps what was seen of an auth config, then publishes what began or ended.
   *
   * @param isLost nothing of ours is in it any more: it is forgotten once that is published
   * @returns false where another run wrote meanwhile, and nothing was kept
   */
  async see(
    followed: FollowedAuthConfig,
    seen: SeenOf<FollowedProblem["topic"]>,
    { isLost }: { isLost: boolean },
  ): Promise<boolean> {
    const now = new Date(this.#dependencies.clock.now()).toISOString();
    const next = { ...followed, problems: nextProblems(followed.problems, seen, now) };
    const before = this.get(followed.authConfigId);
    // Before it is published: what is said twice after a crash has one id.
    if (before && isDifferent(before, next) && !(await this.#save(next))) return false;
    const isTold = await this.#tell(next);
    if (isTold && isLost) await this.#save({ ...next, problems: publishedTold(next.problems) }, { isForgotten: true });
    return true;
  }

  /** Writes down that somebody's change is about to be written over, before it is. */
  noteRewrite(followed: FollowedAuthConfig, rewrittenAt: number): Promise<boolean> {
    return this.#save({ ...followed, rewrittenAt });
  }

  async #tell(followed: FollowedAuthConfig): Promise<boolean> {
    const { problems } = followed;
    if (!hasUnpublished(problems)) return true;
    const { outcomes } = this.#dependencies;
    await publishTold(outcomes, problems, (told, what, problem) =>
      followedOutcome(this.#accountId, followed, told, what, problem),
    );
    return this.#save({ ...followed, problems: publishedTold(problems) });
  }

  /** False when another run wrote meanwhile. */
  async #save(followed: FollowedAuthConfig, { isForgotten } = { isForgotten: false }): Promise<boolean> {
    const { table, clock } = this.#dependencies;
    const id = followed.authConfigId.toLowerCase();
    const expiresAt = isForgotten ? { expiresAt: Math.floor(clock.now() / 1000) } : {};
    const item = { ...followedToItem(this.#accountId, followed), ...expiresAt };
    const version = await table.put(item, this.#stored.get(id)?.expected ?? "absent");
    if (version !== false) this.#stored.set(id, { followed, expected: version, isForgotten });
    return version !== false;
  }
}

function isDifferent(a: FollowedAuthConfig, b: FollowedAuthConfig): boolean {
  return JSON.stringify(a, sorted) !== JSON.stringify(b, sorted);
}

/** Attributes in one order, however they came to be. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
