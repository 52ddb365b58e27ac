import { AlarmForwardingStack } from "../alarm-forwarding-stack.ts";
import { checkedEnvironment, type EnvironmentInput, stackIds } from "../environments.ts";
import { RingCxAutomationStack } from "../ringcx-automation-stack.ts";
import type { HostOptions, LocalHost } from "./local-host.ts";
import { startAssembly } from "./stack-host.ts";
import { synthesizeShared } from "./template/shared-bundles.ts";

export type { LocalHost } from "./local-host.ts";

export interface LocalHostOptions extends HostOptions {
  /** As in infra/environments.ts. The AWS account is the local one, whatever it says. */
  environment: EnvironmentInput;
}

/**
 * Runs the stack of an environment on this machine: the template that `cdk deploy` would send, the bundles that
 * Lambda would run, the roles that IAM would evaluate.
 *
 * @throws {Error} naming every wrong setting
 * @throws {UnsupportedTemplateError} naming what in the template is not known here
 */
export async function startLocalHost({ environment, ...options }: LocalHostOptions): Promise<LocalHost> {
  const { account: _, ...settings } = checkedEnvironment(environment);
  const { home, forwarding } = stackIds(settings, [environment]);
  const assembly = await synthesizeShared((app) => new RingCxAutomationStack(app, home, { environment: settings }));
  const host = await startAssembly(assembly, options);
  try {
    for (const { id, region } of forwarding) {
      await host.addStack((app) => new AlarmForwardingStack(app, id, { environment: settings, region }));
    }
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}
