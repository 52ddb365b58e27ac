import { beforeEach, describe, expect, it } from "vitest";
import { parseAwsRequest } from "../../../../infra/local/gateway/aws-request.ts";
import { AccessControl } from "../../../../infra/local/iam/access-control.ts";
import { type Principal, type Role, Roles } from "../../../../infra/local/iam/roles.ts";
import { policyDocumentSchema } from "../../../../infra/local/iam/statement.ts";
import { SecretStore } from "../../../../infra/local/secrets-manager/secret-store.ts";

const region = "eu-central-1";
const account = "000000000000";
const queue = `arn:aws:sqs:${region}:${account}:work`;
const key = `arn:aws:kms:${region}:${account}:key/k`;
const document = (...Statement: unknown[]) => policyDocumentSchema.parse({ Version: "2012-10-17", Statement });

let access: AccessControl;
let roles: Roles;
let secrets: SecretStore;
let role: Role;
let caller: Principal;

beforeEach(() => {
  roles = new Roles(account);
  secrets = new SecretStore(region, account);
  access = new AccessControl(roles, { region, account, secrets });
  role = roles.add("WorkerRole", "worker-role", "/", document());
  caller = roles.keyFor(role, "worker");
});

function grant(...statements: unknown[]): void {
  role.grants.push(...document(...statements).Statement.map((statement) => ({ policy: "Policy", statement })));
}

function call(service: string, target: string, input: unknown, { accessKeyId } = caller): void {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, x`;
  const headers = { authorization, "x-amz-target": target };
  access.authorize(parseAwsRequest("POST", "/", headers, Buffer.from(JSON.stringify(input))));
}

const sendMessage = (operation = "SendMessage") =>
  call("sqs", `AmazonSQS.${operation}`, { QueueUrl: `http://127.0.0.1/${account}/work` });

describe("a call", () => {
  it("with an access key that nobody has is refused", () => {
    const stranger = { ...caller, accessKeyId: "ASIASTRANGER" };
    expect(() => call("sqs", "AmazonSQS.SendMessage", {}, stranger)).toThrow("security token");
  });

  it("of the administrator may do everything", () => {
    call("sqs", "AmazonSQS.SendMessage", {}, roles.administrator);
  });

  it("of a role needs a statement, and a batch needs what a single message needs", () => {
    expect(sendMessage).toThrow("is not authorized to perform: sqs:SendMessage");
    grant({ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue });
    sendMessage();
    sendMessage("SendMessageBatch");
    expect(() => sendMessage("ReceiveMessage")).toThrow("sqs:ReceiveMessage");
    expect(access.denials.map(({ action }) => action)).toEqual(["sqs:SendMessage", "sqs:ReceiveMessage"]);
  });

  it("on something encrypted needs the key as well", () => {
    access.encrypt(queue, key);
    grant({ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue });
    expect(sendMessage).toThrow(`kms:GenerateDataKey on resource: ${key}`);
    grant({ Effect: "Allow", Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: key });
    sendMessage();
  });

  it("on a table's index is one on the index", () => {
    const table = `arn:aws:dynamodb:${region}:${account}:table/state`;
    grant({ Effect: "Allow", Action: "dynamodb:Query", Resource: table });
    call("dynamodb", "DynamoDB_20120810.Query", { TableName: "state" });
    const onIndex = () => call("dynamodb", "DynamoDB_20120810.Query", { TableName: "state", IndexName: "byTime" });
    expect(onIndex).toThrow("index/byTime");
    expect(() => call("dynamodb", "DynamoDB_20120810.BatchGetItem", { RequestItems: { state: {} } })).toThrow("Batch");
  });

  it("on a secret is judged by the secret's tags", () => {
    const read = (SecretId: string) => call("secretsmanager", "secretsmanager.GetSecretValue", { SecretId });
    secrets.create({ name: "tagged", tags: [["ringcx:connection", "main"]], value: { string: "x" } });
    secrets.create({ name: "plain", value: { string: "x" } });
    grant({
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: `arn:aws:secretsmanager:${region}:${account}:secret:*`,
      Condition: { StringLike: { "secretsmanager:ResourceTag/ringcx:connection": "*" } },
    });
    read("tagged");
    expect(() => read("plain")).toThrow("secretsmanager:GetSecretValue");
    expect(() => read("missing")).toThrow("secret:missing-??????");
  });

  it("is refused by the resource's own policy even where the role allows it, unless that speaks of plain HTTP", () => {
    grant({ Effect: "Allow", Action: "sqs:*", Resource: "*" });
    const overHttp = { Bool: { "aws:SecureTransport": "false" } };
    const deny = { Effect: "Deny", Action: "sqs:*", Resource: queue, Principal: { AWS: "*" } };
    access.attach(queue, document({ ...deny, Condition: overHttp }).Statement);
    sendMessage();
    access.attach(queue, document(deny).Statement);
    expect(sendMessage).toThrow("explicit deny");
  });

  it("is allowed by the resource's own policy that names the role, and not by one that names the account", () => {
    const allow = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };
    access.attach(queue, document({ ...allow, Principal: { AWS: `arn:aws:iam::${account}:root` } }).Statement);
    expect(sendMessage).toThrow("is not authorized");
    access.attach(queue, document({ ...allow, Principal: { AWS: role.arn } }).Statement);
    sendMessage();
  });
});

describe("an AWS service", () => {
  const rule = `arn:aws:events:${region}:${account}:rule/alarms`;
  const deliver = () => access.checkService("events.amazonaws.com", "sqs:SendMessage", queue, rule);
  const principal = { Principal: { Service: "events.amazonaws.com" } };

  it("may deliver to a queue only where the queue's policy says so, for that rule", () => {
    expect(deliver).toThrow("events.amazonaws.com is not authorized");
    const allow = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue, ...principal };
    const ofAnother = { ArnEquals: { "aws:SourceArn": `${rule}-other` } };
    access.attach(queue, document({ ...allow, Condition: ofAnother }).Statement);
    expect(deliver).toThrow("events.amazonaws.com is not authorized");
    access.attach(queue, document({ ...allow, Condition: { ArnEquals: { "aws:SourceArn": rule } } }).Statement);
    deliver();
  });

  it("assumes a role only where the role trusts it for what it acts for", () => {
    const group = `arn:aws:scheduler:${region}:${account}:schedule-group/default`;
    const assume = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "scheduler.amazonaws.com" } };
    const trusting = (Condition: object) =>
      roles.add("ScheduleRole", "schedule", "/", document({ ...assume, Condition }));
    const check = (trusted: Role, service = "scheduler.amazonaws.com") => roles.checkTrust(trusted, service, group);
    check(trusting({}));
    check(trusting({ StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": group } }));
    expect(() => check(trusting({}), "lambda.amazonaws.com")).toThrow("does not let lambda.amazonaws.com assume it");
    for (const other of [{ "aws:SourceAccount": "210987654321" }, { "aws:SourceArn": `${group}-of-others` }]) {
      expect(() => check(trusting({ StringEquals: other }))).toThrow(`assume it for ${group}`);
    }
  });

  it("needs the queue's key too", () => {
    access.attach(queue, document({ Effect: "Allow", Action: "sqs:*", Resource: queue, ...principal }).Statement);
    access.encrypt(queue, key);
    expect(deliver).toThrow("kms:GenerateDataKey");
    access.attach(key, document({ Effect: "Allow", Action: "kms:*", Resource: "*", ...principal }).Statement);
    deliver();
  });
});

describe("the report of unused permissions", () => {
  it("lists of each statement the actions that nothing needed", () => {
    grant(
      { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:PurgeQueue"], Resource: queue },
      { Effect: "Allow", Action: "sns:Publish", Resource: "*" },
      { Effect: "Allow", Action: "sqs:Send*", Resource: "*" },
    );
    sendMessage();
    expect(roles.unused()).toEqual([
      { role: "WorkerRole", policy: "Policy", actions: ["sqs:PurgeQueue"], resources: [queue] },
      { role: "WorkerRole", policy: "Policy", actions: ["sns:Publish"], resources: ["*"] },
    ]);
  });
});
