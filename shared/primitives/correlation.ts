import { AsyncLocalStorage } from "node:async_hooks";

const scopes = new AsyncLocalStorage<{ ids: readonly string[]; source?: string | undefined }>();

/**
 * Does work for events: whatever is logged, asked of RingCX or told meanwhile carries their ids, however deep it is done. The
 * innermost scope holds. Opened at the doors only: for a message, a command, alarms, the sweep of an account, a secret's version.
 *
 * @param ids of the events; several where they are dealt with together. None leaves the scope that is open
 * @param source of the event, where it is one that names it: two senders may use one id
 */
export function correlated<Result>(ids: string | readonly string[], work: () => Result, source?: string): Result {
  const distinct = [...new Set([ids].flat())];
  return distinct.length === 0 ? work() : scopes.run({ ids: distinct, source }, work);
}

/** The events that are worked for now, as an attribute: of log lines, records of requests, details of outcomes. */
export interface Correlation {
  /** A list where several events are dealt with together. */
  correlationId?: string | readonly string[];
  /** Source of the event, where there is one that names it. */
  eventSource?: string;
}

/** See {@link Correlation}. */
export function correlation(): Correlation {
  const { ids, source } = scopes.getStore() ?? { ids: [] };
  const [id] = ids;
  if (id === undefined) return {};
  return { correlationId: ids.length === 1 ? id : ids, ...(source !== undefined && { eventSource: source }) };
}
