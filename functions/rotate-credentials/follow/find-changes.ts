import pMap from "p-map";
import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
} from "../../../shared/records/credential/auth-config-state.ts";
import {
  type ChangeInRingCx,
  changeWords,
  ourUpdatedTime,
} from "../../../shared/records/credential/changed-in-ringcx.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { hasIntent } from "../../../shared/records/credential/secret-intent.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { isSurelyGone } from "../../../shared/ringcx/client/surely-gone.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { RingCxForbiddenError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { Finding, Seen } from "./next-problems.ts";

/** Items that are read at the same time. */
const concurrency = 25;

/** What was seen of an auth config's own state in RingCX. */
export interface ChangeSeen {
  seen: Seen;
  baseline: FollowedAuthConfig["baseline"];
}

/** The auth configs of an account as RingCX lists them, one request for each page. */
export class ListedAuthConfigs {
  readonly #account: RingCxAccount;
  readonly #configs: ReadonlyMap<string, AuthConfig>;

  private constructor(account: RingCxAccount, configs: readonly AuthConfig[]) {
    this.#account = account;
    this.#configs = new Map(configs.map((config) => [config.authConfigId.toLowerCase(), config]));
  }

  static async read(account: RingCxAccount): Promise<ListedAuthConfigs> {
    return new ListedAuthConfigs(account, await account.authConfigs.listAll());
  }

  /** Whether RingCX surely has no such auth config: asked for by its id, when no read is too old to show it. */
  async isGone(authConfigId: string): Promise<boolean> {
    if (!this.#isMissing(authConfigId)) return false;
    const isThere = async () => (await this.#get(authConfigId)) !== undefined;
    return (await isSurelyGone(await this.#account.unshownMs(), isThere)) === true;
  }

  /**
   * Whether anybody but us has written to the auth configs that are followed, as RingCX's `updatedTime` says. What is new
   * is asked for again, with its record before and behind: it is not listed and read at one moment.
   */
  async changes(
    table: StateTable,
    followed: readonly { binding: SecretBinding; before: FollowedAuthConfig }[],
    now: number,
  ): Promise<ReadonlyMap<string, ChangeSeen>> {
    const look = async ({ binding, before }: (typeof followed)[number]): Promise<ChangeSeen> => {
      const { accountId, authConfigId } = binding;
      const { baseline } = before;
      const read = () => table.get(authConfigStateKey(accountId, authConfigId));
      const item = await read();
      const listed = this.#configs.get(authConfigId.toLowerCase());
      const isMissing = this.#isMissing(authConfigId);
      const first = decideChange({ listed, isMissing, item, baseline, now });
      const isKnown = before.problems.some(({ topic, endedAt }) => topic === "CHANGE" && endedAt === undefined);
      if (typeof first.seen !== "object" || isKnown) return first;
      const again = await this.#get(authConfigId);
      const behind = await read();
      if (behind?.version !== item?.version) return { seen: "unknown", baseline };
      return decideChange({ listed: again, isMissing: again === undefined, item: behind, baseline, now });
    };
    const lookOrLeave = async (one: (typeof followed)[number]): Promise<[string, ChangeSeen]> => {
      const seen = await look(one).catch((error: unknown): ChangeSeen => {
        // The secret's own run says which item.
        if (isUnreadable(error)) return { seen: "unknown", baseline: one.before.baseline };
        throw error;
      });
      return [one.binding.authConfigId.toLowerCase(), seen];
    };
    return new Map(await pMap(followed, lookOrLeave, { concurrency }));
  }

  #isMissing(authConfigId: string): boolean {
    return !this.#configs.has(authConfigId.toLowerCase());
  }

  async #get(authConfigId: string): Promise<AuthConfig | undefined> {
    try {
      const config = await this.#account.authConfigs.get(authConfigId);
      return isSameId(config.authConfigId, authConfigId) ? config : undefined;
    } catch (error) {
      if (error instanceof RingCxNotFoundError) return undefined;
      // RingCX may say so of what is gone (`authConfigs.gone`); what it lists it lets us see.
      if (error instanceof RingCxForbiddenError && this.#isMissing(authConfigId)) return undefined;
      throw error;
    }
  }
}

interface Compared {
  listed: Pick<AuthConfig, "updatedTime"> | undefined;
  isMissing: boolean;
  /** The auth config's state as the table has it. */
  item: Item | undefined;
  baseline: FollowedAuthConfig["baseline"];
  /** Epoch milliseconds. */
  now: number;
}

/**
 * Compares RingCX's `updatedTime` with the one of our last write. Where that is not known, the first that is seen counts
 * until the state is written again.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function decideChange({ listed, isMissing, item, baseline, now }: Compared): ChangeSeen {
  const record = fromItem(item);
  if (!item || isBusy(record, now)) return { seen: "unknown", baseline };
  if (isMissing) return { seen: gone, baseline };
  if (listed?.updatedTime === undefined) return { seen: listed ? undefined : "unknown", baseline };
  const { updatedTime } = listed;
  const ours = ourUpdatedTime(record, item.version, baseline);
  if (ours === undefined) return { seen: undefined, baseline: { updatedTime, stateVersion: item.version } };
  if (ours === updatedTime) return { seen: undefined, baseline };
  return { seen: changed({ updatedTime, ours }), baseline };
}

const gone: Finding = {
  topic: "CHANGE",
  kind: "GONE",
  message: "RingCX has no such auth config any more: somebody has deleted it",
  hint: "send its manifest again, or retire it",
};

function changed(change: ChangeInRingCx): Finding {
  return {
    topic: "CHANGE",
    kind: "CHANGED",
    message: changeWords(change),
    hint: "its credential may be another than the secret's: put a new version of the secret, or let rotation.onChange rewrite it",
  };
}

/**
 * Somebody is at it, it is not known what RingCX has, or what it shows may be older than our write: then nobody can say who
 * changed it.
 */
function isBusy(record: CredentialRecord, now: number): boolean {
  const { state, lease } = record;
  if (state.kind === "APPLIED" && unshownMs(Date.parse(state.applied.at), now) > 0) return true;
  return state.kind !== "APPLIED" || (lease !== undefined && lease.until > now) || hasIntent(record);
}
