import { isDeepStrictEqual } from "node:util";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type {
  CredentialRecord,
  CredentialState,
  LastWrite,
} from "../../../shared/records/credential/auth-config-state.ts";
import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { giveBack, isHeldByAnother, type Lease, takeOrGiveBack } from "../../../shared/state/lease.ts";
import type { Expected, StateTable } from "../../../shared/state/table.ts";
import { readCredentialRecord, writeCredentialRecord } from "./credential-record.ts";

/**
 * Does something under the lease of all given auth configs. Whatever becomes of it, the lease is given back: left behind it
 * would keep every other run from them until its time is up.
 *
 * @param now epoch milliseconds, as `lease.until`
 * @param goesOn whether `act` takes a rotation up again whose process was killed; otherwise that it was killed still stands there
 *   afterwards, unless `act` has ended it
 * @returns what `act` returns; `undefined`, and nothing is done, when somebody else has the lease of one of them
 */
export async function underLease<Result>(
  table: StateTable,
  bindings: readonly SecretBinding[],
  { now, goesOn = false, ...lease }: Lease & { now: number; goesOn?: boolean },
  act: (targets: readonly LeasedRecord[]) => Promise<Result>,
): Promise<{ result: Result } | undefined> {
  const targets = await acquireRecords(table, bindings, lease, now);
  if (!targets) return undefined;
  try {
    return { result: await act(targets) };
  } finally {
    await releaseRecords(targets, { goesOn });
  }
}

/**
 * Takes the lease of all given auth configs, or of none: one credential is never changed twice at a time. RingCX knows
 * no fencing numbers, so a lease must outlive the invocation of its holder.
 *
 * @param now epoch milliseconds, as `lease.until`
 * @returns `undefined` when somebody else has the lease of one of them
 */
export async function acquireRecords(
  table: StateTable,
  bindings: readonly SecretBinding[],
  lease: Lease,
  now: number,
): Promise<readonly LeasedRecord[] | undefined> {
  const acquired: LeasedRecord[] = [];
  try {
    // Always in the same order, so that two holders never wait for each other's half.
    for (const binding of bindings.toSorted((a, b) => (bindingKey(a) < bindingKey(b) ? -1 : 1))) {
      const { record, expected } = await readCredentialRecord(table, binding);
      const isTaken = isHeldByAnother(record.lease, lease.holder, now);
      const leased = new LeasedRecord(table, binding, lease, record, expected);
      if (isTaken || !(await leased.acquire())) {
        await releaseRecords(acquired);
        return undefined;
      }
      acquired.push(leased);
    }
  } catch (error) {
    await releaseRecords(acquired);
    throw error;
  }
  return acquired;
}

/** Gives the leases back that are still ours; one that cannot be released runs out. */
async function releaseRecords(acquired: readonly LeasedRecord[], how?: { goesOn: boolean }): Promise<void> {
  await Promise.allSettled(acquired.map((leased) => leased.release(how)));
}

/** The record of an auth config whose credential nobody else changes meanwhile. */
export class LeasedRecord {
  readonly binding: SecretBinding;
  /** The lease that stood there before ours: one that has run out was left by whoever was killed. */
  readonly foundLease: Lease | undefined;
  readonly #table: StateTable;
  readonly #lease: Lease;
  #record: CredentialRecord;
  #expected: Expected;
  readonly #foundState: CredentialState;
  #isOurs = false;

  constructor(table: StateTable, binding: SecretBinding, lease: Lease, record: CredentialRecord, expected: Expected) {
    this.binding = binding;
    this.#table = table;
    this.#lease = lease;
    this.#record = record;
    this.#expected = expected;
    this.foundLease = record.lease;
    this.#foundState = record.state;
  }

  /** As it was last read or written. */
  get record(): CredentialRecord {
    return this.#record;
  }

  /** RingCX's own name for the auth config, for those who read about it; kept with the next save. */
  learnName(providerName: string | undefined): void {
    if (providerName !== undefined) this.#record = { ...this.#record, providerName };
  }

  /** What RingCX answered to a write; kept with the next save. */
  learnWrite(lastWrite: LastWrite | undefined): void {
    this.#record = { ...this.#record, lastWrite };
  }

  /** False when somebody else wrote since the record was read. */
  async acquire(): Promise<boolean> {
    const take = () => this.#write({ ...this.#record, lease: this.#lease });
    this.#isOurs = await takeOrGiveBack(take, () => this.#free());
    return this.#isOurs;
  }

  /**
   * Writes the changed record and keeps the lease.
   *
   * @throws {AutomationError} `LEASE_LOST` when somebody else wrote: what was read is no longer true
   */
  async save(change: (record: CredentialRecord) => CredentialRecord): Promise<void> {
    if (this.#isOurs && (await this.#write({ ...change(this.#record), lease: this.#lease }))) return;
    this.#isOurs = false;
    const { accountId, authConfigId } = this.binding;
    throw new AutomationError(
      `Somebody else changed the record of auth config ${authConfigId} of account ${accountId} meanwhile. The next run looks again.`,
      { code: "LEASE_LOST", retryable: true, details: { accountId, authConfigId } },
    );
  }

  /**
   * Gives the lease back, whoever has written since. Without effect when it is no longer ours.
   *
   * @param goesOn whether a rotation whose process was killed has been taken up again: nobody knows of it afterwards
   */
  async release({ goesOn } = { goesOn: false }): Promise<void> {
    const isKnown = this.#isOurs;
    this.#isOurs = false;
    const free = { ...this.#record, lease: goesOn ? undefined : this.#leftLease() };
    const write = () => writeCredentialRecord(this.#table, this.binding, free, this.#expected).catch(() => false);
    if (isKnown && (await write()) !== false) return;
    await giveBack(() => this.#free());
  }

  /** What tells that the process of a rotation was killed, as long as the rotation is where that left it. */
  #leftLease(): Lease | undefined {
    const { foundLease } = this;
    const isLeft = this.#record.state.kind === "ROTATING" && isDeepStrictEqual(this.#record.state, this.#foundState);
    return isLeft && foundLease?.holder !== this.#lease.holder ? foundLease : undefined;
  }

  async #free(): Promise<void> {
    const { record, expected } = await readCredentialRecord(this.#table, this.binding);
    if (record.lease?.holder !== this.#lease.holder) return;
    await writeCredentialRecord(this.#table, this.binding, { ...record, lease: undefined }, expected);
  }

  async #write(next: CredentialRecord): Promise<boolean> {
    try {
      const version = await writeCredentialRecord(this.#table, this.binding, next, this.#expected);
      if (version === false) return false;
      this.#record = next;
      this.#expected = version;
      return true;
    } catch (error) {
      // It may be written all the same, and whoever undoes what failed goes on from what is there.
      await this.#readAgain().catch(() => undefined);
      throw error;
    }
  }

  async #readAgain(): Promise<void> {
    const { record, expected } = await readCredentialRecord(this.#table, this.binding);
    if (record.lease?.holder !== this.#lease.holder) return;
    // What was learned from RingCX holds, saved or not.
    const { providerName, lastWrite } = this.#record;
    this.#record = { ...record, providerName, lastWrite };
    this.#expected = expected;
  }
}
