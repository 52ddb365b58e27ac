import { AlarmForwardingStack } from "../../alarm-forwarding-stack.ts";
import { checkedEnvironment, type EnvironmentInput, stackIds } from "../../environments.ts";
import { RingCxAutomationStack } from "../../ringcx-automation-stack.ts";
import { type Assembly, synthesize } from "./assembly.ts";
import { synthesizeShared } from "./shared-bundles.ts";

/** The stacks of an environment. */
export interface EnvironmentAssemblies {
  home: Assembly;
  /** Those of other regions, which forward their alarms. */
  forwarding: Assembly[];
}

/**
 * Synthesizes an environment's stacks, as `cdk deploy` would. The AWS account is the local one, whatever it says.
 *
 * @param outdir where to. @default a directory of this process, which goes with it
 * @throws {Error} naming every wrong setting
 */
export async function synthesizeEnvironment(
  environment: EnvironmentInput,
  outdir?: string,
): Promise<EnvironmentAssemblies> {
  const { account: _, ...settings } = checkedEnvironment(environment);
  const { home, forwarding } = stackIds(settings, [environment]);
  return {
    home: await synthesizeShared((app) => new RingCxAutomationStack(app, home, { environment: settings }), outdir),
    forwarding: forwarding.map(({ id, region }) =>
      synthesize(
        (app) => new AlarmForwardingStack(app, id, { environment: settings, region }),
        outdir === undefined ? {} : { outdir },
      ),
    ),
  };
}
