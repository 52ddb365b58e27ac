import type { App } from "aws-cdk-lib";
import { AlarmForwardingStack } from "./alarm-forwarding-stack.ts";
import { type EnvironmentInput, type EnvironmentSettings, environments, stackIds } from "./environments.ts";
import { RingCxAutomationStack } from "./ringcx-automation-stack.ts";

/** Adds all stacks of an environment to the app: its own, and one in each other region in which its alarms live. */
export function addEnvironmentStacks(
  app: App,
  environment: EnvironmentSettings,
  known: readonly EnvironmentInput[] = environments,
): { home: RingCxAutomationStack; forwarding: readonly AlarmForwardingStack[] } {
  const { home: homeId, forwarding } = stackIds(environment, known);
  const home = new RingCxAutomationStack(app, homeId, { environment });
  const others = forwarding.map(({ id, region }) => {
    const stack = new AlarmForwardingStack(app, id, { environment, region });
    // The bus that it sends to.
    stack.addStackDependency(home);
    return stack;
  });
  return { home, forwarding: others };
}
