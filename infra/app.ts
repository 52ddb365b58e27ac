import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { addEnvironmentStacks } from "./environment-stacks.ts";
import { checkedEnvironments, type EnvironmentSettings, environmentNamed, environments } from "./environments.ts";

// One of cdk-nag's rules reads a property that is deprecated, which nobody who deploys can mend. Ours are held by a test.
process.env.JSII_DEPRECATED ??= "quiet";

const app = new App();
// Those that are named (`--context environment=NAME`, and `--context region=REGION`), otherwise all of them.
const [name, region] = ["environment", "region"].map((key): unknown => app.node.tryGetContext(key));
const chosen = orEnd(() => checkedEnvironments()).filter(
  (environment) =>
    (name ?? environment.name) === environment.name && (region ?? environment.region) === environment.region,
);
const asked = { name: String(name ?? ""), region: region === undefined ? undefined : String(region) };
for (const environment of chosen.length > 0 ? chosen : [asked]) {
  addEnvironmentStacks(app, settingsOf(environment.name, environment.region));
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
// What only the stacks show of the settings (the size of a function's variables) is told as what they show by themselves.
orEnd(() => app.synth());

function settingsOf(name: string, region: string | undefined): EnvironmentSettings {
  return orEnd(() => environmentNamed(name, environments, region));
}

/** Ends with what is wrong in the settings, and without a stack trace through CDK that hides it. */
function orEnd<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
