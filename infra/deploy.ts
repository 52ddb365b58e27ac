import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { STSClient } from "@aws-sdk/client-sts";
import { exitCodes } from "../cli/exit-codes.ts";
import { listSecrets } from "../shared/secrets/read-secret.ts";
import { concurrencyProblems } from "./concurrency-limit.ts";
import { type DeployArguments, deployArguments, deployHelp, deployUsage } from "./deployment/deploy-arguments.ts";
import { writeDeployedContract } from "./deployment/deployed-contract.ts";
import { missingCredentials, unusableEndpoint } from "./deployment/missing-credentials.ts";
import { protectTable } from "./deployment/protected-table.ts";
import {
  checkedEnvironments,
  type EnvironmentSettings,
  environmentLabels,
  environmentNamed,
  environments,
  stackIds,
  stackName,
} from "./environments.ts";
import { lockedOutSecrets } from "./locked-out-secrets.ts";
import { runPackageCommand } from "./package-command.ts";
import { accountsOfOthers } from "./shared-accounts.ts";
import { unheardAlarms } from "./unheard-alarms.ts";
import { unknownRegions } from "./unknown-regions.ts";

/** Nobody waits long for what is only told. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Reads what is asked for. What is wrong with it, or with the settings, ends it before anything else is done. */
async function main(): Promise<number> {
  const asked = deployArguments(process.argv.slice(2));
  if (asked.kind === "help") {
    process.stdout.write(deployHelp(environmentLabels()));
    return 0;
  }
  if (asked.kind === "wrong") {
    say(`${asked.problems.join("\n")}\n\nUsage: ${deployUsage}\nEnvironments: ${environmentLabels().join(", ")}`);
    return exitCodes.usage;
  }
  let settings: EnvironmentSettings;
  try {
    settings = environmentNamed(asked.environment, environments, asked.region);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return exitCodes.usage;
  }
  return await deploy(settings, asked);
}

/** Deploys one environment, with what it has in other regions. */
async function deploy(
  settings: EnvironmentSettings,
  { adoptData, profile, outputsFile: given, hasPlugins, cdk }: Extract<DeployArguments, { kind: "deploy" }>,
): Promise<number> {
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  for (const sentence of [...unknownRegions(settings), ...accountsOfOthers(settings, checkedEnvironments())]) {
    say(`${sentence}.`);
  }
  const sts = new STSClient({ region: settings.region, maxAttempts: 2, requestHandler });
  const endpoint = process.env.AWS_ENDPOINT_URL_STS ?? process.env.AWS_ENDPOINT_URL;
  const missing =
    unusableEndpoint(process.env) ??
    (hasPlugins ? undefined : await missingCredentials(sts, process.env.AWS_PROFILE, endpoint));
  if (missing !== undefined) {
    say(missing);
    return 1;
  }
  await tellLockedOutSecrets(settings);
  await tellConcurrency(settings);
  const { home, forwarding } = stackIds(settings);
  const context = ["--context", `environment=${settings.name}`, "--context", `region=${settings.region}`];
  if (adoptData !== undefined) {
    const status = await adopt(settings, { stack: home, context, tableName: adoptData.tableName });
    if (status !== 0) return status;
  }
  const args = ["deploy", home, ...forwarding.map(({ id }) => id), ...context, ...cdk];
  const directory = mkdtempSync(join(tmpdir(), "deploy-"));
  try {
    const outputsFile = given ?? join(directory, "outputs.json");
    if (given === undefined) args.push("--outputs-file", outputsFile);
    const status = runPackageCommand({ packageName: "aws-cdk", command: "cdk" }, args);
    if (status === 0 && existsSync(outputsFile)) {
      const outputs = outputsOf(outputsFile, stackName(settings));
      for (const sentence of writeDeployedContract(settings, outputs)) say(`\n${sentence}`);
      await tellUnprotectedTable(settings, outputs.TableName);
      await tellUnheardAlarms(settings, outputs);
    }
    return status;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Takes what a removed stack has left behind into a new one, before that is deployed whole. */
async function adopt(
  settings: EnvironmentSettings,
  { stack, context, tableName }: { stack: string; context: readonly string[]; tableName: string | undefined },
): Promise<number> {
  try {
    // CDK is loaded for this only.
    const { dataToAdopt } = await import("./deployment/adopt-data.ts");
    const mapping = await dataToAdopt(settings, { stack, tableName });
    say(`Taken into ${stack}: ${Object.values(mapping).flatMap(Object.values).join(", ")}`);
    const args = ["import", stack, ...context, "--resource-mapping-inline", JSON.stringify(mapping)];
    const status = runPackageCommand({ packageName: "aws-cdk", command: "cdk" }, args);
    if (status === 0) say("The data is in the stack. If what follows fails, deploy again without --adopt-data.");
    return status;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return exitCodes.usage;
  }
}

async function tellUnprotectedTable({ region }: EnvironmentSettings, tableName: string | undefined): Promise<void> {
  if (tableName === undefined) return;
  const dynamoDb = new DynamoDBClient({ region, maxAttempts: 2, requestHandler });
  for (const sentence of await protectTable(dynamoDb, { tableName, region })) say(`\n${sentence}`);
}

function outputsOf(outputsFile: string, stack: string): Readonly<Record<string, string>> {
  const stacks = JSON.parse(readFileSync(outputsFile, "utf8")) as Record<string, Record<string, string>>;
  return stacks[stack] ?? {};
}

/** Last of all, where it is read. */
async function tellUnheardAlarms(
  settings: EnvironmentSettings,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const sns = new SNSClient({ region: settings.region, maxAttempts: 2, requestHandler });
  const sentences = await unheardAlarms({ sns, outputs, settings });
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
