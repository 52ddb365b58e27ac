import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { listSecrets } from "../shared/secrets/read-secret.ts";
import { writeDeployedContract } from "./deployed-contract.ts";
import { type EnvironmentSettings, environmentNamed, environments } from "./environments.ts";
import { lockedOutSecrets } from "./locked-out-secrets.ts";
import { runPackageCommand } from "./package-command.ts";
import { unheardAlarms } from "./unheard-alarms.ts";

const names = environments.map(({ name }) => name);
const usage = `Usage: npm run deploy -- --environment NAME [CDK OPTIONS]\n\nEnvironments: ${names.join(", ")} (infra/environments.ts)\n`;
/** Nobody waits long for what is only told. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Deploys one environment by name; what else is given goes to `cdk deploy` as it is. */
async function main(): Promise<number> {
  const { values, tokens } = parseArgs({
    options: {
      environment: { type: "string" },
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
    settings = environmentNamed(values.environment);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (typeof values.profile === "string") process.env.AWS_PROFILE = values.profile;
  await tellLockedOutSecrets(settings);
  const own = tokens.find((token) => token.kind === "option" && token.name === "environment");
  const ownLength = own?.kind === "option" && own.inlineValue ? 1 : 2;
  const rest = process.argv.slice(2);
  rest.splice(own?.index ?? 0, ownLength);
  const stack = `RingCxAutomation-${values.environment}`;
  const context = `environment=${values.environment}`;
  const args = ["deploy", stack, "--context", context, ...rest];
  const directory = mkdtempSync(join(tmpdir(), "deploy-"));
  try {
    const given = values["outputs-file"];
    const outputsFile = typeof given === "string" ? given : join(directory, "outputs.json");
    if (typeof given !== "string") args.push("--outputs-file", outputsFile);
    const status = runPackageCommand({ packageName: "aws-cdk", command: "cdk" }, args);
    if (status === 0 && existsSync(outputsFile)) {
      for (const sentence of writeDeployedContract(settings, outputsOf(outputsFile, stack))) say(`\n${sentence}`);
      await tellUnheardAlarms(settings, outputsFile, stack);
    }
    return status;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function outputsOf(outputsFile: string, stack: string): Readonly<Record<string, string>> {
  const stacks = JSON.parse(readFileSync(outputsFile, "utf8")) as Record<string, Record<string, string>>;
  return stacks[stack] ?? {};
}

/** Last of all, where it is read. */
async function tellUnheardAlarms(settings: EnvironmentSettings, outputsFile: string, stack: string): Promise<void> {
  const outputs = outputsOf(outputsFile, stack);
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
    const lockedOut = lockedOutSecrets(there, settings, names);
    if (lockedOut.length === 0) return;
    say(`${name} may not use these credential secrets, as they are tagged (docs/rotation.md):`);
    for (const sentence of lockedOut) say(`  ${sentence}`);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    say(`Which credential secrets ${name} may not use was not looked up: their list could not be read (${reason}).`);
  }
}

process.exitCode = await main();
