import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { listSecrets } from "../shared/secrets/read-secret.ts";
import { concurrencyProblems } from "./concurrency-limit.ts";
import {
  type EnvironmentSettings,
  environmentLabels,
  environmentNamed,
  environments,
  stackIds,
  stackName,
} from "./environments.ts";
import { lockedOutSecrets } from "./locked-out-secrets.ts";
import { runPackageCommand } from "./package-command.ts";
import { unheardAlarms } from "./unheard-alarms.ts";

const usage = `Usage: npm run deploy -- --environment NAME [--region REGION] [CDK OPTIONS]\n\nEnvironments: ${environmentLabels().join(", ")} (infra/environments.ts)\n`;
/** Nobody waits long for what is only told. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Deploys one environment by name, with what it has in other regions; what else is given goes to `cdk deploy` as it is. */
async function main(): Promise<number> {
  const { values, tokens } = parseArgs({
    options: {
      environment: { type: "string" },
      region: { type: "string" },
      profile: { type: "string" },
      "outputs-file": { type: "string", short: "O" },
    },
    strict: false,
    tokens: true,
  });
  if (typeof values.environment !== "string") {
    say(`--environment is missing.\n\n${usage}`);
    return 2;
  }
  let settings: EnvironmentSettings;
  try {
    const region = typeof values.region === "string" ? values.region : undefined;
    settings = environmentNamed(values.environment, environments, region);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (typeof values.profile === "string") process.env.AWS_PROFILE = values.profile;
  await tellLockedOutSecrets(settings);
  await tellConcurrency(settings);
  const { home, forwarding } = stackIds(settings);
  const rest = process.argv.slice(2);
  for (const token of tokens.toReversed()) {
    if (token.kind !== "option" || !["environment", "region"].includes(token.name)) continue;
    rest.splice(token.index, token.inlineValue ? 1 : 2);
  }
  const context = ["--context", `environment=${settings.name}`, "--context", `region=${settings.region}`];
  const args = ["deploy", home, ...forwarding.map(({ id }) => id), ...context, ...rest];
  const directory = mkdtempSync(join(tmpdir(), "deploy-"));
  try {
    const given = values["outputs-file"];
    const outputsFile = typeof given === "string" ? given : join(directory, "outputs.json");
    if (typeof given !== "string") args.push("--outputs-file", outputsFile);
    const status = runPackageCommand({ packageName: "aws-cdk", command: "cdk" }, args);
    if (status === 0 && existsSync(outputsFile)) await tellUnheardAlarms(settings, outputsFile);
    return status;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Last of all, where it is read. */
async function tellUnheardAlarms(settings: EnvironmentSettings, outputsFile: string): Promise<void> {
  const outputs = (JSON.parse(readFileSync(outputsFile, "utf8")) as Record<string, Record<string, string>>)[
    stackName(settings)
  ];
  const sns = new SNSClient({ region: settings.region, maxAttempts: 2, requestHandler });
  const sentences = await unheardAlarms({ sns, outputs: outputs ?? {}, settings });
  for (const sentence of sentences) say(`\n${sentence}`);
}

/** What the environment will not be able to use is told before, and keeps nothing from being deployed. */
async function tellLockedOutSecrets(settings: EnvironmentSettings): Promise<void> {
  const { name, region, account } = settings;
  try {
    const listed = await listSecrets(new SecretsManagerClient({ region, maxAttempts: 2, requestHandler }), Date.now());
    // Whoever deploys may be of another AWS account than the one that is deployed to.
    const there = listed.filter(({ arn }) => account === undefined || arn.split(":")[4] === account);
    const lockedOut = lockedOutSecrets(
      there,
      settings,
      environments.map((each) => each.name),
    );
    if (lockedOut.length === 0) return;
    say(`${name} may not use these credential secrets, as they are tagged (docs/rotation.md):`);
    for (const sentence of lockedOut) say(`  ${sentence}`);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    say(`Which credential secrets ${name} may not use was not looked up: their list could not be read (${reason}).`);
  }
}

/** So is how many functions the AWS account may run at once. */
async function tellConcurrency(settings: EnvironmentSettings): Promise<void> {
  const { name, region } = settings;
  try {
    const lambda = new LambdaClient({ region, maxAttempts: 2, requestHandler });
    const { AccountLimit = {} } = await lambda.send(new GetAccountSettingsCommand({}));
    for (const sentence of concurrencyProblems(AccountLimit, settings)) say(sentence);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    say(`Whether the AWS account may run as many functions at once as ${name} asks for was not looked up (${reason}).`);
  }
}

process.exitCode = await main();
