import { type AuthConfigSecret, readAuthConfigSecrets } from "../../../shared/records/account/auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretsInUse } from "../../../shared/records/credential/secret-intent.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";

/** The secrets whose value the auth configs of an account have, as the table knows them. */
export class KeptSecrets {
  readonly #table: StateTable;
  readonly #accountId: string;
  #recorded: Promise<readonly AuthConfigSecret[]> | undefined;

  constructor({ table, accountId }: { table: StateTable; accountId: string }) {
    this.#table = table;
    this.#accountId = accountId;
  }

  /**
   * The secrets whose value RingCX may have for an auth config, as long as nobody changes it.
   *
   * @param authConfigId as a link spells it: RingCX compares ids without case, the table's keys do not
   * @returns ARNs
   * @throws {AutomationError} `ITEM_UNREADABLE`: what an item that cannot be read says may be just this
   */
  async of(authConfigId: string): Promise<string[]> {
    this.#recorded ??= this.#readRecorded();
    const recorded = (await this.#recorded).filter((one) => isSameId(one.authConfigId, authConfigId));
    // Bindings by tags are kept in lower case, those of a manifest as RingCX spelled the id when it was taken over.
    const spellings = [authConfigId, authConfigId.toLowerCase(), ...recorded.map((one) => one.authConfigId)];
    const states = await Promise.all(
      [...new Set(spellings)].map((id) => this.#table.get(authConfigStateKey(this.#accountId, id))),
    );
    return [...new Set([...recorded.map(({ secretArn }) => secretArn), ...states.flatMap(secretsInUse)])];
  }

  async #readRecorded(): Promise<readonly AuthConfigSecret[]> {
    const records = await readAuthConfigSecrets(this.#table, this.#accountId);
    return records.map((record) => {
      if (isUnreadable(record)) throw record;
      return record;
    });
  }
}
