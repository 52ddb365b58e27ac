import { checkedEnvironment, type EnvironmentInput } from "../environments.ts";
import { startAssembly } from "./assembly-host.ts";
import { startDynamoDb, tableFolder } from "./gateway/dynamodb.ts";
import type { HostOptions, LocalHost } from "./local-host.ts";
import { synthesizeApart } from "./template/synthesize-apart.ts";

export type { LocalHost } from "./local-host.ts";

export interface LocalHostOptions extends HostOptions {
  /** As in infra/environments.ts. The AWS account is the local one, whatever it says. */
  environment: EnvironmentInput;
  /** Whether another process synthesizes: this one can be ended meanwhile. @default false */
  synthesizesApart?: boolean;
  /** Called when the stacks are synthesized, and nothing of them runs yet. */
  onSynthesized?(): void;
}

/**
 * Runs the stack of an environment on this machine: the template that `cdk deploy` would send, the bundles that
 * Lambda would run, the roles that IAM would evaluate.
 *
 * @throws {Error} naming every wrong setting
 * @throws {AutomationError} `FOLDER_UNAVAILABLE`, before anything is bundled
 * @throws {UnsupportedTemplateError} naming what in the template is not known here
 */
export async function startLocalHost({
  environment,
  synthesizesApart = false,
  onSynthesized,
  ...options
}: LocalHostOptions): Promise<LocalHost> {
  checkedEnvironment(environment);
  const { dataFolder } = options;
  // From here on it is this process's: of two that are started at once, one would hear only when all is bundled that the other has the folder.
  const table = await startDynamoDb(environment.region, dataFolder && tableFolder(dataFolder));
  try {
    const { home, forwarding } = synthesizesApart
      ? await synthesizeApart(environment)
      : await synthesizeHere(environment);
    onSynthesized?.();
    return await startAssembly(home, options, forwarding, table);
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** The CDK takes seconds to load, which whoever has another process synthesize need not wait for. */
async function synthesizeHere(environment: EnvironmentInput) {
  const { synthesizeEnvironment } = await import("./template/environment-assemblies.ts");
  return synthesizeEnvironment(environment);
}
