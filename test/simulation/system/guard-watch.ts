import { activationKey } from "../../../shared/records/account/activation.ts";
import { fromItem } from "../../../shared/records/account/activation-item.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { MemoryStateTable } from "../../../shared/state/memory-table.ts";

/** How long an outage that no probe confirms keeps others from going out, in milliseconds: less the clocks' differences. */
const windowMs = 15 * 60_000 - 1_000;

/** Watches that of an account as small as these only one service goes out in a quarter of an hour on one word alone. */
export class GuardWatch {
  readonly #table: MemoryStateTable;
  readonly #gone: { name: ServiceName; at: number }[] = [];

  constructor(table: MemoryStateTable) {
    this.#table = table;
  }

  /** A service has gone out just now. @returns what is wrong about it, in words */
  goesOut(name: ServiceName, at: number): string | undefined {
    if (this.#confirmed(name) !== false) return undefined;
    const others = this.#gone.filter(
      (one) =>
        one.name.accountId === name.accountId &&
        one.name.serviceDescription !== name.serviceDescription &&
        at - one.at < windowMs &&
        this.#confirmed(one.name) !== true,
    );
    this.#gone.push({ name, at });
    const [first] = others;
    return (
      first && `${name.accountId}: ${first.name.serviceDescription} and ${name.serviceDescription} went out at once`
    );
  }

  /** Whether the outage that alone keeps a service inactive is confirmed by a probe; `undefined` where there is none. */
  #confirmed(name: ServiceName): boolean | undefined {
    const key = activationKey(name);
    const item = this.#table.everything().find(({ pk, sk }) => pk === key.pk && sk === key.sk);
    const [reason, ...more] = fromItem(item).reasons;
    if (reason?.kind !== "OUTAGE" || more.length > 0) return undefined;
    return reason.confirmedByProbe && reason.alarms.length > 0;
  }
}
