import { SQSClient } from "@aws-sdk/client-sqs";
import { nearest } from "../../shared/primitives/nearest.ts";
import { outputPrefix } from "../../shared/primitives/output-prefix.ts";
import { UnreachableError, UsageError } from "../exit-codes.ts";
import type { FoundEnvironment } from "./environment.ts";
import { explainAwsError } from "./explain-aws-error.ts";
import { foundByOutputs } from "./found-by-outputs.ts";
import { CloudFormationError, readStackNames, readStackOutputs } from "./stack-outputs.ts";

/** How somebody names the stack of his own app. */
export interface StackFlags {
  stack: string;
  /** Id or path of the automation's construct, where the stack holds several. */
  instance?: string | undefined;
  /** @default the one that AWS's own tools take: AWS_REGION, the profile's */
  region?: string | undefined;
}

/** Every automation has this output, and nothing else is likely to. */
const tellingOutput = "ProvisionServicesFunctionName";

/**
 * A deployed environment in the stack of somebody's own app, by the outputs of the construct `RingCxAutomation`: they
 * carry its id before their name.
 *
 * @throws {UsageError} where no region is named, the stack holds no automation, several, or none of that name
 * @throws {UnreachableError} in one sentence
 */
export async function findStack({ stack, instance, region }: StackFlags): Promise<FoundEnvironment> {
  const client = new SQSClient(region === undefined ? {} : { region });
  try {
    const inRegion = await client.config.region().catch(() => {
      throw new UsageError(`Which region is the stack ${stack} in? Give --region REGION, or set AWS_REGION.`);
    });
    const place = { region: inRegion, stack };
    try {
      const outputs = await readStackOutputs(client, stack);
      const prefix = chosenPrefix(prefixesOf(outputs), instance, place);
      return await foundByOutputs({
        ...place,
        outputs,
        prefix,
        mend: "Deploy your app with this version of the package.",
      });
    } catch (error) {
      if (!isNoStack(error)) throw explainAwsError(error, place);
      const names = await readStackNames(client).catch(() => []);
      throw new UnreachableError(
        `There is no stack ${stack} in ${inRegion} in this AWS account: look at --stack, --region and AWS_PROFILE.${nearest(stack, names)}`,
        error,
      );
    }
  } finally {
    client.destroy();
  }
}

function isNoStack(error: unknown): boolean {
  // Also of a name that no stack can have.
  return error instanceof CloudFormationError && error.name === "ValidationError";
}

/** What the outputs of each automation in a stack begin with. */
function prefixesOf(outputs: Readonly<Record<string, string>>): string[] {
  const telling = Object.keys(outputs).filter((key) => key.endsWith(tellingOutput));
  return telling.map((key) => key.slice(0, -tellingOutput.length)).sort();
}

/** @throws {UsageError} */
function chosenPrefix(
  prefixes: readonly string[],
  instance: string | undefined,
  { region, stack }: { region: string; stack: string },
): string {
  const ids = prefixes.map((prefix) => prefix || "Default");
  const [only] = prefixes;
  if (only === undefined) {
    throw new UsageError(
      `The stack ${stack} in ${region} holds no RingCxAutomation: name the stack that the construct is in. If it is in a nested stack, that one's own name.`,
    );
  }
  if (instance === undefined) {
    if (prefixes.length === 1) return only;
    throw new UsageError(
      `The stack ${stack} holds ${prefixes.length} automations: say which by --instance, ${ids.map((id) => JSON.stringify(id)).join(", ")}.`,
    );
  }
  // A construct's path begins with what its stack is in, which the outputs do not carry.
  const path = instance.split("/").filter((id) => id !== "");
  const meant = path.map((_, from) => outputPrefix(path.slice(from))).find((prefix) => prefixes.includes(prefix));
  if (meant !== undefined) return meant;
  throw new UsageError(`The stack ${stack} has no automation "${instance}".${nearest(instance, ids)}`);
}
