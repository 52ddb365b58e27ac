import { AutomationError } from "../../shared/primitives/errors.ts";
import type { RingCxIds } from "../../shared/ringcx/resources/errors.ts";
import type { OperationName } from "../../shared/ringcx/resources/operations.ts";
import { type Exchange, isDone, isRow, jsonOf, type Row } from "./exchange.ts";
import { groupState, runOf } from "./own-names.ts";

/** What is the runs' own by the last answer that showed it, by its id. */
export class Ownership {
  readonly #isOwn = new Map<string, boolean>();

  /** Learns from every record in an answer. */
  note(exchange: Exchange): void {
    this.#noteAll(jsonOf(exchange));
    const [, sent] = /\/authConfigs\/([0-9a-f-]{36})\//i.exec(exchange.path) ?? [];
    if (exchange.operation.startsWith("authConfigs.create") && isDone(exchange) && sent !== undefined) {
      this.#isOwn.set(`authConfig ${sent.toLowerCase()}`, true);
    }
  }

  /** Whether an auth config was seen to be a run's. */
  hasAuthConfig(authConfigId: string): boolean {
    return this.#isOwn.get(`authConfig ${authConfigId.toLowerCase()}`) === true;
  }

  /**
   * The gate through which every write goes: it is for what a run made, or makes something.
   *
   * @throws {AutomationError} `CONFORMANCE_NOT_OWN`
   */
  require(operation: OperationName, { serviceGroupId, serviceId, authConfigId }: RingCxIds): void {
    const config = authConfigId === undefined ? undefined : `authConfig ${String(authConfigId).toLowerCase()}`;
    const needed = [
      ...(serviceGroupId === undefined ? [] : [`group ${serviceGroupId}`]),
      ...(serviceId === undefined ? [] : [`service ${serviceId}`]),
      // The id of a new one is made up, so nothing has been seen of it.
      ...(config === undefined || (operation.startsWith("authConfigs.create") && !this.#isOwn.has(config))
        ? []
        : [config]),
    ];
    const foreign = needed.find((one) => this.#isOwn.get(one) !== true);
    if (foreign === undefined) return;
    throw new AutomationError(
      `The run was about to write to the ${foreign} (${operation}), which is not known to be its own: it stops. Please report it.`,
      { code: "CONFORMANCE_NOT_OWN", details: { operation, foreign } },
    );
  }

  #noteAll(value: unknown): void {
    if (Array.isArray(value)) for (const one of value) this.#noteAll(one);
    if (!isRow(value)) return;
    const id = keyOf(value);
    if (id !== undefined) this.#isOwn.set(id, isOwnRecord(value));
    for (const one of [value.records, value.services]) if (Array.isArray(one)) this.#noteAll(one);
  }
}

/** Whether a record was made by a run, this or another one. */
export function isOwnRecord(row: Row): boolean {
  return row.groupName === undefined ? runOf(row) !== undefined : groupState(row.groupName) !== undefined;
}

/** What a record is, and its id; nothing for what is no group, service or auth config. */
export function keyOf(row: Row): string | undefined {
  if (row.serviceDescription !== undefined) return `service ${row.serviceId}`;
  if (row.providerName !== undefined) return `authConfig ${String(row.authConfigId).toLowerCase()}`;
  return row.groupName === undefined ? undefined : `group ${row.serviceGroupId}`;
}
