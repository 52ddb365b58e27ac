import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Construct } from "constructs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { findStack, type StackFlags } from "../../../cli/environment/deployed-stack.ts";
import { UnreachableError, UsageError } from "../../../cli/exit-codes.ts";
import { RingCxAutomation } from "../../../package/index.ts";
import { publicHosts } from "../../../shared/ringcx/session/connection.ts";
import { plainApp } from "../../infra/synthesized.ts";
import { runLine } from "../cli.ts";

const region = "eu-central-1";
const connections = [{ name: "main", accountIds: ["123456"] }];

/** Stacks as CDK makes them, by name: each output's value is its own name. */
let stacks: Record<string, readonly string[]>;
let mayList: boolean;

/** CloudFormation and Lambda's configuration, as their API references have it. */
const aws = createServer(async (request, response) => {
  const body = (await buffer(request)).toString();
  const asked = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "");
  if (asked?.[2] === "lambda") {
    const name = decodeURIComponent(/functions\/([^/]+)\/configuration/.exec(request.url ?? "")?.[1] ?? "");
    const secretId = `arn:aws:secretsmanager:${asked[1]}:111122223333:secret:x`;
    const CONNECTIONS = JSON.stringify([{ ...connections[0], ...publicHosts, secretId }]);
    const ENVIRONMENT = name.replace("ProvisionServicesFunctionName", "").toLowerCase() || "whole";
    const Variables = { CONNECTIONS, ENVIRONMENT, ...(name.startsWith("Live") && { ACCOUNTS_PATH: "/accounts" }) };
    return response.end(JSON.stringify({ Environment: { Variables } }));
  }
  if (asked?.[2] === "ssm") {
    const Parameters = [{ Name: "/accounts/main/1", Value: "123456,123457" }];
    return response.end(JSON.stringify({ Parameters }));
  }
  const parameters = new URLSearchParams(body);
  if (parameters.get("Action") === "ListStacks") {
    if (!mayList) return response.writeHead(403).end(error("AccessDenied", "not authorized to ListStacks"));
    // A page for each stack.
    const names = Object.keys(stacks);
    const at = Number(parameters.get("NextToken") ?? 0);
    const next = at + 1 < names.length ? `<NextToken>${at + 1}</NextToken>` : "";
    return response.end(
      `<ListStacksResponse><ListStacksResult>${next}<StackSummaries><member><StackName>${names[at]}</StackName></member></StackSummaries></ListStacksResult></ListStacksResponse>`,
    );
  }
  const name = parameters.get("StackName") ?? "";
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) {
    return response.writeHead(400).end(error("ValidationError", "1 validation error detected: at 'stackName' failed"));
  }
  const outputs = asked?.[1] === region ? stacks[name] : undefined;
  if (!outputs) return response.writeHead(400).end(error("ValidationError", `Stack with id ${name} does not exist`));
  const members = outputs.map(
    (key) => `<member><OutputKey>${key}</OutputKey><OutputValue>${key}</OutputValue></member>`,
  );
  response.end(
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
});

const error = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

beforeAll(async () => {
  stacks = {
    Whole: outputsOf((stack) => automation(stack, "Default")),
    Contact: outputsOf((stack) => automation(stack, "RingCx")),
    Both: outputsOf((stack) => {
      automation(stack, "Test");
      automation(new Construct(stack, "Live-Site"), "RingCx");
    }),
    Mixed: outputsOf((stack) => {
      automation(stack, "Default");
      automation(stack, "Live");
    }),
    Network: ["VpcId", "TableName"],
    Cut: ["RingCxProvisionServicesFunctionName", "RingCxTableName"],
  };
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});
beforeEach(() => {
  mayList = true;
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(aws.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  vi.stubEnv("AWS_REGION", undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
});
afterEach(() => vi.unstubAllEnvs());

function outputsOf(make: (stack: Stack) => void): string[] {
  const stack = new Stack(plainApp(), "Any", { env: { region, account: "111122223333" } });
  make(stack);
  return Object.keys(Template.fromStack(stack).findOutputs("*"));
}

function automation(scope: Construct, id: string): void {
  const name = scope.node.path.split("/").concat(id).join("-").toLowerCase();
  new RingCxAutomation(scope, id, {
    name: name.slice(0, 20),
    connections: connections.map((each) => ({ ...each, requireEnvironmentTag: true })),
  });
}

test.each<[what: string, flags: Partial<StackFlags>, prefix: string, name: string]>([
  ["that is the automation's alone", { stack: "Whole" }, "", "whole"],
  ["of somebody's own", { stack: "Contact" }, "RingCx", "ringcx"],
  ["with its one instance named", { stack: "Contact", instance: "RingCx" }, "RingCx", "ringcx"],
  ["with several, by id", { stack: "Both", instance: "Test" }, "Test", "test"],
  ["by the path within the stack", { stack: "Both", instance: "Live-Site/RingCx" }, "LiveSiteRingCx", "livesiteringcx"],
  ["by the construct's whole path", { stack: "Both", instance: "Prod/Both/Test" }, "Test", "test"],
  ["by the id Default", { stack: "Mixed", instance: "Default" }, "", "whole"],
  ["by what its outputs begin with", { stack: "Both", instance: "LiveSiteRingCx" }, "LiveSiteRingCx", "livesiteringcx"],
])("a stack %s is found by its outputs", async (_what, flags, prefix, name) => {
  const found = await findStack({ stack: "", region, ...flags });
  expect(found.outputs).toMatchObject({ TableName: `${prefix}TableName`, CommandQueueUrl: `${prefix}CommandQueueUrl` });
  expect(found.outputs.RejectQueueUrl).toBe(`${prefix}RejectQueueUrl`);
  expect(found).toMatchObject({ name, isLocal: false, clientConfig: { region } });
  // Of that one they are parameters.
  expect(found.connections[0]?.accountIds).toEqual(prefix.startsWith("Live") ? ["123456", "123457"] : ["123456"]);
});

test("without --region it is the one that AWS's own tools take", async () => {
  vi.stubEnv("AWS_REGION", region);
  expect((await findStack({ stack: "Contact" })).clientConfig.region).toBe(region);
});

test.each<[what: string, flags: StackFlags, kind: typeof UsageError | typeof UnreachableError, told: RegExp]>([
  [
    "a name that no stack can have",
    { stack: "Con tact", region },
    UnreachableError,
    /no stack Con tact.*mean "Contact"/,
  ],
  [
    "a stack that is not there",
    { stack: "Contcat", region },
    UnreachableError,
    /no stack Contcat in eu-central-1.*mean "Contact"/,
  ],
  ["no region", { stack: "Contact" }, UsageError, /Which region is the stack Contact in\? Give --region REGION/],
  [
    "several instances",
    { stack: "Both", region },
    UsageError,
    /holds 2 automations.*--instance.*"LiveSiteRingCx", "Test"/,
  ],
  ["an unknown instance", { stack: "Both", region, instance: "Tset" }, UsageError, /no automation "Tset".*mean "Test"/],
  [
    "an unknown instance of one",
    { stack: "Contact", region, instance: "Live" },
    UsageError,
    /no automation "Live".*"RingCx"/,
  ],
  [
    "a stack of something else",
    { stack: "Network", region },
    UsageError,
    /Network in eu-central-1 holds no RingCxAutomation/,
  ],
  [
    "a stack of another version",
    { stack: "Cut", region },
    UnreachableError,
    /lacks the outputs RingCxOutcomeTopicArn, RingCxProv/,
  ],
])("%s is told in one sentence", async (_what, flags, kind, told) => {
  const failed = await findStack(flags).catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(kind);
  expect((failed as Error).message).toMatch(told);
});

test("whoever may not list stacks is told of the wrong name all the same", async () => {
  mayList = false;
  await expect(findStack({ stack: "Contcat", region })).rejects.toThrow(/^There is no stack Contcat in eu-central-1/);
});

test.each([
  [["--stack", "A", "--environment", "b"], /--environment and --stack are two environments: give one/],
  [["--stack", "A", "--local"], /--stack and --local are two environments: give one/],
  [["--instance", "A", "--environment", "b"], /--instance says which automation of a --stack: give --stack/],
  [[], /Which environment\?.*--stack NAME/],
])("options %j are refused", async (flags, told) => {
  const { code, err } = await runLine(["status", ...flags], { directory: "/" });
  expect(err).toMatch(told);
  expect(code).toBe(64);
});

test("commands take it: the stack's name and region are looked for", async () => {
  const { code, err } = await runLine(["status", "--stack", "Contcat", "--region", region], { directory: "/" });
  expect(err).toMatch(/There is no stack Contcat/);
  expect(code).toBe(4);
});
