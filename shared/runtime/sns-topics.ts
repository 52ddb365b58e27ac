import type { Topics } from "../outcomes/outcome-publisher.ts";
import type { Clock, Random } from "../primitives/clock.ts";
import { signedCall } from "./signed-call.ts";
import type { SigningClient } from "./signed-fetch.ts";

/**
 * SNS's `Publish` by a signed request. Source: Amazon SNS API Reference, "Publish".
 *
 * @param client of the SDK, for whatever service of the region
 * @param answerMs longest wait for one answer, in milliseconds
 */
export function createTopics(
  client: SigningClient,
  { answerMs, ...tools }: { clock: Pick<Clock, "sleep">; random: Random; answerMs: number },
): Topics {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return {
    async publish({ topicArn, message, attributes = {} }) {
      const body = new URLSearchParams({
        Action: "Publish",
        Version: "2010-03-31",
        TopicArn: topicArn,
        Message: message,
      });
      for (const [index, [name, { DataType, StringValue }]] of Object.entries(attributes).entries()) {
        const entry = `MessageAttributes.entry.${index + 1}`;
        body.set(`${entry}.Name`, name);
        body.set(`${entry}.Value.DataType`, DataType);
        body.set(`${entry}.Value.StringValue`, StringValue);
      }
      await signedCall(client, { service: "sns", headers, body: body.toString(), answerMs }, tools);
    },
  };
}
