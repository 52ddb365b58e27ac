import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SignatureV4 } from "@smithy/signature-v4";
import { type Clock, fullJitter, type Random } from "../../../shared/primitives/clock.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";

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
  { config }: SecretsManagerClient,
  { clock, random, answerMs = longestWaits.issuerAnswerMs }: { clock: Clock; random: Random; answerMs?: number },
): InvokeFunction {
  async function once(functionArn: string, payload: string): Promise<Invoked> {
    const region = await config.region();
    const url = new URL(endpointOf(config.endpointProvider({ Region: region }).url.hostname));
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const { credentials, sha256 } = config;
    // As every service but S3: a path that is encoded already is encoded once more in what is signed.
    const signer = new SignatureV4({ service: "lambda", region, credentials, sha256 });
    const { method, headers } = await signer.sign({
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== "" && { port: Number(url.port) }),
      path,
      query: {},
      headers: { host: url.host, "content-type": "application/json" },
      body: payload,
    });
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      body: payload,
      signal: AbortSignal.timeout(answerMs),
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

/** Where Lambda is; `AWS_ENDPOINT_URL` says so for all that an AWS SDK calls. @param sibling host of another service of the region */
function endpointOf(sibling: string): string {
  const { AWS_ENDPOINT_URL_LAMBDA: own, AWS_ENDPOINT_URL: all } = process.env;
  return own || all || `https://${sibling.replace(/^[^.]+/, "lambda")}`;
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
