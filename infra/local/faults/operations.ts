import { operations as monitoring } from "../events/cloudwatch-service.ts";
import { parameterOperations } from "../parameters/parameter-service.ts";
import { operations as secretsManager } from "../secrets-manager/operations.ts";

/**
 * The operations of AWS that a fault may be meant for, by the service's name in the signature's scope: those that the
 * local host has, of SQS, SNS and DynamoDB those that this system or a person at the command line calls.
 */
export const operationsByService = {
  dynamodb: [
    ...["BatchGetItem", "BatchWriteItem", "DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan"],
    ...["TransactGetItems", "TransactWriteItems", "UpdateItem"],
  ],
  events: ["PutEvents"],
  lambda: ["Invoke"],
  logs: ["FilterLogEvents"],
  monitoring: Object.keys(monitoring),
  secretsmanager: Object.keys(secretsManager),
  sns: ["Publish", "PublishBatch", "Subscribe", "Unsubscribe"],
  sqs: [
    ...["CancelMessageMoveTask", "ChangeMessageVisibility", "DeleteMessage", "DeleteMessageBatch"],
    ...[
      "GetQueueAttributes",
      "GetQueueUrl",
      "ListMessageMoveTasks",
      "ReceiveMessage",
      "SendMessage",
      "SendMessageBatch",
      "StartMessageMoveTask",
    ],
  ],
  ssm: Object.keys(parameterOperations),
  sts: ["AssumeRole", "GetCallerIdentity"],
  tagging: ["GetResources"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Name of a service, as in the signature's scope. */
export type ServiceName = keyof typeof operationsByService;
