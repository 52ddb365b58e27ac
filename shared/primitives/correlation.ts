import { AsyncLocalStorage } from "node:async_hooks";

const scopes = new AsyncLocalStorage<readonly string[]>();

/**
 * Does work for events: whatever is logged, asked of RingCX or told meanwhile carries their ids, however deep it is done. The
 * innermost scope holds. Opened at the doors only: for a message, a command, alarms, the sweep of an account, a secret's version.
 *
 * @param ids of the events; several where they are dealt with together. None leaves the scope that is open
 */
export function correlated<Result>(ids: string | readonly string[], work: () => Result): Result {
  const distinct = [...new Set([ids].flat())];
  return distinct.length === 0 ? work() : scopes.run(distinct, work);
}

/** Ids of the events that are worked for now; none outside of a scope. */
export function correlationIds(): readonly string[] {
  return scopes.getStore() ?? [];
}

/** The same as an attribute: of log lines, records of requests, details of outcomes. */
export interface Correlation {
  /** A list where several events are dealt with together. */
  correlationId?: string | readonly string[];
}

/** See {@link Correlation}. */
export function correlation(): Correlation {
  const ids = correlationIds();
  const [id] = ids;
  return id === undefined ? {} : { correlationId: ids.length === 1 ? id : ids };
}
