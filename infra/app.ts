import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { type EnvironmentSettings, environmentNamed, environments } from "./environments.ts";
import { RingCxAutomationStack } from "./ringcx-automation-stack.ts";

const app = new App();
// One environment when it is named (`--context environment=NAME`), otherwise all of them.
const named: unknown = app.node.tryGetContext("environment");
const names = named === undefined ? environments.map(({ name }) => name) : [String(named)];
for (const environment of names.map(settingsOf)) {
  new RingCxAutomationStack(app, `RingCxAutomation-${environment.name}`, { environment });
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));

/** Ends with what is wrong in the settings, and without a stack trace through CDK that hides it. */
function settingsOf(name: string): EnvironmentSettings {
  try {
    return environmentNamed(name);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
