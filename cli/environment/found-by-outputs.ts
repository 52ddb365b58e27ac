import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { systemClock } from "../../shared/primitives/clock.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import { connectionsSchema } from "../../shared/ringcx/session/connection.ts";
import { readConnections } from "../../shared/runtime/account-parameters.ts";
import { UnreachableError } from "../exit-codes.ts";
import { type ClientConfig, type FoundEnvironment, failoverModeSchema, stackOutputsSchema } from "./environment.ts";

const probeSchema = z.object({ allowedHosts: z.array(z.string()) });
const failoverSchema = z.object({ mode: failoverModeSchema });

/** A stack that was read. */
export interface ReadStack {
  stack: string;
  region: string;
  outputs: Readonly<Record<string, string>>;
  /** What the outputs of the automation begin with: nothing in a stack that is for it alone. */
  prefix: string;
  /** What to do where outputs are missing. */
  mend: string;
}

/**
 * A deployed environment, by what its stack says: queues and table are its outputs; its name, accounts and connections
 * are settings of a function of it, or parameters that these name.
 *
 * @throws {UnreachableError} where the stack, or the function's settings, are of another version
 */
export async function foundByOutputs({ stack, region, outputs, prefix, mend }: ReadStack): Promise<FoundEnvironment> {
  const named = Object.keys(stackOutputsSchema.shape).map((name) => [name, outputs[`${prefix}${name}`]]);
  const own = stackOutputsSchema.safeParse(Object.fromEntries(named));
  if (!own.success) {
    const missing = own.error.issues.map(({ path }) => `${prefix}${path.join(".")}`).join(", ");
    throw new UnreachableError(
      `The stack ${stack} in ${region} lacks the outputs ${missing}: it is of another version, or is being deployed. ${mend}`,
    );
  }
  const clientConfig: ClientConfig = { region };
  const lambda = new LambdaClient(clientConfig);
  try {
    const variablesOf = async (FunctionName: string) =>
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).Environment?.Variables ?? {};
    const { FailOverServicesFunctionName: failOver } = own.data;
    // Whoever may read the one function alone is told all but this.
    const nothing: Record<string, string> = {};
    const ofFailover = failOver === undefined ? nothing : variablesOf(failOver).catch(() => nothing);
    const { PROBE = "", ENVIRONMENT, ...variables } = await variablesOf(own.data.ProvisionServicesFunctionName);
    const { FAILOVER = "" } = await ofFailover;
    const connections = connectionsSchema.safeParse(
      parseJson(await readConnections(variables, () => lambda, { clock: systemClock, random: Math.random }))?.value,
    );
    if (!connections.success) {
      throw new UnreachableError(
        `The settings of ${stack} cannot be read by this version. Use the version that is deployed.`,
      );
    }
    return {
      // As its own functions call it: secrets carry this name as their tag.
      name: ENVIRONMENT ?? stack,
      isLocal: false,
      clientConfig,
      outputs: own.data,
      connections: connections.data,
      variables: {},
      allowedHosts: probeSchema.safeParse(parseJson(PROBE)?.value).data?.allowedHosts ?? [],
      failoverMode: failoverSchema.safeParse(parseJson(FAILOVER)?.value).data?.mode,
    };
  } finally {
    lambda.destroy();
  }
}
