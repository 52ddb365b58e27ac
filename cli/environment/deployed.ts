import { SQSClient } from "@aws-sdk/client-sqs";
import { edition, isInstalled } from "../../infra/edition.ts";
import { environments } from "../../infra/environments.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { UsageError } from "../exit-codes.ts";
import type { FoundEnvironment } from "./environment.ts";
import { explainAwsError } from "./explain-aws-error.ts";
import { foundByOutputs } from "./found-by-outputs.ts";
import { readStackOutputs } from "./stack-outputs.ts";

/** The stack of an environment. */
export function stackNameOf(environment: string): string {
  return `RingCxAutomation-${environment}`;
}

/**
 * A deployed environment of `infra/environments.ts`, by its stack.
 *
 * @param region where it is not as `infra/environments.ts` says
 * @throws {UsageError} for a name that neither the file nor a region makes known
 * @throws {UnreachableError} in one sentence
 */
export async function findDeployed(name: string, region: string | undefined): Promise<FoundEnvironment> {
  const inRegion = region ?? regionOf(name);
  const place = { region: inRegion, stack: stackNameOf(name) };
  const client = new SQSClient({ region: inRegion });
  try {
    const outputs = await readStackOutputs(client, place.stack);
    const mend = `Deploy it: ${edition.deploy(name)}`;
    return { ...(await foundByOutputs({ ...place, outputs, prefix: "", mend })), name };
  } catch (error) {
    throw explainAwsError(error, place);
  } finally {
    client.destroy();
  }
}

/** @throws {UsageError} */
function regionOf(name: string): string {
  // What stands in the file that was compiled is an example of ours, and no environment of anybody.
  if (isInstalled) throw new UsageError(`--environment is for a checkout. ${edition.whichEnvironment}`);
  const known = environments.find((environment) => environment.name === name);
  if (known) return known.region;
  const names = environments.map((environment) => environment.name);
  throw new UsageError(
    `There is no environment "${name}" in ${edition.regionOf}.${nearest(name, names)} With --region REGION it is looked for all the same; a stack of your own app by --stack NAME.`,
  );
}
