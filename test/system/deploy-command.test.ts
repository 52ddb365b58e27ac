import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { passedOn } from "../../infra/deployment/deploy-arguments.ts";
import { commandEntry } from "../../infra/package-command.ts";

// Each starts Node anew and loads CDK, which takes its time where others have the machine.
vi.setConfig({ testTimeout: 120_000 });

const infra = (file: string): string => fileURLToPath(new URL(`../../infra/${file}`, import.meta.url));

/** Nothing of the machine's own, but for what makes it quick. */
const baseEnvironment = { PATH: "", NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

function run(file: string, args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [infra(file), ...args], {
    encoding: "utf8",
    // Whoever gets as far as `cdk` says `-- --help`, which deploys nothing.
    env: { ...baseEnvironment, AWS_EC2_METADATA_DISABLED: "true", ...environment },
  });
  return { status, stdout, stderr };
}

test("npm run deploy without an environment says how it is used, and which environments there are", () => {
  const { status, stderr } = run("deploy.ts", []);
  expect(status).toBe(64);
  expect(stderr).toMatch(/--environment is missing[\s\S]*npm run deploy -- --environment NAME[\s\S]*test, production/);
});

test.each([["--environment", "staging"], ["--environment=staging"]])(
  "npm run deploy with an environment that does not exist names those that do (%s)",
  (...args) => {
    const { status, stderr } = run("deploy.ts", args);
    expect(status).toBe(64);
    expect(stderr).toMatch(/no environment "staging".*Known: test, production/);
  },
);

test.each([
  [["--enviroment", "test"], /--enviroment is no option of npm run synth\. Did you mean "--environment"/],
  [["RingCxAutomation-tset"], /There is no stack "RingCxAutomation-tset".* Did you mean "RingCxAutomation-test"/],
  [["--environment", "staging"], /no environment "staging".*Known: test, production/],
])("npm run synth %j is refused before anything is bundled", (args, words) => {
  const { status, stdout, stderr } = run("synth.ts", args);
  expect(status).toBe(64);
  expect(stderr).toMatch(words);
  expect(stdout + stderr).not.toContain("Bundling");
});

test("an endpoint that is no URL is refused before anything is bundled", () => {
  const { status, stderr } = run("deploy.ts", ["--environment", "test"], { AWS_ENDPOINT_URL: "nonsense" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^AWS_ENDPOINT_URL holds no http:/m);
  expect(stderr).not.toContain("Bundling");
});

test("an environment that another region has is not this one", () => {
  const { status, stderr } = run("deploy.ts", ["--environment=test", "--region", "us-east-1"]);
  expect(status).toBe(64);
  expect(stderr).toMatch(/no environment "test" in us-east-1/);
});

test.each([
  [{ environment: "staging" }, '"staging"'],
  [{ environment: "test", region: "us-east-1" }, '"test" in us-east-1'],
])("so does cdk synth, without a stack trace (%j)", (context, which) => {
  const { status, stderr } = run("app.ts", [], { CDK_CONTEXT_JSON: JSON.stringify(context) });
  expect(status).toBe(1);
  expect(stderr).toBe(`There is no environment ${which} in infra/environments.ts. Known: test, production.\n`);
});

test.each<[string[], RegExp]>([
  [["--environment", "test", "--dry-run"], /--dry-run is no option of npm run deploy\./],
  [["--environment", "test", "--adopt-date"], /--adopt-date is no option.* Did you mean "--adopt-data"\?/],
  [["--environment", "test", "--environment", "production"], /--environment is given more than once/],
])("%j is refused before anything is done", (args, words) => {
  const { status, stdout, stderr } = run("deploy.ts", args);
  expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
  expect(stderr).toMatch(words);
  expect(stderr).not.toContain("looked up");
});

test("--help explains every option of ours", () => {
  const { status, stdout } = run("deploy.ts", ["--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /--environment NAME\s+.*test, production[\s\S]*--region[\s\S]*--adopt-data\[=TABLE\] {2}takes the table/,
  );
});

test("without AWS credentials nothing is bundled, and it is told what to type", () => {
  const { status, stdout, stderr } = run("deploy.ts", ["--environment", "test", "--region=eu-central-1"]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(
    /^There are no AWS credentials, so that nothing was deployed[\s\S]*AWS_PROFILE[\s\S]*aws sso login/,
  );
});

test("what cdk deploy takes is what goes to it, but for what says which app and stacks are meant", () => {
  const command = commandEntry("aws-cdk", "cdk");
  const { stdout } = spawnSync(process.execPath, [command, "deploy", "--help"], {
    encoding: "utf8",
    env: baseEnvironment,
  });
  const names = [...stdout.matchAll(/^ {2}--([a-z0-9-]+)(?:, --([a-z0-9-]+))?/gm)].flatMap(([, ...both]) => both);
  const there = new Set(names.filter((name) => name !== undefined));
  for (const name of ["app", "all", "build", "ignore-no-stacks", "help", "version", "region"]) there.delete(name);
  // It cuts longer ones.
  expect(
    Object.keys(passedOn)
      .map((name) => name.slice(0, 38))
      .toSorted(),
  ).toEqual([...there].toSorted());
});

test("after it was deployed it is told loudly that nobody hears the alarms, with the command that mends it", async () => {
  const outputsFile = join(await mkdtemp(join(tmpdir(), "outputs-")), "outputs.json");
  const PageTopicArn = "arn:aws:sns:eu-central-1:111122223333:page";
  await writeFile(outputsFile, JSON.stringify({ "RingCxAutomation-test": { PageTopicArn } }));
  const none =
    "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions/></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>";
  const { stderr } = await deployAgainst("test", { secretsManager: { SecretList: [] }, sns: none }, [
    `--outputs-file=${outputsFile}`,
  ]);
  expect(stderr).toMatch(
    /NOBODY IS TOLD of what cannot wait \(page\).*aws sns subscribe --region eu-central-1 --topic-arn arn:aws:sns:eu-central-1:111122223333:page /,
  );
  await rm(outputsFile);
});

test.each([
  ["--adopt-data", /No table of RingCxAutomation-test has been left behind \(RingCxAutomation-test-AccessTable/],
  ["--adopt-data=mine", /No table of RingCxAutomation-test has been left behind \(mine\)/],
])("with %s and nothing to adopt nothing is deployed", async (option, words) => {
  const aws = createServer((_, response) => void response.writeHead(200).end(JSON.stringify({ TableNames: [] })));
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  try {
    const env = {
      ...baseEnvironment,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
    };
    // Whatever follows the option is no value of it.
    const args = [infra("deploy.ts"), option, "--environment", "test", "--", "--help"];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args, { env }).catch((error) => error);
    expect(stderr).toMatch(words);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  } finally {
    aws.close();
  }
});

test("before anything is deployed it is told which secrets the environment may not use, and that functions would wait", async () => {
  const Tags = [{ Key: "ringcx:connection", Value: "main" }];
  const SecretList = [{ ARN: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm", Name: "crm/oauth", Tags }];
  const lambda = { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } };
  const { stdout, stderr } = await deployAgainst("production", { secretsManager: { SecretList }, lambda });
  expect(stderr).toMatch(/This AWS account runs 10 Lambda functions at once in eu-central-1, and production asks for/);
  expect(stderr).toMatch(/production may not use these credential secrets.*\n {2}crm\/oauth: it has no tag ringcx:env/);
  expect(stdout).toContain("cdk deploy [STACKS..]");
});

/** Deploys, with `-- --help` so that nothing is, against services that answer the same to every question. */
async function deployAgainst(
  environment: string,
  answers: { secretsManager: object; lambda?: object; sns?: string },
  args: readonly string[] = [],
): Promise<{ stdout: string; stderr: string }> {
  const aws = createServer((request, response) => {
    const isLambda = request.url?.startsWith("/2016-08-19/account-settings");
    const json = isLambda ? answers.lambda : request.headers["x-amz-target"] && answers.secretsManager;
    response.writeHead(200, { "content-type": json ? "application/x-amz-json-1.1" : "text/xml" });
    response.end(json ? JSON.stringify(json) : answers.sns);
  });
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  try {
    const env = {
      ...baseEnvironment,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
    };
    const command = [infra("deploy.ts"), "--environment", environment, ...args, "--", "--help"];
    return await promisify(execFile)(process.execPath, command, { env }).catch((error) => error);
  } finally {
    aws.close();
  }
}
