import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { AuthRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { isHeldByAnother, type Lease } from "../../../shared/state/lease.ts";
import type { Expected, StateTable } from "../../../shared/state/table.ts";
import { readRecord, writeRecord } from "./credential-record.ts";

/**
 * Holds all of the given auth configs, or none: one credential is never changed twice at a time. RingCX knows
 * no fencing numbers, so a lease must outlive the invocation of its holder.
 *
 * @param now epoch milliseconds, as `lease.until`
 * @returns `undefined` when somebody else holds one of them
 */
export async function hold(
  table: StateTable,
  bindings: readonly SecretBinding[],
  lease: Lease,
  now: number,
): Promise<readonly Held[] | undefined> {
  const held: Held[] = [];
  try {
    // Always in the same order, so that two holders never wait for each other's half.
    for (const binding of bindings.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
      const { record, expected } = await readRecord(table, binding);
      const isTaken = isHeldByAnother(record.lease, lease.holder, now);
      const one = new Held(table, binding, lease, record, expected);
      if (isTaken || !(await one.take())) {
        await releaseAll(held);
        return undefined;
      }
      held.push(one);
    }
  } catch (error) {
    await releaseAll(held);
    throw error;
  }
  return held;
}

/** Gives up what is still held; a lease that cannot be released runs out. */
export async function releaseAll(held: readonly Held[]): Promise<void> {
  await Promise.allSettled(held.map((one) => one.release()));
}

/** An auth config whose credential nobody else changes meanwhile, and its record. */
export class Held {
  readonly binding: SecretBinding;
  readonly #table: StateTable;
  readonly #lease: Lease;
  #record: AuthRecord;
  #expected: Expected;
  #isHeld = false;

  constructor(table: StateTable, binding: SecretBinding, lease: Lease, record: AuthRecord, expected: Expected) {
    this.binding = binding;
    this.#table = table;
    this.#lease = lease;
    this.#record = record;
    this.#expected = expected;
  }

  get record(): AuthRecord {
    return this.#record;
  }

  /** RingCX's own name for the auth config, for those who read about it; kept with the next save. */
  learnName(providerName: string | undefined): void {
    if (providerName !== undefined) this.#record = { ...this.#record, providerName };
  }

  /** False when somebody else wrote since the record was read. */
  async take(): Promise<boolean> {
    this.#isHeld = await this.#write({ ...this.#record, lease: this.#lease });
    return this.#isHeld;
  }

  /**
   * Writes the changed record, still held.
   *
   * @throws {AutomationError} `LEASE_LOST` when somebody else wrote: what was read no longer holds
   */
  async save(change: (record: AuthRecord) => AuthRecord): Promise<void> {
    if (this.#isHeld && (await this.#write({ ...change(this.#record), lease: this.#lease }))) return;
    this.#isHeld = false;
    const { accountId, authConfigId } = this.binding;
    throw new AutomationError(
      `Somebody else changed the record of auth config ${authConfigId} of account ${accountId} meanwhile. The next run looks again.`,
      { code: "LEASE_LOST", retryable: true, details: { accountId, authConfigId } },
    );
  }

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await writeRecord(this.#table, this.binding, { ...this.#record, lease: undefined }, this.#expected);
  }

  async #write(next: AuthRecord): Promise<boolean> {
    if (!(await writeRecord(this.#table, this.binding, next, this.#expected))) return false;
    // A write does not tell the version that it gave the item.
    const { record, expected } = await readRecord(this.#table, this.binding);
    this.#record = record;
    this.#expected = expected;
    return record.lease?.holder === this.#lease.holder;
  }
}

function nameOf({ accountId, authConfigId }: SecretBinding): string {
  return `${accountId}/${authConfigId}`;
}
