import { App } from "aws-cdk-lib";
import { CfnCompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { type EnvironmentInput, environmentNamed } from "../../infra/environments.ts";

// The stacks as they are, with the settings of one run: where the simulator is, and what an update changes.
const { name, known } = JSON.parse(process.env.DEPLOY_TEST_ENVIRONMENT ?? "") as {
  name: string;
  known: readonly EnvironmentInput[];
};
const { home } = addEnvironmentStacks(new App(), environmentNamed(name, known), known);

// The emulator refuses a template with a resource of a type that it does not know. This is the only one.
for (const construct of home.node.findAll()) {
  if (construct instanceof CfnCompositeAlarm) construct.node.scope?.node.tryRemoveChild(construct.node.id);
}
