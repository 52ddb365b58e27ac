import { AwsServiceError } from "./aws-request.ts";

/**
 * Refuses a subscription of which nothing would ever be delivered, as SNS does where it can know it, and in words of its own
 * where the local system alone cannot deliver. Source: Amazon SNS API Reference, "Subscribe"; SNS Developer Guide, "Message
 * delivery for FIFO topics".
 *
 * @param attributes of a queue by its name; none for one that is not there
 * @throws {AwsServiceError} `InvalidParameter`
 */
export async function refuseSilentSubscription(
  input: Readonly<Record<string, unknown>>,
  attributes: (queueName: string) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  const { Protocol, Endpoint = "", TopicArn = "" } = input;
  // Left out, it is refused as SNS refuses it.
  if (Protocol === undefined || Endpoint === "") return;
  if (Protocol !== "sqs") {
    throw invalid(
      `Protocol: the local system delivers to SQS queues alone, so that "${String(Protocol)}" would hear nothing. Subscribe a queue, or try it on AWS`,
    );
  }
  const arn = String(Endpoint);
  const { QueueArn, FifoQueue } = await attributes(arn.slice(arn.lastIndexOf(":") + 1));
  if (QueueArn !== arn) {
    throw invalid(
      `SQS endpoint ARN: the local system has no queue ${arn}. Name one of its own by its ARN: arn:aws:sqs:REGION:000000000000:NAME`,
    );
  }
  if (FifoQueue === "true" && !String(TopicArn).endsWith(".fifo")) {
    throw invalid("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
  }
}

const invalid = (reason: string) => new AwsServiceError("InvalidParameter", `Invalid parameter: ${reason}`);
