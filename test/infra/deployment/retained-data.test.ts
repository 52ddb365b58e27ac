import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { protectTable } from "../../../infra/deployment/protected-table.ts";
import { retainedData } from "../../../infra/deployment/retained-data.ts";
import { plainEnvironment, synthesized } from "../synthesized.ts";

const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d";
const otherKey = keyArn.replace("0a1b2c3d", "4e5f6a7b");
const stackName = "RingCxAutomation-test";
const connections = ["main", "partner"].map((name, index) => ({ name, accountIds: [String(index)] }));
const resources = synthesized({ ...plainEnvironment, connections }).toJSON().Resources;
const idOf = (type: string, words = "") =>
  Object.keys(resources).find((id) => resources[id].Type === type && JSON.stringify(resources[id]).includes(words)) ??
  "";
const tableId = idOf("AWS::DynamoDB::Table");
const description = (name: string) => `RingCX login "${name}": JSON with clientId, clientSecret and jwt`;

interface Table {
  TableName: string;
  SSEDescription?: { KMSMasterKeyArn: string };
}
interface Secret {
  ARN: string;
  Description: string;
  KmsKeyId?: string;
}

let tables: Table[];
let secrets: Secret[];
let updates: unknown[];

/** What DynamoDB and Secrets Manager say of what there is. */
const server = createServer(async (request, response) => {
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  const answers: Readonly<Record<string, () => unknown>> = {
    ListTables: () => ({ TableNames: tables.map(({ TableName }) => TableName) }),
    DescribeTable: () => ({ Table: tables.find(({ TableName }) => TableName === body.TableName) }),
    ListSecrets: () => ({ SecretList: secrets.map(({ ARN, Description }) => ({ ARN, Description })) }),
    DescribeSecret: () => secrets.find(({ ARN }) => ARN === body.SecretId),
    UpdateTable: () => {
      updates.push(body);
      return {};
    },
  };
  const answer = answers[String(request.headers["x-amz-target"]).split(".")[1] ?? ""]?.();
  response.writeHead(answer ? 200 : 400).end(JSON.stringify(answer ?? { __type: "ResourceNotFoundException" }));
});

let dynamoDb: DynamoDBClient;
let secretsManager: SecretsManagerClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    endpoint,
    region: "eu-central-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" },
  };
  dynamoDb = new DynamoDBClient(config);
  secretsManager = new SecretsManagerClient(config);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  const SSEDescription = { KMSMasterKeyArn: keyArn };
  tables = [
    { TableName: `${stackName}-${tableId}-ABC`, SSEDescription },
    { TableName: `${stackName}-2-${tableId}-ABC`, SSEDescription },
    { TableName: "somebody-elses" },
  ];
  secrets = [
    { ARN: "arn:main", Description: description("main"), KmsKeyId: keyArn },
    { ARN: "arn:partner", Description: description("partner"), KmsKeyId: "0a1b2c3d" },
    { ARN: "arn:main-of-production", Description: description("main"), KmsKeyId: otherKey },
    { ARN: "arn:without-key", Description: description("main") },
  ];
  updates = [];
});

const ask = (tableName?: string) =>
  retainedData({ dynamoDb, secrets: secretsManager, stackName, resources, tableName });

describe("what a removed stack has left behind", () => {
  test("is its table by name, the key of that, and the logins under the key", async () => {
    expect(await ask()).toEqual({
      [tableId]: { TableName: `${stackName}-${tableId}-ABC` },
      [idOf("AWS::KMS::Key")]: { KeyId: "0a1b2c3d" },
      [idOf("AWS::SecretsManager::Secret", "main")]: { Id: "arn:main" },
      [idOf("AWS::SecretsManager::Secret", "partner")]: { Id: "arn:partner" },
    });
  });

  test("may lack a login: a connection that is new gets an empty secret", async () => {
    secrets = secrets.filter(({ ARN }) => ARN !== "arn:partner");
    expect(Object.keys(await ask())).not.toContain(idOf("AWS::SecretsManager::Secret", "partner"));
  });

  test("is asked about where there are several tables: which is right, a person must say", async () => {
    const second = { TableName: `${stackName}-${tableId}-DEF`, SSEDescription: { KMSMasterKeyArn: otherKey } };
    tables.push(second);
    await expect(ask()).rejects.toThrow(
      /Several tables[\s\S]*--adopt-data=RingCx.*-ABC[\s\S]*--adopt-data=RingCx.*-DEF/,
    );
    expect(await ask(second.TableName)).toMatchObject({
      [tableId]: { TableName: second.TableName },
      [idOf("AWS::KMS::Key")]: { KeyId: "4e5f6a7b" },
      [idOf("AWS::SecretsManager::Secret", "main")]: { Id: "arn:main-of-production" },
    });
  });

  test.each([
    ["no table", () => tables.splice(0), undefined, /No table of RingCxAutomation-test has been left behind/],
    ["another table", () => undefined, "somebody-elses", /No table .*\(somebody-elses\)\. There are: RingCx.*-ABC\./],
    [
      "a table without a key",
      () => delete tables[0]?.SSEDescription,
      undefined,
      /not encrypted with a key of its stack/,
    ],
    [
      "two logins of one name",
      () => secrets.push({ ARN: "arn:twin", Description: description("main"), KmsKeyId: keyArn }),
      undefined,
      /There are 2 secrets "RingCX login "main"/,
    ],
  ])("is nothing to guess at: %s", async (_, change, tableName, words) => {
    change();
    await expect(ask(tableName)).rejects.toThrow(words);
  });
});

test("the table is protected once all is deployed; where that fails it is said how", async () => {
  const table = { tableName: "state", region: "eu-central-1" };
  expect(await protectTable(dynamoDb, table)).toEqual([]);
  expect(updates).toEqual([{ TableName: "state", DeletionProtectionEnabled: true }]);
  const send = () => Promise.reject(Object.assign(new Error("no"), { name: "AccessDeniedException" }));
  expect(await protectTable({ send } as unknown as DynamoDBClient, table)).toEqual([
    expect.stringMatching(/NOT PROTECTED .*AccessDeniedException.* aws dynamodb update-table .*--table-name state/),
  ]);
});
