import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { isTimeout, signedCall } from "../../../shared/runtime/signed-call.ts";

/** What a function answered. */
export interface Invoked {
  /** Lambda's word for how it ended, where that was with an error. */
  functionError: string | undefined;
  payload: string;
  /** How long it took, in milliseconds. */
  tookMs: number;
}

/**
 * Lambda's synchronous `Invoke`.
 *
 * @param deadline of the invocation that asks, epoch milliseconds
 * @throws {NoAnswerError}; {AwsError} Lambda's own; what {@link signedCall} throws where it cannot be reached
 */
export type InvokeFunction = (functionArn: string, payload: string, deadline: number) => Promise<Invoked>;

/** A function was given up that had not answered. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  /** How long it was waited for, in milliseconds; 0 where there was no time to ask it. */
  readonly waitedMs: number;

  constructor(waitedMs: number) {
    super(`no answer within ${waitedMs} ms`);
    this.waitedMs = waitedMs;
  }
}

/** So long before its deadline an invocation gives a function up, in milliseconds: in that time it ends what it was at, and says why. */
const givenUpBeforeMs = 15_000;

/** A function that has less than this to answer, in milliseconds, is not asked. */
const leastAnswerMs = 100;

/** So much longer it has where what is noted of the attempt has to be written first, in milliseconds. */
const notingMs = 1_000;

/**
 * Whether a function can be asked of which an attempt is noted before.
 *
 * @param deadline of the invocation that asks, epoch milliseconds
 */
export function isTimeToAsk(deadline: number, now: number): boolean {
  return now + givenUpBeforeMs + leastAnswerMs + notingMs <= deadline;
}

/**
 * Lambda's `Invoke` by a signed request. An error of its is Lambda's own, never the function's: that one is an answer.
 * Source: AWS Lambda API Reference, "Invoke".
 *
 * @param client a client of the SDK, whose region, credentials, hash and partition are used
 * @param answerMs longest wait for its answer, all repetitions together, in milliseconds; less where the deadline comes before
 */
export function createInvokeFunction(
  client: SecretsManagerClient,
  { answerMs = longestWaits.issuerAnswerMs, ...tools }: { clock: Clock; random: Random; answerMs?: number },
): InvokeFunction {
  const { clock } = tools;
  return async (functionArn, body, deadline) => {
    const waitMs = Math.min(answerMs, deadline - givenUpBeforeMs - clock.now());
    if (waitMs < leastAnswerMs) throw new NoAnswerError(0);
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const headers = { "content-type": "application/json" };
    const request = { service: "lambda", path, headers, body, answerMs: waitMs } as const;
    const begunAt = clock.now();
    const until = begunAt + waitMs;
    const answer = await signedCall(client, request, { ...tools, remainingMs: () => until - clock.now() }).catch(
      (error: unknown) => Promise.reject(isTimeout(error) ? new NoAnswerError(waitMs) : error),
    );
    const tookMs = clock.now() - begunAt;
    return { functionError: answer.headers["x-amz-function-error"], payload: answer.text, tookMs };
  };
}
