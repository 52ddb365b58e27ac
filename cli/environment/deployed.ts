import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { environments } from "../../infra/environments.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import { connectionsSchema } from "../../shared/ringcx/session/connection.ts";
import { UnreachableError, UsageError } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";
import { type ClientConfig, type FoundEnvironment, stackOutputsSchema } from "./environment.ts";
import { explainAwsError } from "./explain-aws-error.ts";
import { readStackOutputs } from "./stack-outputs.ts";

const probeSchema = z.object({ allowedHosts: z.array(z.string()) });

/** The stack of an environment. */
export function stackNameOf(environment: string): string {
  return `RingCxAutomation-${environment}`;
}

/**
 * A deployed environment, by what its stack says: queues and table are its outputs, accounts and connections are
 * settings of a function of it.
 *
 * @param region where it is not as `infra/environments.ts` says
 * @throws {UsageError} for a name that neither the file nor a region makes known
 * @throws {UnreachableError} in one sentence
 */
export async function findDeployed(name: string, region: string | undefined): Promise<FoundEnvironment> {
  const inRegion = region ?? regionOf(name);
  const clientConfig: ClientConfig = { region: inRegion };
  const stack = stackNameOf(name);
  const client = new SQSClient(clientConfig);
  const lambda = new LambdaClient(clientConfig);
  try {
    const outputs = stackOutputsSchema.safeParse(await readStackOutputs(client, stack));
    if (!outputs.success) {
      const missing = outputs.error.issues.map(({ path }) => path.join(".")).join(", ");
      throw new UnreachableError(
        `The stack ${stack} in ${inRegion} lacks the outputs ${missing}: it is of another version, or is being deployed. Deploy it: npm run deploy -- --environment ${name}`,
      );
    }
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: outputs.data.ProvisionServicesFunctionName }),
    );
    const connections = connectionsSchema.safeParse(parseJson(Environment?.Variables?.CONNECTIONS ?? "")?.value);
    if (!connections.success) {
      throw new UnreachableError(
        `The settings of ${stack} cannot be read by this version. Check out the version that is deployed.`,
      );
    }
    return {
      name,
      isLocal: false,
      clientConfig,
      outputs: outputs.data,
      connections: connections.data,
      variables: {},
      allowedHosts:
        probeSchema.safeParse(parseJson(Environment?.Variables?.PROBE ?? "")?.value).data?.allowedHosts ?? [],
    };
  } catch (error) {
    throw explainAwsError(error, { region: inRegion, stack });
  } finally {
    client.destroy();
    lambda.destroy();
  }
}

/** @throws {UsageError} */
function regionOf(name: string): string {
  const known = environments.find((environment) => environment.name === name);
  if (known) return known.region;
  const names = environments.map((environment) => environment.name);
  throw new UsageError(
    `There is no environment "${name}" in infra/environments.ts.${nearest(name, names)} With --region REGION it is looked for all the same.`,
  );
}
