import type { Clock } from "../../../shared/primitives/clock.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import {
  deletedFromItem,
  deletedItem,
  deletedOfAccount,
  type WrittenInputs,
  writtenGroupItem,
  writtenInputsFromItem,
  writtenInputsItem,
  writtenInputsKey,
  writtenServiceFromItem,
  writtenServiceItem,
  writtenServiceKey,
} from "../../../shared/records/account/own-writes.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/**
 * What we ourselves have written to an account of late and no list may contradict: which inputs a service has, and what is
 * deleted. A list may be older than that (`consistency` in docs/simulator.md), for as long as {@link unshownMs} says.
 */
export class OwnWrites {
  readonly #table: StateTable;
  readonly #clock: Pick<Clock, "now">;
  readonly #accountId: string;
  /** By `serviceId`, as the table has them: nobody else writes them while the account's lease is held. */
  readonly #inputs = new Map<number, WrittenInputs | undefined>();

  constructor({ table, clock }: { table: StateTable; clock: Pick<Clock, "now"> }, accountId: string) {
    this.#table = table;
    this.#clock = clock;
    this.#accountId = accountId;
  }

  /** What our last write to the inputs of a service is known to have come to, or what was there before it. */
  async inputs(serviceId: number): Promise<WrittenInputs | undefined> {
    if (!this.#inputs.has(serviceId)) {
      const item = await this.#table.get(writtenInputsKey(this.#accountId, serviceId));
      this.#inputs.set(serviceId, item && writtenInputsFromItem(item));
    }
    return this.#inputs.get(serviceId);
  }

  /** Reads again what is asked for next: without the lease, as of the account that is copied from, others may have written. */
  invalidate(): void {
    this.#inputs.clear();
  }

  /** The inputs of a service as they were just listed, without those that we have taken away. */
  async withoutGone(serviceId: number, listed: readonly ServiceInput[]): Promise<ServiceInput[]> {
    const gone = this.#goneOf(await this.inputs(serviceId));
    return listed.filter(({ inputId }) => !gone.includes(inputId));
  }

  /**
   * @param listed the same
   * @throws {DeferredError} while it may be older than our own last write to them
   */
  async requireShown(serviceId: number, listed: readonly ServiceInput[]): Promise<void> {
    const written = await this.inputs(serviceId);
    const waitMs = unshownMs(written?.at, this.#clock.now());
    if (!written || waitMs === 0 || (written.isKnown && isSame(written.inputs, listed))) return;
    throw new DeferredError(`RingCX may not show yet which inputs ${serviceId} has since they were written`, waitMs);
  }

  /** Before inputs are written: until it is known what came of it, nothing is. */
  async beginInputs(serviceId: number, before: readonly ServiceInput[]): Promise<void> {
    const earlier = await this.inputs(serviceId);
    // What an unconfirmed write may have taken away is not forgotten: its fields may have to be written again.
    const lost = earlier && !earlier.isKnown ? without(earlier.inputs, before) : [];
    await this.#saveInputs(serviceId, { isKnown: false, inputs: [...before, ...lost], gone: this.#goneOf(earlier) });
  }

  /** Once it is known which inputs there are. */
  async endInputs(serviceId: number, inputs: readonly ServiceInput[]): Promise<void> {
    const earlier = await this.inputs(serviceId);
    const gone = without(earlier?.inputs ?? [], inputs).map(({ inputId }) => inputId);
    await this.#saveInputs(serviceId, {
      isKnown: true,
      inputs: [...inputs],
      gone: [...new Set([...this.#goneOf(earlier), ...gone])],
    });
  }

  /** The account, whose groups and services are noted here before they are written or switched. */
  noting(account: RingCxAccount): RingCxAccount {
    const { update, updateV2, setActive } = account.services;
    const noted =
      <Rest extends unknown[], Answer>(write: (groupId: number, serviceId: number, ...rest: Rest) => Promise<Answer>) =>
      async (groupId: number, serviceId: number, ...rest: Rest): Promise<Answer> => {
        await this.#table.put(writtenServiceItem(this.#accountId, serviceId, this.#clock.now()));
        return write(groupId, serviceId, ...rest);
      };
    const services = {
      ...account.services,
      update: noted(update),
      updateV2: noted(updateV2),
      setActive: noted(setActive),
    };
    const groups: RingCxAccount["groups"] = {
      ...account.groups,
      update: async (groupId, group) => {
        await this.#table.put(writtenGroupItem(this.#accountId, groupId, this.#clock.now()));
        return account.groups.update(groupId, group);
      },
    };
    return { ...account, groups, services };
  }

  /** For how long a read of a service may be older than our own last write to it, in milliseconds. */
  async unshownMs(serviceId: number): Promise<number> {
    const item = await this.#table.get(writtenServiceKey(this.#accountId, serviceId));
    return unshownMs(item && writtenServiceFromItem(item), this.#clock.now());
  }

  /** A service or auth config, by RingCX's id, is no more. */
  async noteDeleted(id: number | string): Promise<void> {
    await this.#table.put(deletedItem(this.#accountId, id, this.#clock.now()));
  }

  /** What was deleted, and may be listed all the same. @returns whether an id is of it */
  async deletedOfLate(): Promise<(id: number | string) => boolean> {
    const items = await this.#table.query(accountPartition(this.#accountId), deletedOfAccount);
    const now = this.#clock.now();
    const ids = new Set(
      items.map(deletedFromItem).flatMap(({ at, deletedId }) => (unshownMs(at, now) > 0 ? [deletedId] : [])),
    );
    return (id) => ids.has(String(id).toLowerCase());
  }

  #goneOf(written: WrittenInputs | undefined): number[] {
    return written && unshownMs(written.at, this.#clock.now()) > 0 ? written.gone : [];
  }

  async #saveInputs(serviceId: number, written: Omit<WrittenInputs, "at">): Promise<void> {
    const saved = { ...written, at: this.#clock.now() };
    // Of a write that fails nobody knows whether it is there.
    this.#inputs.delete(serviceId);
    await this.#table.put(writtenInputsItem(this.#accountId, serviceId, saved));
    this.#inputs.set(serviceId, saved);
  }
}

/** An input never changes: another one has another id. */
function isSame(some: readonly ServiceInput[], others: readonly ServiceInput[]): boolean {
  return some.length === others.length && without(some, others).length === 0;
}

function without(inputs: readonly ServiceInput[], others: readonly ServiceInput[]): ServiceInput[] {
  const ids = new Set(others.map(({ inputId }) => inputId));
  return inputs.filter(({ inputId }) => !ids.has(inputId));
}
