import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Clock, fullJitter, type Random } from "../../../shared/primitives/clock.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { signedFetch } from "../../../shared/runtime/signed-fetch.ts";

/** What a function answered. */
export interface Invoked {
  /** Lambda's word for how it ended, where that was with an error. */
  functionError: string | undefined;
  payload: string;
}

/** Lambda's synchronous `Invoke`. @throws {LambdaError} Lambda's own; a `TimeoutError` or `TypeError` of `fetch` */
export type InvokeFunction = (functionArn: string, payload: string) => Promise<Invoked>;

/** An error of Lambda itself, not of the function. */
export class LambdaError extends Error {
  /** Lambda's: `AccessDeniedException`, `ResourceNotFoundException`. */
  override readonly name: string;

  /** Of HTTP. */
  readonly status: number;

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** As the SDK does by itself. */
const attempts = 3;

/**
 * One signed request. The SDK's client for this one call would be 70 KB of every start: a tenth of the bundle.
 * Source: AWS Lambda API Reference, "Invoke".
 *
 * @param client a client of the SDK, whose region, credentials, hash and partition are used
 * @param answerMs longest wait for one answer, in milliseconds
 */
export function createInvokeFunction(
  client: SecretsManagerClient,
  { clock, random, answerMs = longestWaits.issuerAnswerMs }: { clock: Clock; random: Random; answerMs?: number },
): InvokeFunction {
  async function once(functionArn: string, payload: string): Promise<Invoked> {
    const response = await signedFetch(client, {
      service: "lambda",
      path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      headers: { "content-type": "application/json" },
      body: payload,
      answerMs,
    });
    const answer = await response.text();
    if (!response.ok) throw errorOf(response, answer);
    return { functionError: response.headers.get("x-amz-function-error") ?? undefined, payload: answer };
  }
  return async (functionArn, payload) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(functionArn, payload);
      } catch (error) {
        if (attempt === attempts || !mayPass(error)) throw error;
        await clock.sleep(fullJitter(attempt - 1, random, 100, 5_000));
      }
    }
  };
}

/** Its message is Lambda's, never the function's: that one is an answer with `x-amz-function-error`. */
function errorOf(response: Response, answer: string): LambdaError {
  const [name = ""] = (response.headers.get("x-amzn-errortype") ?? "").split(":");
  const [, message] = /"[Mm]essage":\s*"((?:[^"\\]|\\.)*)"/.exec(answer) ?? [];
  const { status } = response;
  return new LambdaError(name || `HTTP ${status}`, message ?? `Lambda answered ${status}`, status);
}

/** Throttled, failed at Lambda's side, or not answered. */
function mayPass(error: unknown): boolean {
  return !(error instanceof LambdaError) || error.status === 429 || error.status >= 500;
}
