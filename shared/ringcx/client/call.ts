import type * as z from "zod";
import { type Clock, fullJitter, type Random } from "../../primitives/clock.ts";
import { type Correlation, correlation } from "../../primitives/correlation.ts";
import { longestWaits } from "../../primitives/longest-waits.ts";
import { claimBy } from "../quota/claim-by.ts";
import type { Quota } from "../quota/quota.ts";
import { type BeforeDeferral, QuotaDeferredError } from "../quota/quota-deferred-error.ts";
import type { Priority } from "../quota/quota-policy.ts";
import type { AssumptionBrokenError } from "../resources/assumption-broken-error.ts";
import {
  AmbiguousWriteError,
  RingCxAnswerError,
  RingCxBadRequestError,
  type RingCxErrorFacts,
  type RingCxIds,
  RingCxNotFoundError,
  RingCxUnavailableError,
} from "../resources/errors.ts";
import { type Method, type Operation, pathOf } from "../resources/operations.ts";
import type { Connection } from "../session/connection.ts";
import type { Session } from "../session/session.ts";
import { type RequestBody, requestBody } from "../transport/request-body.ts";
import { sendOnce } from "../transport/send-once.ts";
import type { CallOptions } from "./api.ts";
import { classifyResponse } from "./classify-response.ts";
import { errorFromFailure, errorFromStatus, wordsOf } from "./error-from-status.ts";
import { readAnswer } from "./read-answer.ts";

/** One call: an operation, what it is about, what to send, and the shape of the answer. */
export interface Call<Answer> {
  operation: Operation;
  ids: RingCxIds;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Undefined for an operation without a body. */
  body?: { schema: z.ZodType; value: unknown };
  answer: z.ZodType<Answer>;
  /** Only the status says whether it was done; the answer may be anything. @default false */
  isAnswerFree?: boolean;
}

/** One request that was sent, for logs and metrics, and for which event: nothing secret, no bodies. */
export interface RequestRecord extends Correlation {
  operation: string;
  method: Method;
  ids: RingCxIds;
  priority: Priority;
  /** Counted from 1 within the call. */
  attempt: number;
  /** HTTP status, or what failed. */
  result: number | string;
  ms: number;
}

/** What calls are made with: host, token, quota, clock, and how often and how long to try. */
export interface CallSettings {
  /** Whose login carries the calls: its name, and the host of the voice API, without a path. */
  connection: Pick<Connection, "name" | "ringcxUrl">;
  session: Session;
  quotaFor(accountId: string | undefined): Quota;
  clock: Clock;
  random: Random;
  /** Time-out of each attempt in milliseconds. @default 10000 */
  timeoutMs?: number;
  /** Bound of a call whose caller states no deadline, in milliseconds, `quotaWaitMs` not counted. @default 60000 */
  totalMs?: number;
  /**
   * How long a call waits for the quota in all, after a 429 as well, in milliseconds; `urgent` waits until its deadline anyway.
   * @default 0, it is handed back: nobody pays for a sleeping Lambda
   */
  quotaWaitMs?: number;
  /**
   * How often an attempt that failed in a harmless way is repeated, unless it is `urgent`: that is tried until its deadline.
   * @default 3
   */
  retries?: number;
  /** Called for every request after its answer. */
  onRequest?: (record: RequestRecord) => void;
  /** Called whenever RingCX was found to do what the program cannot work with. */
  onAssumptionBroken?: (error: AssumptionBrokenError) => void;
  /** Called whenever a call is handed back for want of quota. */
  onDeferred?: (error: QuotaDeferredError, operation: string) => void;
}

/**
 * Carries out one call and returns its answer. Throws the errors of `resources/errors.ts`, `LoginError` and
 * {@link QuotaDeferredError}.
 */
export type CallRingCx = <Answer>(call: Call<Answer>, options: CallOptions) => Promise<Answer>;

// Backoff between repeats: within 0.25 s, 0.5 s, 1 s, ... and never longer than 8 s.
const backoffBaseMs = 250;
const backoffCapMs = 8_000;

/**
 * Carries out calls: each attempt takes its own slot in the quota; a 401 renews the token and repeats once; a
 * failure that is harmless to repeat is repeated with exponential backoff and full jitter, `urgent` as long as there is
 * time; a 429 pauses the quota for everybody, then `urgent` waits its turn, and the others as long as `quotaWaitMs` says: behind
 * it they get {@link QuotaDeferredError}.
 */
export function createCall(options: CallSettings): CallRingCx {
  const { connection, session, quotaFor, clock, random, onRequest, onDeferred } = options;
  const {
    timeoutMs = longestWaits.ringcxAnswerMs,
    totalMs = longestWaits.ringcxCallMs,
    retries = 3,
    quotaWaitMs = 0,
  } = options;

  async function callUntilDone<Answer>(
    call: Call<Answer>,
    { priority, deadline = clock.now() + totalMs + quotaWaitMs, beforeRepeat, onLostAnswer }: CallOptions,
    attempts: BeforeDeferral,
  ) {
    const { operation, ids } = call;
    const factsNow = (more: Partial<RingCxErrorFacts>) => facts(call, { mayBeDone: attempts.mayBeDone, ...more });
    const { url, body } = prepare(connection, call, clock.now());
    const quota = quotaFor(ids.accountId === undefined ? undefined : String(ids.accountId));
    let token = await session.accessToken();
    let hasRenewed = false;
    let failures = 0;
    const latestSlot = Math.min(deadline, clock.now() + quotaWaitMs);
    let last: Partial<RingCxErrorFacts> = { reason: "no time left before the deadline; nothing was sent" };

    for (let count = 1; ; count += 1) {
      if (count > 1) await beforeRepeat?.();
      const isWrite = operation.method !== "GET";
      await claimBy(latestSlot, clock, () => quota.claim(priority, { deadline, isWrite }));
      const startedAt = clock.now();
      if (startedAt >= deadline) throw new RingCxUnavailableError(factsNow(last));
      attempts.isSent = true;
      const sent = await sendOnce({
        method: operation.method,
        url,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          ...(body && { "content-type": "application/json" }),
        },
        body: body?.json,
        timeoutMs: Math.min(timeoutMs, deadline - startedAt),
      });
      const result = sent.kind === "answered" ? sent.status : sent.reason;
      const { name, method } = operation;
      const ms = clock.now() - startedAt;
      onRequest?.({ operation: name, method, ids, priority, attempt: count, result, ms, ...correlation() });

      const secrets = [...(body?.secrets ?? []), token.reveal()];
      const words = sent.kind === "answered" ? wordsOf(sent.text, secrets) : {};
      const response = classifyResponse(operation.method, sent, clock.now());
      attempts.mayBeDone ||= "mayBeDone" in response && response.mayBeDone;
      switch (response.kind) {
        case "done":
          return parseAnswer(call, response.text);
        case "unreadable": {
          if (call.isAnswerFree) return parseAnswer(call, "");
          const { reason } = response;
          if (operation.method === "POST") throw new AmbiguousWriteError(factsNow({ reason }));
          const delayMs = fullJitter(failures, random, backoffBaseMs, backoffCapMs);
          if (failures >= retries || clock.now() + delayMs >= deadline) {
            throw new RingCxAnswerError(factsNow({ reason }));
          }
          failures += 1;
          await clock.sleep(delayMs);
          continue;
        }
        case "unauthorized":
          if (hasRenewed) throw errorFromStatus({ ...factsNow(words), status: 401 });
          hasRenewed = true;
          token = await session.renew(token);
          continue;
        case "rate-limited":
          await quota.pause(response.retryAfterMs);
          if (priority !== "urgent" && quotaWaitMs === 0)
            throw await deferral(quota, priority, response.retryAfterMs, call);
          continue;
        case "repeatable": {
          const { reason, status, retryAfterMs = 0 } = response;
          last = { ...words, reason, status };
          if (response.mayBeDone && status === undefined) await onLostAnswer?.();
          const delayMs = Math.max(retryAfterMs, fullJitter(failures, random, backoffBaseMs, backoffCapMs));
          const isGivenUp = priority !== "urgent" && failures >= retries;
          if (isGivenUp || clock.now() + delayMs >= deadline) {
            throw new RingCxUnavailableError(factsNow(last));
          }
          failures += 1;
          await clock.sleep(delayMs);
          continue;
        }
        case "ambiguous":
          throw new AmbiguousWriteError(factsNow({ ...words, reason: response.reason, status: response.status }));
        case "refused": {
          const refusal = errorFromStatus({ ...factsNow(words), status: response.status });
          // A repeated DELETE that finds nothing may have been the first one's success.
          if (operation.method === "DELETE" && refusal instanceof RingCxNotFoundError && attempts.mayBeDone) {
            return parseAnswer(call, "");
          }
          throw refusal;
        }
        case "broken":
          throw errorFromFailure(factsNow({ reason: response.reason }));
      }
    }
  }

  return async (call, callOptions) => {
    const attempts: BeforeDeferral = { isSent: false, mayBeDone: false };
    try {
      return await callUntilDone(call, callOptions, attempts);
    } catch (error) {
      if (error instanceof QuotaDeferredError) {
        error.tell(attempts);
        onDeferred?.(error, call.operation.name);
      }
      throw error;
    }
  };
}

function prepare<Answer>(
  connection: CallSettings["connection"],
  call: Call<Answer>,
  now: number,
): { url: string; body: RequestBody | undefined } {
  const destination = { connection: connection.name, accountId: String(call.ids.accountId ?? "") };
  const filled = pathOf(call.operation, call.ids);
  const body = call.body && requestBody(call.body.schema, call.body.value, { destination, now });
  const problems = [
    ...("problems" in filled ? filled.problems : []),
    ...(body && "problems" in body ? body.problems : []),
  ];
  if ("problems" in filled || (body && "problems" in body)) {
    throw new RingCxBadRequestError(
      facts(call, { reason: `nothing was sent: ${problems.join("; ")}`, mayBeDone: false }),
    );
  }
  const url = new URL(`/voice/api${filled.path}`, connection.ringcxUrl);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return { url: url.href, body };
}

function parseAnswer<Answer>(call: Call<Answer>, text: string): Answer {
  const { method } = call.operation;
  const read = readAnswer(call.answer, text, { isWrittenBack: method === "GET" });
  if ("answer" in read) return read.answer;
  // A read that is answered with nothing is one of something that is not there.
  if (method === "GET" && text.trim() === "") {
    throw new RingCxNotFoundError(facts(call, { reason: "the answer is empty" }));
  }
  const found = facts(call, { reason: `the answer has another shape: ${read.problems.join("; ")}` });
  // It was carried out, but without its answer we do not know what it made.
  throw method === "POST" ? new AmbiguousWriteError(found) : new RingCxAnswerError(found);
}

async function deferral<Answer>(quota: Quota, priority: Priority, askedMs = 1_000, { operation }: Call<Answer>) {
  const capacity = await quota.hasCapacity(1, priority);
  const retryAfterMs = capacity.fits ? askedMs : Math.max(askedMs, capacity.retryAfterMs);
  return new QuotaDeferredError({ retryAfterMs, operation: operation.name });
}

function facts<Answer>({ operation, ids }: Call<Answer>, more: Partial<RingCxErrorFacts>): RingCxErrorFacts {
  return { operation: operation.name, permission: operation.permission, ids, ...more };
}
