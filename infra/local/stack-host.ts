import type { App, Stack } from "aws-cdk-lib";
import { startAssembly } from "./assembly-host.ts";
import type { HostOptions, LocalHost } from "./local-host.ts";
import { synthesize } from "./template/assembly.ts";

/**
 * Synthesizes a stack and runs its template: queues, table, secrets, functions as they would be bundled,
 * schedules, event rules. All state is in memory, everything listens on loopback.
 *
 * @param build adds the stack to the app that it is given
 * @throws {UnsupportedTemplateError} naming what in the template is not known here
 */
export async function startStackHost(build: (app: App) => Stack, options: HostOptions = {}): Promise<LocalHost> {
  return startAssembly(synthesize(build), options);
}
