import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { environmentNamed, environments } from "./environments.ts";
import { RingCxAutomationStack } from "./ringcx-automation-stack.ts";

const app = new App();
// One environment when it is named (`--context environment=NAME`), otherwise all of them.
const named: unknown = app.node.tryGetContext("environment");
const names = named === undefined ? environments.map(({ name }) => name) : [String(named)];
for (const name of names) {
  new RingCxAutomationStack(app, `RingCxAutomation-${name}`, { environment: environmentNamed(name) });
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
