import { readFileSync } from "node:fs";

// Apps of the upgrade test, as text: they are run in a folder that has nothing of this repository.

/** What the last release deployed that holds something; see `test/infra/release-template.ts`. */
export const released = readFileSync(new URL("../infra/released-template.json", import.meta.url), "utf8");

/** Everything that holds something, in an order of their own. */
export const kept: readonly string[] = Object.keys(JSON.parse(released).Resources).sort();

/** Tells, as outputs, which queue, table or secret stands behind each logical id. */
const outputs = (stack: string) => `
for (const id of ${JSON.stringify(kept)}) new CfnOutput(${stack}, "Kept" + id, { value: Fn.ref(id) });
`;

/** The stack as the last release left it, with what may hold something: queues, topics, table, secrets, key. */
export const previousApp = (region: string) => `
import { App, CfnOutput, Fn, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
const stack = new Stack(new App(), "Upgraded", { env: { region: ${JSON.stringify(region)} } });
new CfnInclude(stack, "Released", { templateFile: "released.json" });
${outputs("stack")}`;

/** The starter, and beside it that stack as this version of the package has it. @param app the starter's text */
export const presentApp = (app: string, region: string) => `
import { CfnOutput, Fn } from "aws-cdk-lib";
${app.replace("eu-central-1", region)}
const upgraded = new Stack(app, "Upgraded", { env: { region: ${JSON.stringify(region)} } });
// Its connection keeps its name, and with it its secret: the two share one place.
const connections = settings.connections.map((each) => ({ ...each, requireEnvironmentTag: true }));
new RingCxAutomation(upgraded, "Default", { ...settings, name: "upgraded", connections });
${outputs("upgraded")}
// The emulator knows no composite alarm; see app.ts.
for (const construct of app.node.findAll()) {
  if (construct.node.id === "ActionRequired") construct.node.scope.node.tryRemoveChild(construct.node.id);
}
`;
