import { CfnOutput, type CfnOutputProps, Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { outputPrefix } from "../../../shared/primitives/output-prefix.ts";

/** Constructs that are a whole automation: a stack may hold several. */
const automations = new WeakSet<IConstruct>();

/** Has the outputs of what is made within the construct carry its id before their name. */
export function ownOutputs(automation: IConstruct): void {
  automations.add(automation);
}

/**
 * Outputs a value of the automation: under the name alone where the automation is all that its stack is for (its id is
 * `Default`), otherwise with its id before it, `RingCxTableName`. Without a hash: people and the command line read them.
 */
export function output(scope: IConstruct, name: string, props: CfnOutputProps): void {
  const automation = scope.node.scopes.findLast((each) => automations.has(each));
  const made = new CfnOutput(automation ?? Stack.of(scope), name, props);
  const ids = automation?.node.path.slice(Stack.of(scope).node.path.length).split("/") ?? [];
  const before = outputPrefix(ids);
  if (before !== "") made.overrideLogicalId(`${before}${name}`);
}
