import { invokedFunction } from "../functions/lambda-service.ts";
import type { AwsRequest } from "../gateway/aws-request.ts";
import { sourceOfHandle } from "../gateway/message-moves.ts";
import type { AccessRequest } from "./is-authorized.ts";

/** What a policy can say of a secret. */
export interface SecretLookup {
  /** The secret of a name or ARN, if there is one. */
  find(id: string): { arn: string; tags: ReadonlyMap<string, string> } | undefined;
  /** The ARN that a secret of this name would have. */
  presumedArn(id: string): string;
}

/** Where an API call is made: names become ARNs of this region and account. */
export interface Locality {
  region: string;
  account: string;
  secrets: SecretLookup;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function lastSegment(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

function tableArn({ region, account }: Locality, name: string): string {
  return name.startsWith("arn:") ? name : `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}

function dynamoDbResources({ input }: AwsRequest, locality: Locality): string[] {
  const { TableName, IndexName, RequestItems, TransactItems } = input;
  if (typeof TableName === "string") {
    const arn = tableArn(locality, TableName);
    return [typeof IndexName === "string" ? `${arn}/index/${IndexName}` : arn];
  }
  if (typeof RequestItems === "object" && RequestItems !== null) {
    return Object.keys(RequestItems).map((name) => tableArn(locality, name));
  }
  return TransactItems === undefined ? ["*"] : [`${tableArn(locality, "*")}`];
}

function secretRequest({ operation, input }: AwsRequest, { secrets }: Locality): AccessRequest {
  const id = text(input.SecretId) ?? text(input.Name);
  const action = `secretsmanager:${operation}`;
  if (id === undefined) return { action, resource: "*", context: {} };
  const secret = secrets.find(id);
  const context: Record<string, string> = { "secretsmanager:SecretId": secret?.arn ?? id };
  if (operation === "GetSecretValue") {
    context["secretsmanager:VersionStage"] = text(input.VersionStage) ?? "AWSCURRENT";
  }
  for (const [key, value] of secret?.tags ?? []) {
    context[`secretsmanager:ResourceTag/${key}`] = value;
    context[`aws:ResourceTag/${key}`] = value;
  }
  return { action, resource: secret?.arn ?? secrets.presumedArn(id), context };
}

/**
 * Source: SQS Developer Guide, "Troubleshooting DLQ redrive" and "Amazon SQS API permissions": what a redrive needs of both
 * queues, and of their keys. A task is cancelled by its handle, which names the source.
 */
function moveRequests({ operation, input }: AwsRequest): AccessRequest[] {
  const source = text(input.SourceArn) ?? sourceOfHandle(input.TaskHandle) ?? "*";
  const onSource = [`sqs:${operation}`, "sqs:GetQueueAttributes"];
  const moves = operation === "StartMessageMoveTask";
  if (moves || operation === "CancelMessageMoveTask") onSource.push("sqs:ReceiveMessage", "sqs:DeleteMessage");
  const needed = onSource.map((action) => ({ action, resource: source, context: {} }));
  const destination = text(input.DestinationArn);
  if (!moves || destination === undefined) return needed;
  return [...needed, { action: "sqs:SendMessage", resource: destination, context: {} }];
}

/**
 * The actions and resources that an API call has to be allowed; several for a call on several things, none for
 * one that needs no permission. Source: AWS Service Authorization Reference.
 */
export function accessRequests(request: AwsRequest, locality: Locality): AccessRequest[] {
  const { service, operation, input } = request;
  const { region, account } = locality;
  const on = (action: string, resources: readonly string[]) =>
    resources.map((resource) => ({ action, resource, context: {} }));
  switch (service) {
    case "sqs": {
      if (typeof input.SourceArn === "string") return moveRequests(request);
      const name = text(input.QueueUrl) ?? text(input.QueueName);
      const resource = name === undefined ? "*" : `arn:aws:sqs:${region}:${account}:${lastSegment(name)}`;
      return on(`sqs:${operation.replace(/Batch$/, "")}`, [resource]);
    }
    case "sns": {
      const arn = text(input.TopicArn) ?? text(input.TargetArn) ?? text(input.ResourceArn) ?? "*";
      return on(`sns:${operation.replace(/Batch$/, "")}`, [arn]);
    }
    case "dynamodb":
      return on(`dynamodb:${operation}`, dynamoDbResources(request, locality));
    case "secretsmanager":
      return [secretRequest(request, locality)];
    case "monitoring": {
      const alarm = `arn:aws:cloudwatch:${request.region}:${account}:alarm:`;
      if (operation === "PutMetricData") return on("cloudwatch:PutMetricData", ["*"]);
      const names = Array.isArray(input.AlarmNames) ? input.AlarmNames.map(String) : [text(input.AlarmName) ?? "*"];
      const muteRule = text(input.AlarmMuteRuleName);
      const arn = muteRule ? `${alarm.replace(/alarm:$/, "alarm-mute-rule:")}${muteRule}` : text(input.ResourceARN);
      return on(`cloudwatch:${operation}`, arn ? [arn] : names.map((name) => `${alarm}${name}`));
    }
    case "lambda": {
      const id = invokedFunction(request) ?? "*";
      const arn = id.startsWith("arn:") ? id : `arn:aws:lambda:${region}:${account}:function:${id}`;
      return on("lambda:InvokeFunction", [arn]);
    }
    case "ssm":
      return on(`ssm:${operation}`, [
        `arn:aws:ssm:${region}:${account}:parameter${text(input.Path) ?? text(input.Name) ?? "/*"}`,
      ]);
    case "events":
      return on(`events:${operation}`, [`arn:aws:events:${region}:${account}:event-bus/default`]);
    case "tagging":
      return on(`tag:${operation}`, ["*"]);
    case "sts":
      return operation === "GetCallerIdentity" ? [] : on(`sts:${operation}`, [text(input.RoleArn) ?? "*"]);
    default:
      return on(`${service}:${operation}`, ["*"]);
  }
}
