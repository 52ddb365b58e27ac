import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { signedCall } from "../../../shared/runtime/signed-call.ts";

/** What a function answered. */
export interface Invoked {
  /** Lambda's word for how it ended, where that was with an error. */
  functionError: string | undefined;
  payload: string;
}

/** Lambda's synchronous `Invoke`. @throws {AwsError} Lambda's own; what {@link signedCall} throws where it cannot be reached */
export type InvokeFunction = (functionArn: string, payload: string) => Promise<Invoked>;

/**
 * Lambda's `Invoke` by a signed request. An error of its is Lambda's own, never the function's: that one is an answer.
 * Source: AWS Lambda API Reference, "Invoke".
 *
 * @param client a client of the SDK, whose region, credentials, hash and partition are used
 * @param answerMs longest wait for one answer, in milliseconds
 */
export function createInvokeFunction(
  client: SecretsManagerClient,
  { answerMs = longestWaits.issuerAnswerMs, ...tools }: { clock: Clock; random: Random; answerMs?: number },
): InvokeFunction {
  return async (functionArn, body) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const headers = { "content-type": "application/json" };
    const answer = await signedCall(client, { service: "lambda", path, headers, body, answerMs }, tools);
    return { functionError: answer.headers["x-amz-function-error"], payload: answer.text };
  };
}
