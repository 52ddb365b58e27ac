import type { Clock } from "../../shared/primitives/clock.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { longestWaits } from "../../shared/primitives/longest-waits.ts";
import type { Quota } from "../../shared/ringcx/quota/quota.ts";
import { QuotaDeferredError } from "../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Priority } from "../../shared/ringcx/quota/quota-policy.ts";
import type { RingCxIds } from "../../shared/ringcx/resources/errors.ts";
import { type OperationName, operations, pathOf } from "../../shared/ringcx/resources/operations.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import { retryAfter, sendOnce } from "../../shared/ringcx/transport/send-once.ts";
import { type Budget, BudgetSpentError } from "./budget.ts";
import { type Exchange, isCut, type Seen } from "./exchange.ts";
import { Ownership } from "./ownership.ts";
import type { IssuedToken, RawLogin } from "./raw-login.ts";

/** What a request is about and what it says. */
export interface Asked {
  ids?: RingCxIds;
  query?: Readonly<Record<string, string | number | boolean>>;
  body?: unknown;
  /** Sent in the place of the login's current token; a 401 is then an answer. */
  token?: Pick<IssuedToken, "token"> & Partial<IssuedToken>;
  /** It is about the limit itself: sent at once, past the quota, and never again. @default false */
  isMeasured?: boolean;
  /** A read that does not wait until what was written can be seen: it is to show whether it can. @default false */
  isAtOnce?: boolean;
}

/** Calls RingCX and keeps what was said. It writes to nothing that was not seen to be a run's own. */
export interface Caller {
  /**
   * Any answer is an answer: nothing is thrown for a refusal. A read whose answer is cut is asked again.
   *
   * @throws {BudgetSpentError} before a request for which the budget has no room
   * @throws {AutomationError} `CONFORMANCE_NOT_OWN` before a write to what no run made
   */
  ask(label: string, operation: OperationName, asked?: Asked): Promise<Exchange>;
  readonly seen: Seen;
  readonly ownership: Pick<Ownership, "hasAuthConfig">;
  readonly clock: Clock;
  /** Where it works. */
  readonly account: string;
  /** From now on a read waits until what was written before it can be seen. @param staleMs how long that takes */
  readAfter(staleMs: number): void;
  /** From now on a question is asked only where the budget has room for it; without one, always. */
  keepWithin(budget: Budget | undefined): void;
  /** Whether Ctrl-C does not stop it, as it cleans up. */
  finish(isFinishing: boolean): void;
  /** Waits; rejects at Ctrl-C. */
  sleep(ms: number): Promise<void>;
}

/** What a caller is made of. */
export interface CallerOptions {
  account: string;
  connection: Pick<Connection, "ringcxUrl">;
  login: RawLogin;
  quota: Quota;
  clock: Clock;
  interrupted: AbortSignal;
  seen: Seen;
}

/** How often a read is repeated that failed on the way. */
const retries = 4;

/** See {@link Caller}. Requests go through the shared quota, so that a deployed system keeps its places. */
export function createCaller(options: CallerOptions): Caller {
  const { account, connection, login, quota, clock, interrupted, seen } = options;
  const ownership = new Ownership();
  let isFinishing = false;
  let budget: Budget | undefined;
  let staleMs = 0;
  let lastWriteAt = Number.NEGATIVE_INFINITY;
  const signal = () => (isFinishing ? undefined : interrupted);

  async function claim(priority: Priority): Promise<void> {
    for (;;) {
      signal()?.throwIfAborted();
      try {
        return await quota.claim(priority);
      } catch (error) {
        if (!(error instanceof QuotaDeferredError)) throw error;
        await clock.sleep(error.retryAfterMs, signal());
      }
    }
  }

  async function once(label: string, name: OperationName, asked: Asked): Promise<Exchange> {
    const { ids = {}, query = {}, body } = asked;
    const { method } = operations[name];
    const filled = pathOf(operations[name], { accountId: account, ...ids });
    if ("problems" in filled) throw new AutomationError(filled.problems.join("; "), { code: "CONFORMANCE_BROKEN" });
    const url = new URL(`/voice/api${filled.path}`, connection.ringcxUrl);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
    signal()?.throwIfAborted();
    if (budget !== undefined && budget.left() <= 0) throw new BudgetSpentError();
    if (method !== "GET") ownership.require(name, ids);
    // What is active for a question is so for no longer than it takes.
    if (asked.isMeasured !== true) await claim(name === "services.setActive" ? "urgent" : "bulk");
    const { token, issuedAt } = asked.token ?? (await login.current());
    const at = clock.now();
    const sent = await sendOnce({
      method,
      url: url.href,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs: longestWaits.ringcxAnswerMs,
      wantsHeaders: true,
    });
    const isAnswered = sent.kind === "answered";
    const exchange = {
      label,
      operation: name,
      method,
      path: `${url.pathname}${url.search}`,
      ...(body !== undefined && { body }),
      status: isAnswered ? sent.status : 0,
      headers: (isAnswered && sent.headers) || {},
      text: isAnswered ? sent.text : sent.reason,
      at,
      ...(issuedAt !== undefined && { tokenAgeMs: at - issuedAt }),
    };
    if (method !== "GET") lastWriteAt = clock.now();
    seen.add(exchange);
    ownership.note(exchange);
    return exchange;
  }

  return {
    seen,
    ownership,
    clock,
    account,
    readAfter(ms) {
      staleMs = Math.max(staleMs, ms);
    },
    keepWithin(given) {
      budget = given;
    },
    finish(is) {
      isFinishing = is;
    },
    sleep: (ms) => clock.sleep(ms, signal()),
    async ask(label, operation, asked = {}) {
      const isRead = operations[operation].method === "GET";
      const waitMs = isRead && asked.isAtOnce !== true ? lastWriteAt + staleMs - clock.now() : 0;
      if (waitMs > 0) await clock.sleep(waitMs, signal());
      for (let attempt = 0; ; attempt += 1) {
        const exchange = await once(label, operation, asked);
        const { status } = exchange;
        if (attempt >= retries || asked.isMeasured === true) return exchange;
        if (status === 401 && asked.token === undefined) {
          await login.renew();
        } else if (status === 429) {
          await quota.pause(retryAfter(exchange.headers["retry-after"] ?? null, clock.now(), 120_000));
        } else if (isRead && (isCut(exchange) || isUnavailable(status))) {
          await clock.sleep(1_000, signal());
        } else if (isUnavailable(status)) {
          throw new AutomationError(
            `RingCX did not answer a ${operation} (${exchange.status || exchange.text}); it may have been carried out. Run the command again: it removes what this run left.`,
            { code: "CONFORMANCE_UNAVAILABLE", retryable: true },
          );
        } else {
          return exchange;
        }
      }
    },
  };
}

/** A gateway's word, or none: it says nothing about RingCX. 500 may be how RingCX refuses a body. */
function isUnavailable(status: number): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504;
}
