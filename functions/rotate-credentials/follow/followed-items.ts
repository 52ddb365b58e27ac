import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type FollowedAuthConfig,
  type FollowedProblem,
  followedAuthConfigKey,
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
import { nextProblems, type Seen } from "./next-problems.ts";

/** What keeping and publishing stands on. */
export interface FollowedItemDependencies extends PublishDependencies {
  clock: Clock;
  onUnreadable: OnUnreadable;
}

interface Stored {
  followed: FollowedAuthConfig;
  expected: Expected;
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
        items.#stored.set(followed.authConfigId.toLowerCase(), { followed, expected: item.version });
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        await onUnreadable(error);
      }
    }
    return items;
  }

  all(): FollowedAuthConfig[] {
    return [...this.#stored.values()].map(({ followed }) => followed);
  }

  get(authConfigId: string): FollowedAuthConfig | undefined {
    return this.#stored.get(authConfigId.toLowerCase())?.followed;
  }

  /** Writes down whose versions an auth config gets, where that is news. */
  async note(
    authConfigId: string,
    fields: Pick<FollowedAuthConfig, "providerName" | "secretArn" | "secret" | "rotateWithin">,
  ): Promise<void> {
    const known = this.#stored.get(authConfigId.toLowerCase());
    const before = known?.followed ?? { authConfigId, problems: [], unknownAttributes: {} };
    const next: FollowedAuthConfig = { ...before, ...fields };
    if (!known || isDifferent(known.followed, next)) await this.#save(next);
  }

  /** Publishes what a crash kept from being published. */
  async publish(): Promise<void> {
    for (const followed of this.all()) await this.#tell(followed);
  }

  /**
   * Keeps what was seen of an auth config, then publishes what began or ended.
   *
   * @param isLost nothing of ours is in it any more: it is forgotten once that is published
   */
  async see(
    followed: FollowedAuthConfig,
    seen: Readonly<Record<FollowedProblem["topic"], Seen>>,
    { isLost }: { isLost: boolean },
  ): Promise<void> {
    const { clock, table } = this.#dependencies;
    const now = new Date(clock.now()).toISOString();
    const next = { ...followed, problems: nextProblems(followed.problems, seen, now) };
    const before = this.#stored.get(followed.authConfigId.toLowerCase());
    // Before it is published: what is said twice after a crash has one id.
    if (before && isDifferent(before.followed, next) && !(await this.#save(next))) return;
    if (!(await this.#tell(next)) || !isLost) return;
    const { expected } = this.#stored.get(followed.authConfigId.toLowerCase()) ?? {};
    if (typeof expected !== "number") return;
    await table.delete(followedAuthConfigKey(this.#accountId, followed.authConfigId), expected);
    this.#stored.delete(followed.authConfigId.toLowerCase());
  }

  /** Writes down that somebody's change is about to be written over, before it is. */
  noteRewrite(followed: FollowedAuthConfig, rewrittenAt: number): Promise<boolean> {
    return this.#save({ ...followed, rewrittenAt });
  }

  async #tell(followed: FollowedAuthConfig): Promise<boolean> {
    const { problems } = followed;
    if (!hasUnpublished(problems)) return true;
    const { outcomes } = this.#dependencies;
    await publishTold(problems, (told, what, problem) =>
      outcomes.publish(followedOutcome(this.#accountId, followed, told, what, problem)),
    );
    return this.#save({ ...followed, problems: publishedTold(problems) });
  }

  /** False when another run wrote meanwhile. */
  async #save(followed: FollowedAuthConfig): Promise<boolean> {
    const id = followed.authConfigId.toLowerCase();
    const expected = this.#stored.get(id)?.expected ?? "absent";
    const version = await this.#dependencies.table.put(followedToItem(this.#accountId, followed), expected);
    if (version !== false) this.#stored.set(id, { followed, expected: version });
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
