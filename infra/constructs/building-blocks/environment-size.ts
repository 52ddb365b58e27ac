import { Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";

/** Bytes of a function's variables together. Source: AWS Lambda Developer Guide, "Lambda quotas". */
const mostBytes = 4_096;

/** About what a name or ARN is long that only the deployment knows. */
const bytesOfReference = 110;

/** What settings each variable that grows with them is made of, and how that is made shorter, where it is set. */
const settings: Readonly<Record<string, { named: string; shorten?: string; isSet?: RegExp }>> = {
  CONNECTIONS: { named: "connections" },
  PROBE: {
    named: "probe",
    shorten: "shorten probe.allowedHosts (wildcards such as *.example.com)",
    isSet: /"allowedHosts":\["/,
  },
  PROVISIONING: {
    named: "provisioning.senders",
    shorten: "name connections instead of accountIds in provisioning.senders",
  },
  COMMAND_SENDERS: {
    named: "failover.commandSenders, or provisioning.senders in its place",
    shorten:
      "name connections instead of accountIds in failover.commandSenders, or in provisioning.senders in its place",
  },
  ROTATION: {
    named: "rotation",
    shorten: "shorten rotation.issuerFunctionArns",
    isSet: /"issuerFunctionArns":\[[^\]]/,
  },
  FAILOVER: {
    named: "failover",
    shorten: "shorten failover.alarmReadRoleArns",
    isSet: /"alarmReadRoleArns":\{"/,
  },
};

/**
 * Says at synthesis what CloudFormation would only say in the middle of a deployment: that a function's variables
 * are too long, by the settings that they are made of. References count with about the length of an ARN.
 *
 * @returns nothing when they fit
 */
export function environmentSizeProblem(fn: CfnFunction): string[] {
  const { variables = {} } = Stack.of(fn).resolve(fn.environment) as { variables?: Record<string, unknown> };
  const sizes = Object.entries(variables).map(([name, value]) => ({ name, bytes: name.length + lengthOf(value) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return [];
  const largest = sizes
    .flatMap(({ name, bytes }) => {
      const setting = settings[name];
      return setting ? [{ name, bytes, ...setting }] : [];
    })
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  const shown = largest.map(({ named, bytes }) => `${bytes} of them ${named}`).join("; ");
  // Where one of them is the reason, the others need not be touched.
  const reasons = largest.filter(({ bytes }) => bytes > total - mostBytes);
  const advice = (reasons.length > 0 ? reasons : largest).flatMap(({ name, shorten = [], isSet }) => {
    if (name === "CONNECTIONS") return forConnections(variables.CONNECTIONS, total);
    return isSet && !isSet.test(textOf(variables[name])) ? [] : shorten;
  });
  return [
    `Its environment variables have about ${total} bytes, and Lambda takes ${mostBytes} (${shown}). To mend it, ${[...advice, "split the environment in two"].join(", or ")}`,
  ];
}

/** The accounts can be elsewhere: that is said where it is enough. Otherwise it is the connections that are too many. */
function forConnections(value: unknown, total: number): string[] {
  const lists = textOf(value).match(/"accountIds":\[[^\]]*\]/g) ?? [];
  const inLists = lists.reduce((sum, list) => sum + Buffer.byteLength(list) - '"accountIds":[]'.length, 0);
  if (inLists > 0 && total - inLists <= mostBytes) return ['say accountsIn: "parameters"'];
  if (lists.length < 2) return [];
  const each = Math.round((lengthOf(value) - inLists) / lists.length);
  const most = Math.max(1, Math.floor((mostBytes - total + lengthOf(value)) / each));
  return [`leave about ${most} connections here (${lists.length} have ${each} bytes each, without their accounts)`];
}

/** A resolved text, without its references. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const join = (value as { "Fn::Join"?: [string, unknown[]] } | undefined)?.["Fn::Join"];
  return join?.[1].map(textOf).join("") ?? "";
}

/** Length of a resolved value: texts as they are, joins by their parts, references estimated. */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return String(value).length;
  const join = (value as { "Fn::Join"?: [string, unknown[]] })["Fn::Join"];
  if (!join) return bytesOfReference;
  return join[1].reduce<number>((sum, part) => sum + lengthOf(part), 0);
}
