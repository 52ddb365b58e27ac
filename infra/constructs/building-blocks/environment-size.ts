import { Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";

/** Bytes of a function's variables together. Source: AWS Lambda Developer Guide, "Lambda quotas". */
const mostBytes = 4_096;

/** About what a name or ARN is long that only the deployment knows. */
const bytesOfReference = 110;

/**
 * Says at synthesis what CloudFormation would only say in the middle of a deployment: that a function's variables
 * are too long. References count with about the length of an ARN.
 *
 * @returns nothing when they fit
 */
export function environmentSizeProblem(fn: CfnFunction): string[] {
  const { variables = {} } = Stack.of(fn).resolve(fn.environment) as { variables?: Record<string, unknown> };
  const sizes = Object.entries(variables).map(([name, value]) => ({ name, bytes: name.length + lengthOf(value) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return [];
  const largest = sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, 3);
  const shown = largest.map(({ name, bytes }) => `${name} ${bytes}`).join(", ");
  const parameters = variables.ACCOUNTS_PATH === undefined ? ['say accountsIn: "parameters"'] : [];
  const advice = largest
    .flatMap(({ name }) => [...(name === "CONNECTIONS" ? parameters : []), shorter[name] ?? []].flat())
    .slice(0, 3);
  return [
    `Its environment variables have about ${total} bytes, and Lambda takes ${mostBytes} (${shown}). To mend it, ${[...advice, "split the environment in two"].join(", or ")}`,
  ];
}

/** How to shorten each variable that grows with the settings. */
const shorter: Readonly<Record<string, string>> = {
  CONNECTIONS: "shorten connections",
  PROBE: "shorten probe.allowedHosts (wildcards such as *.example.com)",
  PROVISIONING: "name connections instead of accountIds in provisioning.senders",
  COMMAND_SENDERS:
    "name connections instead of accountIds in failover.commandSenders (or provisioning.senders, which it is otherwise)",
  ROTATION: "shorten rotation.issuerFunctionArns",
  FAILOVER: "shorten failover.alarmReadRoleArns",
};

/** Length of a resolved value: texts as they are, joins by their parts, references estimated. */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return String(value).length;
  const join = (value as { "Fn::Join"?: [string, unknown[]] })["Fn::Join"];
  if (!join) return bytesOfReference;
  return join[1].reduce<number>((sum, part) => sum + lengthOf(part), 0);
}
