import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { publint } from "publint";
import { beforeAll, describe, expect, test } from "vitest";
import { commandEntry } from "../../infra/package-command.ts";
import { clickedAccount, clickedSeed } from "../cli/clicked-account.ts";
import { applyMessage, group } from "../functions/provision-services/fixture.ts";
import { credentials } from "./cdk.ts";

// The package as people install it, in a folder that has nothing of this repository.
const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
const region = "eu-west-1";
const clientConfig = { endpoint, region, credentials };
let folder: string;
let packed: { filename: string; unpackedSize: number; files: { path: string }[] };

/** @returns what it printed @throws {Error} with what it printed on standard error */
function run(command: string, args: readonly string[], { env = {}, cwd = folder }: RunOptions = {}): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const printed = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed.err += text;
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) done(printed.out);
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${printed.out}\n${printed.err}`));
    });
  });
}

interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

const node = (file: string, env?: NodeJS.ProcessEnv) => run(process.execPath, [file], { ...(env && { env }) });

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
  await file("package.json", JSON.stringify({ name: "theirs", private: true }));
  const theirs = [`./${packed.filename}`, "aws-cdk-lib@^2.276.0", "constructs@^10.8.1", `typescript@${version}`];
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...theirs, "@types/node@24"]);
}, 300_000);

test("it holds what is needed and nothing else, in less than 3 MB", () => {
  expect(packed.unpackedSize).toBeLessThan(3_000_000);
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /(^|\/)(test|\.github)\/|\.(map|svg)$|environments\.local/.test(path))).toEqual([]);
  expect(paths.filter((path) => path.startsWith("dist/lambda/")).length).toBeGreaterThan(3);
});

test("the tools that look at packages find nothing", async () => {
  const { messages } = await publint({ pkgDir: join(folder, "node_modules/ringcx-service-automation"), strict: true });
  expect(messages).toEqual([]);
  // CommonJS gets the ES modules by `require`, as every Node does that is still maintained.
  const attw = [resolve("node_modules/.bin/attw"), packed.filename, "--profile", "esm-only"];
  await run(process.execPath, [...attw, "--exclude-entrypoints", "contract/schemas/*", "package.json"]);
});

describe("an app of ten lines", () => {
  const assembly = () => readdirSync(join(folder, "cdk.out"));

  test("synthesizes with prebuilt bundles, as an ES module and from CommonJS", async () => {
    await copyFile("examples/app/app.mjs", join(folder, "app.mjs"));
    const app = await readFile(join(folder, "app.mjs"), "utf8");
    await file("app.cjs", app.replaceAll(/import (\{.*\}) from (".*");/g, "const $1 = require($2);"));
    for (const name of ["app.mjs", "app.cjs"]) {
      await node(name, { CDK_OUTDIR: join(folder, "cdk.out") });
      expect(assembly()).toContain("ContactCentre.template.json");
      expect(assembly().filter((entry) => entry.endsWith(".zip")).length).toBeGreaterThan(3);
    }
  });

  test("is deployed, and removed", async () => {
    const app = await readFile(join(folder, "app.mjs"), "utf8");
    // The emulator knows no composite alarm; see deploy.test.ts.
    const withoutComposite = `${app.replace("eu-central-1", region)}
const operations = stack.node.findChild("RingCx").node.findChild("Operations");
operations.node.tryRemoveChild("ActionRequired");
`;
    await file("deployed.mjs", withoutComposite);
    const env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const cdk = (...args: string[]) => run(process.execPath, [commandEntry("aws-cdk", "cdk"), ...args], { env });
    await cdk("bootstrap", `aws://000000000000/${region}`);
    const how = ["--app", "node deployed.mjs", "--require-approval", "never", "--outputs-file", "outputs.json"];
    await cdk("deploy", ...how);
    const outputs = JSON.parse(await readFile(join(folder, "outputs.json"), "utf8")).ContactCentre;
    const lambda = new LambdaClient(clientConfig);
    const FunctionName = outputs.RingCxProvisionServicesFunctionName;
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      Handler: "index.handler",
    });
    const dynamo = new DynamoDBClient(clientConfig);
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: outputs.RingCxTableName }));
    expect(Table?.TableStatus).toBe("ACTIVE");
    const QueueName = outputs.RingCxProvisioningQueueUrl.split("/").at(-1);
    await cdk("destroy", "--app", "node deployed.mjs", "--force");
    await expect(new SQSClient(clientConfig).send(new GetQueueUrlCommand({ QueueName }))).rejects.toThrow();
  }, 180_000);
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
console.log(JSON.stringify([problemsOf(${JSON.stringify(message)}, 0), problemsOf(${JSON.stringify(wrong)}, 0), await sqsAttributes(${JSON.stringify(message)})]));
`,
  );
  const [none, some, attributes] = JSON.parse(await node("contract.mjs"));
  expect(none).toEqual([]);
  expect(some).toEqual([expect.objectContaining({ path: "data.resources[0].groupNmae", hint: expect.anything() })]);
  expect(attributes).toEqual({ MessageGroupId: message.data.accountId, MessageDeduplicationId: expect.any(String) });
});

test("the simulator is a command, and the client lists what it has", async () => {
  const bin = join(folder, "node_modules/.bin/ringcx-automation");
  expect(existsSync(bin)).toBe(true);
  const seed = await file("seed.json", JSON.stringify(clickedSeed));
  const simulator = spawn(process.execPath, [bin, "simulator", "--seed", seed], {
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
    expect(await run(process.execPath, [bin, "--help"])).toContain("ringcx-automation status");
  } finally {
    simulator.kill("SIGINT");
  }
});
