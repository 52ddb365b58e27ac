import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput,
  ChangeMessageVisibilityCommandInput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from "@aws-sdk/client-sqs";
import { type ClientSettings, commandOf, JsonClient } from "./json-client.ts";

/** Takes the place of `@aws-sdk/client-sqs` in the bundles. Source: Amazon SQS Developer Guide, "AWS JSON protocol". */
export class SQSClient extends JsonClient {
  constructor(settings: ClientSettings) {
    super({ service: "sqs", target: "AmazonSQS", version: "1.0" }, settings);
  }
}

export const SendMessageCommand = commandOf<SendMessageCommandInput, SendMessageCommandOutput>("SendMessage");

export const SendMessageBatchCommand = commandOf<SendMessageBatchCommandInput, SendMessageBatchCommandOutput>(
  "SendMessageBatch",
);

export const ChangeMessageVisibilityCommand = commandOf<ChangeMessageVisibilityCommandInput, object>(
  "ChangeMessageVisibility",
);

export const ChangeMessageVisibilityBatchCommand = commandOf<
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput
>("ChangeMessageVisibilityBatch");
