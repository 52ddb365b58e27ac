import { Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import { mostBytesOfVariables as mostBytes } from "../../size-checks.ts";

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

/** How much longer than Lambda takes a function's variables are, and what would help. */
interface TooLong {
  /** In the construct that was looked through. */
  where: string;
  total: number;
  /** The settings that take most of it, in words. */
  shown: string;
  /** How many connections have room, if they are what is to be fewer. */
  connections?: { most: number; words: string };
  advice: readonly string[];
}

/**
 * Says at synthesis what CloudFormation would only say in the middle of a deployment: that functions' variables are too
 * long, by the settings that they are made of: once for all functions, with what makes room in each. References count with about
 * the length of an ARN.
 *
 * @param within what is looked through
 * @returns nothing when they fit, otherwise one line
 */
export function environmentSizeProblems(within: IConstruct): string[] {
  const functions = within.node.findAll().filter((each) => each instanceof CfnFunction);
  const tooLong = functions.flatMap((fn) => tooLongOf(fn, within)).sort((a, b) => b.total - a.total);
  const [worst, ...others] = tooLong;
  if (!worst) return [];
  const [connections] = tooLong.flatMap((each) => each.connections ?? []).sort((a, b) => a.most - b.most);
  const advice = [...(connections ? [connections.words] : []), ...new Set(tooLong.flatMap((each) => each.advice))];
  const also =
    others.length > 0 ? `; those of ${others.map(({ where }) => where).join(", ")} are too long as well` : "";
  return [
    `The environment variables of ${worst.where} have about ${worst.total} bytes, and Lambda takes ${mostBytes} (${worst.shown})${also}. To mend it, ${[...advice, "split the environment in two"].join(", or ")}`,
  ];
}

function tooLongOf(fn: CfnFunction, within: IConstruct): TooLong[] {
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
  // Where one of them is the reason, the others need not be touched.
  const reasons = largest.filter(({ bytes }) => bytes > total - mostBytes);
  const toMend = reasons.length > 0 ? reasons : largest;
  const advice = toMend.flatMap(({ name, shorten = [], isSet }) =>
    isSet && !isSet.test(textOf(variables[name])) ? [] : shorten,
  );
  const byConnections = toMend.some(({ name }) => name === "CONNECTIONS")
    ? forConnections(variables.CONNECTIONS, total)
    : undefined;
  return [
    {
      where: fn.node.path.slice(within.node.path.length + 1).replace(/\/Resource$/, ""),
      total,
      shown: largest.map(({ named, bytes }) => `${bytes} of them ${named}`).join("; "),
      advice,
      ...(byConnections && { connections: byConnections }),
    },
  ];
}

/** The accounts can be elsewhere: that is said where it is enough. Otherwise it is the connections that are too many. */
function forConnections(value: unknown, total: number): TooLong["connections"] {
  const lists = textOf(value).match(/"accountIds":\[[^\]]*\]/g) ?? [];
  const inLists = lists.reduce((sum, list) => sum + Buffer.byteLength(list) - '"accountIds":[]'.length, 0);
  if (inLists > 0 && total - inLists <= mostBytes) {
    return { most: Number.POSITIVE_INFINITY, words: 'say accountsIn: "parameters"' };
  }
  if (lists.length < 2) return undefined;
  const each = Math.round((lengthOf(value) - inLists) / lists.length);
  const most = Math.max(1, Math.floor((mostBytes - total + lengthOf(value)) / each));
  return {
    most,
    words: `leave about ${most} connections here (${lists.length} have ${each} bytes each, without their accounts)`,
  };
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
