import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { signedCall } from "../../../shared/runtime/signed-call.ts";

/** Where AWS's services are. */
export interface Place {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** AWS's services as an emulator has them, and what was made there for the calls. */
export interface Aws {
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  sns: SNSClient;
  secrets: SecretsManagerClient;
  cloudwatch: CloudWatchClient;
  /** What Systems Manager answers. */
  ssm(operation: string, input: object): Promise<Record<string, unknown>>;
  table: string;
  /** FIFO, as those of messages are. */
  fifo: string;
  /** Standard, and subscribed to the topic with raw delivery. */
  queue: string;
  topic: string;
}

export async function prepare(place: Place): Promise<Aws> {
  const [dynamodb, sqs, sns] = [new DynamoDBClient(place), new SQSClient(place), new SNSClient(place)];
  const table = "differential";
  const key = (name: string, KeyType: "HASH" | "RANGE") => ({ AttributeName: name, KeyType });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1 }, { TableName: table });
  const queueNamed = async (QueueName: string, Attributes: Record<string, string>) =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  const fifo = await queueNamed("differential.fifo", { FifoQueue: "true", VisibilityTimeout: "60" });
  const queue = await queueNamed("differential-heard", { VisibilityTimeout: "60" });
  const { TopicArn: topic = "" } = await sns.send(new CreateTopicCommand({ Name: "differential" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ["QueueArn"] }),
  );
  const Endpoint = Attributes?.QueueArn;
  await sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol: "sqs", Endpoint, Attributes: { RawMessageDelivery: "true" } }),
  );
  return {
    ...{ dynamodb, sqs, sns, table, fifo, queue, topic },
    secrets: new SecretsManagerClient(place),
    cloudwatch: new CloudWatchClient(place),
    async ssm(operation, input) {
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AmazonSSM.${operation}` };
      const request = {
        service: "ssm",
        endpoint: place.endpoint,
        headers,
        body: JSON.stringify(input),
        answerMs: 10_000,
      };
      const repeating = { clock: { sleep: async () => {} }, random: () => 0, attempts: 1 };
      return JSON.parse((await signedCall(sqs, request as never, repeating)).text || "{}");
    },
  };
}
