import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { publint } from "publint";
import { beforeAll, describe, expect, test } from "vitest";
import { commandEntry } from "../../infra/package-command.ts";
import { clickedAccount, clickedSeed } from "../cli/clicked-account.ts";
import { deadLinks } from "../docs/links.ts";
import { applyMessage, group } from "../functions/provision-services/fixture.ts";
import { credentials } from "./cdk.ts";
import { type RunOptions, runCommand } from "./run-command.ts";
import { kept, presentApp, previousApp, released } from "./upgrade-apps.ts";

// The package as people install it, in a folder that has nothing of this repository.
const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
const region = "eu-west-1";
const clientConfig = { endpoint, region, credentials };
let folder: string;
let packed: { filename: string; unpackedSize: number; files: { path: string }[] };

const run = (command: string, args: readonly string[], { cwd = folder, env = {} }: Partial<RunOptions> = {}) =>
  runCommand(command, args, { cwd, env });

const node = (file: string, env?: NodeJS.ProcessEnv) => run(process.execPath, [file], { ...(env && { env }) });

const bin = () => join(folder, "node_modules/.bin/ringcx-automation");

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "installed-"));
  const pack = ["pack", "--json", "--pack-destination", folder];
  const printed = await run("npm", pack, { cwd: process.cwd() });
  // What the build prints comes first.
  [packed] = JSON.parse(printed.slice(printed.indexOf("[\n  {")));
  const { version } = createRequire(import.meta.url)("typescript/package.json");
  // The starter's own, but for the command line of CDK, which is large and here already.
  await cp("examples/app", folder, { recursive: true });
  const { devDependencies: _, ...starter } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  starter.dependencies["ringcx-service-automation"] = `file:${packed.filename}`;
  await file("package.json", JSON.stringify(starter));
  const more = [`typescript@${version}`, "@types/node@24"];
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...more]);
}, 300_000);

test("it holds what is needed and nothing else, in less than 3 MiB", () => {
  expect(packed.unpackedSize).toBeLessThan(3 * 1_024 * 1_024);
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /(^|\/)(test|\.github)\/|\.map$|environments\.local/.test(path))).toEqual([]);
  expect(deadLinks(paths, (path) => readFileSync(path, "utf8"))).toEqual([]);
  expect(paths.filter((path) => path.startsWith("dist/lambda/")).length).toBeGreaterThan(3);
});

test("the tools that look at packages find nothing", async () => {
  const { messages } = await publint({ pkgDir: join(folder, "node_modules/ringcx-service-automation"), strict: true });
  expect(messages).toEqual([]);
  // CommonJS gets the ES modules by `require`, as every Node does that is still maintained.
  const attw = [resolve("node_modules/.bin/attw"), packed.filename, "--profile", "esm-only"];
  await run(process.execPath, [...attw, "--exclude-entrypoints", "contract/schemas/*", "package.json"]);
});

describe("the starter", () => {
  const assembly = () => readdirSync(join(folder, "cdk.out"));
  const awsEnv = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const cdk = (...args: string[]) =>
    run(process.execPath, [commandEntry("aws-cdk", "cdk"), ...args], { env: { ...awsEnv } });
  const deploy = async (app: string) => {
    const how = ["--all", "--concurrency", "2", "--require-approval", "never", "--outputs-file", "outputs.json"];
    await cdk("deploy", "--app", `node ${app}`, ...how);
    return JSON.parse(await readFile(join(folder, "outputs.json"), "utf8"));
  };

  test("synthesizes with prebuilt bundles, as an ES module and from CommonJS", async () => {
    const app = await readFile(join(folder, "app.mjs"), "utf8");
    await file("app.cjs", app.replaceAll(/import (\{.*\}) from (".*");/g, "const $1 = require($2);"));
    for (const name of ["app.mjs", "app.cjs"]) {
      await node(name, { CDK_OUTDIR: join(folder, "cdk.out") });
      expect(assembly()).toContain("ContactCentre.template.json");
      expect(assembly().filter((entry) => entry.endsWith(".zip")).length).toBeGreaterThan(3);
    }
  });

  test("is deployed, beside an upgrade from the last release that keeps what it holds, and removed", async () => {
    await cdk("bootstrap", `aws://000000000000/${region}`);
    await file("released.json", released);
    await file("previous.mjs", previousApp(region));
    const { Upgraded: before } = await deploy("previous.mjs");
    const table = before.KeptAccessTable860AC5FC;
    const dynamo = new DynamoDBClient(clientConfig);
    const secrets = new SecretsManagerClient(clientConfig);
    const item = { pk: { S: "ACCOUNT#1" }, sk: { S: "SERVICE#CRM/lookup" }, of: { S: "the release before" } };
    const login = { SecretId: before.KeptAccessConnectionMainE1F03547, SecretString: "the login" };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: item }));
    await secrets.send(new PutSecretValueCommand(login));

    await file("deployed.mjs", presentApp(await readFile(join(folder, "app.mjs"), "utf8"), region));
    const { Upgraded: after, ContactCentre: starter } = await deploy("deployed.mjs");

    const same = (outputs: Record<string, string>) => kept.map((id) => outputs[`Kept${id}`]);
    expect(same(after)).toEqual(same(before));
    expect(after.TableName).toBe(table);
    const readItem = () =>
      dynamo.send(new GetItemCommand({ TableName: table, Key: { pk: item.pk, sk: item.sk }, ConsistentRead: true }));
    expect((await readItem()).Item).toEqual(item);
    const value = () => secrets.send(new GetSecretValueCommand({ SecretId: login.SecretId }));
    expect((await value()).SecretString).toBe(login.SecretString);

    const FunctionName = starter.RingCxProvisionServicesFunctionName;
    const lambda = new LambdaClient(clientConfig);
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      Handler: "index.handler",
    });
    const sent = ["apply", "message.yaml", "--no-wait", "--stack", "ContactCentre"];
    expect(await run(process.execPath, [bin(), ...sent], { env: awsEnv })).toContain("1 message sent");

    const QueueName = starter.RingCxProvisioningQueueUrl.split("/").at(-1);
    await cdk("destroy", "--app", "node deployed.mjs", "--all", "--force");
    await expect(new SQSClient(clientConfig).send(new GetQueueUrlCommand({ QueueName }))).rejects.toThrow();
    expect((await readItem()).Item).toEqual(item);
  }, 240_000);
});

test("its types are understood by whoever writes TypeScript", async () => {
  const source = `import { App, Stack } from "aws-cdk-lib";
import { RingCxAutomation, type RingCxAutomationProps } from "ringcx-service-automation";
import { createRingCxClient } from "ringcx-service-automation/client";
import { apply, problemsOf } from "ringcx-service-automation/contract";
import { startRingCxSimulator } from "ringcx-service-automation/simulator";
const props: RingCxAutomationProps = { name: "test", connections: [{ name: "main", accountIds: ["1"] }] };
new RingCxAutomation(new Stack(new App(), "S", { env: { region: "eu-west-1" } }), "R", props).grantProvision;
const event = apply({ source: "/crm", id: "1", time: new Date(0) }, { accountId: "1", resources: [{ kind: "httpServiceGroup", groupName: "CRM" }] });
const found: readonly { path: string }[] = problemsOf(event, 0);
export const all = { found, createRingCxClient, startRingCxSimulator };
// @ts-expect-error a name that no setting has
const wrong: RingCxAutomationProps = { name: "test", connections: [], probes: {} };
export { wrong };
`;
  await file("typed.mts", source);
  await file("typed.cts", source);
  const tsc = join(folder, "node_modules/typescript/bin/tsc");
  const options = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--skipLibCheck",
    "false",
    "--lib",
    "es2024,esnext.disposable",
    "--types",
    "node",
  ];
  await run(process.execPath, [tsc, ...options, "typed.mts", "typed.cts"]);
}, 120_000);

test("the contract refuses what is wrong, with nothing of AWS or CDK in its imports", async () => {
  const message = applyMessage([group]);
  const wrong = { ...message, data: { ...message.data, resources: [{ ...group, groupNmae: "x" }] } };
  await file(
    "contract.mjs",
    `import { registerHooks } from "node:module";
registerHooks({ resolve(specifier, context, next) {
  if (/^(node:|@aws|aws-cdk|constructs|@smithy)/.test(specifier)) throw new Error("imports " + specifier);
  return next(specifier, context);
} });
const { problemsOf, sqsAttributes } = await import("ringcx-service-automation/contract");
console.log(JSON.stringify([problemsOf(${JSON.stringify(message)}, Date.now()), problemsOf(${JSON.stringify(wrong)}, Date.now()), await sqsAttributes(${JSON.stringify(message)})]));
`,
  );
  const [none, some, attributes] = JSON.parse(await node("contract.mjs"));
  expect(none).toEqual([]);
  expect(some).toEqual([expect.objectContaining({ path: "data.resources[0].groupNmae", hint: expect.anything() })]);
  expect(attributes).toEqual({ MessageGroupId: message.data.accountId, MessageDeduplicationId: expect.any(String) });
});

test("the simulator is a command, and the client lists what it has", async () => {
  expect(existsSync(bin())).toBe(true);
  const seed = await file("seed.json", JSON.stringify(clickedSeed));
  const simulator = spawn(process.execPath, [bin(), "simulator", "--seed", seed], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ready = await new Promise<string>((done) => simulator.stdout.setEncoding("utf8").once("data", done));
    const { url, clientId, clientSecret, jwt } = JSON.parse(ready);
    await file("login.json", JSON.stringify({ clientId, clientSecret, jwt }));
    const example = await readFile("examples/list-account.ts", "utf8");
    await file("list.mts", example.replace("../package/client.ts", "ringcx-service-automation/client"));
    const env = { RINGCX_LOGIN: "login.json", RINGCX_ACCOUNT: clickedAccount, RINGCX_URL: url };
    expect(await node("list.mts", env)).toMatch(/Service[\s\S]*Auth config[\s\S]*OAUTH/);
    const help = await run(process.execPath, [bin(), "--help"]);
    expect(help).toContain("ringcx-automation status");
    expect(help).toContain("npx ringcx-automation simulator --help");
    expect((await run(process.execPath, [bin(), "--version"])).trim()).toBe("0.1.0");
    const why = await run(process.execPath, [bin(), "why", "--help"]);
    expect(why).toContain('npx ringcx-automation why "Lookup customer by ANI" --stack ContactCentre');
    // Its own script is named as a checkout's.
    expect(why.replace("`npm start -- --stay` of a checkout", "")).not.toMatch(/npm run|npm start|infra\/environments/);
  } finally {
    simulator.kill("SIGINT");
  }
});
