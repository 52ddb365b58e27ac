import { longestWaits } from "../primitives/longest-waits.ts";

/**
 * What every AWS client is made with: the SDK by itself waits for an answer without end, until Lambda ends the function in the
 * middle of its work.
 *
 * @param answerMs longest wait for one answer, in milliseconds; then the SDK repeats the request, and at last throws `TimeoutError`
 */
export function awsClientSettings(answerMs: number = longestWaits.awsAnswerMs) {
  return {
    requestHandler: {
      connectionTimeout: longestWaits.awsConnectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
    },
  };
}
