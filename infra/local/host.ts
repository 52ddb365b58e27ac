import { checkedEnvironment, type EnvironmentInput } from "../environments.ts";
import { RingCxAutomationStack } from "../ringcx-automation-stack.ts";
import type { HostOptions, LocalHost } from "./local-host.ts";
import { startStackHost } from "./stack-host.ts";

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
  const id = `RingCxAutomation-${settings.name}`;
  return startStackHost((app) => new RingCxAutomationStack(app, id, { environment: settings }), options);
}
