import * as z from "zod";
import { checkedInput, type Violation } from "./checked-input.ts";
import { togetherProblems } from "./environment-checks.ts";
import { type EnvironmentInput, type EnvironmentSettings, environmentSchema } from "./environment-schema.ts";
import { placed, recordOf, type Told, type Written } from "./written-settings.ts";

export type { EnvironmentInput, EnvironmentSettings } from "./environment-schema.ts";

/** Your environments. These two are examples: put your own account ids, hosts and producers. */
export const environments: readonly EnvironmentInput[] = [
  {
    name: "test",
    region: "eu-central-1",
    connections: [{ name: "main", accountIds: ["123456"] }],
    probe: { allowedHosts: ["api.example.com", "auth.example.com"] },
    failover: { mode: "observe" },
    logRetentionDays: 30,
    tags: { environment: "test" },
  },
  {
    name: "production",
    region: "eu-central-1",
    connections: [
      { name: "main", accountIds: ["223456", "223457"] },
      { name: "partner", accountIds: ["323456"], quota: { scope: "connection" } },
    ],
    probe: { allowedHosts: ["api.example.com", "auth.example.com"] },
    logRetentionDays: 365,
    tags: { environment: "production" },
  },
];

/**
 * The settings of one environment, complete and checked, with what follows from the other environments. All are checked:
 * which secrets are whose depends on them, and whoever wrote two wrong ones is told at once.
 *
 * @param region where several environments have the name, one in each region
 * @throws {Error} naming every wrong setting of every environment, or the environments that there are
 */
export function environmentNamed(
  name: string,
  known: readonly EnvironmentInput[] = environments,
  region?: string,
): EnvironmentSettings {
  const all = checkedEnvironments(known);
  const settings = environmentOf(all, name, region);
  const others = all.filter((other) => other !== settings && mayShareSecrets(other, settings));
  const shared = others.flatMap(({ connections }) => connections.map((connection) => connection.name));
  const connections = settings.connections.map((connection) => ({
    ...connection,
    requireEnvironmentTag: connection.requireEnvironmentTag || shared.includes(connection.name),
  }));
  return { ...settings, connections };
}

/** What tells environments apart. */
type Place = Pick<EnvironmentInput, "name" | "region">;

/**
 * How an environment is told apart from the others: by its name, and by its region where another region has the name
 * as well.
 */
export function environmentLabels(known: readonly Place[] = environments): string[] {
  // Also where they are still wrong: a usage text names those that can be read.
  const readable = Array.isArray(known) ? known.filter((one) => typeof one?.name === "string") : [];
  return readable.map(({ name, region }) => (isNameShared(name, readable) ? `${name} in ${region}` : name));
}

/** The environment's stack in its region, as CloudFormation knows it. */
export function stackName({ name }: Pick<EnvironmentInput, "name">): string {
  return `RingCxAutomation-${name}`;
}

/** What an environment has in each other region in which its alarms live; of the home region, so that two homes fit in one. */
export function forwardingStackName({ name, region }: Pick<EnvironmentInput, "name" | "region">): string {
  return `${stackName({ name })}-alarms-for-${region}`;
}

/** Regions in which tags of alarms are read: the home region among them, unless none is to be. */
export function alarmRegionsOf({
  region,
  failover,
}: Pick<EnvironmentSettings, "region"> & { failover: { alarmRegions?: readonly string[] | undefined } }): string[] {
  const { alarmRegions = [region] } = failover;
  return alarmRegions.length === 0 ? [] : [...new Set([region, ...alarmRegions])];
}

/** Regions whose alarms' events have to be brought to the environment's own. */
export function forwardingRegions({
  region,
  failover,
}: Pick<EnvironmentSettings, "region"> & { failover: { alarmRegions?: readonly string[] | undefined } }): string[] {
  return alarmRegionsOf({ region, failover }).filter((other) => other !== region);
}

/** A stack of the app: `cdk` takes its id, CloudFormation its name, of which there is one in a region of an AWS account. */
interface StackPlace {
  id: string;
  stackName: string;
  region: string;
}

/** All stacks that follow from an environment, and what each is called. */
export function stackIds(
  settings: Pick<EnvironmentSettings, "name" | "region"> & {
    failover: { alarmRegions?: readonly string[] | undefined };
  },
  known: readonly Place[] = environments,
): { home: string; forwarding: StackPlace[]; all: StackPlace[] } {
  const { name, region } = settings;
  const home = isNameShared(name, known) ? `${stackName({ name })}-${region}` : stackName({ name });
  const forwarding = forwardingRegions(settings).map((other) => ({
    id: `${home}-alarms-${other}`,
    stackName: forwardingStackName(settings),
    region: other,
  }));
  return { home, forwarding, all: [{ id: home, stackName: stackName({ name }), region }, ...forwarding] };
}

function isNameShared(name: string, known: readonly Place[]): boolean {
  return known.filter((environment) => environment.name === name).length > 1;
}

/** @throws {Error} where there is none, or more than one */
function environmentOf(all: readonly EnvironmentSettings[], name: string, region?: string): EnvironmentSettings {
  const named = all.filter((environment) => environment.name === name);
  const [only, ...more] = named.filter((environment) => region === undefined || environment.region === region);
  if (only && more.length === 0) return only;
  const regions = named.map((environment) => environment.region);
  if (only) throw new Error(`There is an environment "${name}" in ${regions.join(" and in ")}. Say which by --region.`);
  const where = named.length > 0 ? ` in ${region}` : "";
  const labels = environmentLabels(all).join(", ");
  throw new Error(`There is no environment "${name}"${where} in infra/environments.ts. Known: ${labels}.`);
}

/** Whether two environments may be in one AWS account and region, where secrets are named for both. */
function mayShareSecrets(
  one: Pick<EnvironmentInput, "account" | "region">,
  other: Pick<EnvironmentInput, "account" | "region">,
): boolean {
  return isMaybeSameAccount(one, other) && one.region === other.region;
}

/** One without an account is of whichever it is deployed with. */
function isMaybeSameAccount(one: Pick<EnvironmentInput, "account">, other: Pick<EnvironmentInput, "account">): boolean {
  return one.account === undefined || other.account === undefined || one.account === other.account;
}

/** @throws {Error} naming every wrong setting with its path */
export function checkedEnvironment(input: EnvironmentInput): EnvironmentSettings {
  const where = `The environment ${JSON.stringify(input?.name)} in infra/environments.ts`;
  return checkedInput(environmentSchema, input, { where, together: environmentProblems });
}

const environmentsSchema = z.strictObject({
  environments: z.array(environmentSchema).min(1, "expected at least one environment"),
});

/**
 * All environments, complete.
 *
 * @throws {Error} naming every wrong setting of each of them with its path, and what they cannot be beside each other
 */
export function checkedEnvironments(known: readonly EnvironmentInput[] = environments): EnvironmentSettings[] {
  const where = "infra/environments.ts";
  const together = () => (Array.isArray(known) ? [...known.flatMap(problemsAt), ...sameStacks(known)] : []);
  return checkedInput(environmentsSchema, { environments: known }, { where, together }).environments;
}

/** What one setting demands of another, and of the names that the environment's stack makes. */
function environmentProblems(input: unknown): Told[] {
  return [...togetherProblems(input), ...ownAlarmsAsked(recordOf(input))];
}

/** An automation's own alarms never count, and an environment's stack has no others. */
function ownAlarmsAsked({ name, failover }: Written): Told[] {
  if (typeof name !== "string") return [];
  const own = `${stackName({ name })}-`;
  return placed(["failover", "alarmNamePrefixes"], recordOf(failover).alarmNamePrefixes).flatMap(({ path, value }) =>
    typeof value === "string" && value.startsWith(own)
      ? [
          {
            path,
            message: `begins as the names of the automation's own alarms do, ${own}: they never count, so that no event could match`,
            mend: "write how the names of the endpoints' alarms begin, or leave it out: then all but its own count",
          },
        ]
      : [],
  );
}

function problemsAt(input: unknown, index: number): Violation[] {
  return environmentProblems(input).map(({ path, ...problem }) => ({
    path: ["environments", index, ...path],
    ...problem,
  }));
}

/** Environments whose stacks would have one name in one place, or one id in the app: the second would replace the first. */
function sameStacks(known: readonly unknown[]): Violation[] {
  const written = known.map(readable);
  const places = written.flatMap((one) => one ?? []);
  const stacks = written.map((one) => (one === undefined ? [] : stackIds(one, places).all));
  return written.flatMap((one, index): Violation[] => {
    for (const [first, other] of written.slice(0, index).entries()) {
      const same = one && other && sharedStack(one, other, [stacks[index] ?? [], stacks[first] ?? []]);
      if (!same) continue;
      const message = `${same.is}, as environments[${first}] ${same.does}: ${same.because}`;
      return [{ path: ["environments", index], message, mend: "give one of them another name" }];
    }
    return [];
  });
}

function sharedStack(
  one: Readable,
  other: Readable,
  [ours, theirs]: readonly [readonly StackPlace[], readonly StackPlace[]],
): { is: string; does: string; because: string } | undefined {
  const inOneAccount = isMaybeSameAccount(one, other);
  if (one.name === other.name && one.region === other.region) {
    const because = inOneAccount
      ? "their stacks would be one"
      : "environments are told apart by name and region, not by account";
    return { is: `is "${one.name}" in ${one.region}`, does: "is", because };
  }
  for (const { id, stackName, region } of ours) {
    if (inOneAccount && theirs.some((each) => each.stackName === stackName && each.region === region))
      return { is: `has the stack ${stackName} in ${region}`, does: "has", because: "their stacks would be one" };
    if (theirs.some((each) => each.id === id))
      return { is: `has the stack id ${id}`, does: "has", because: "CDK could not tell their stacks apart" };
  }
  return undefined;
}

type Readable = Pick<EnvironmentInput, "name" | "region" | "account"> & { failover: { alarmRegions: string[] } };

/** What names the stacks of an environment that may be wrong; `undefined` where it cannot be read. */
function readable(environment: unknown): Readable | undefined {
  const { name, region, account, failover } = (environment ?? {}) as Partial<EnvironmentInput>;
  if (typeof name !== "string" || typeof region !== "string") return undefined;
  const listed: unknown = (failover as { alarmRegions?: unknown } | null | undefined)?.alarmRegions;
  const alarmRegions = Array.isArray(listed) ? listed.filter((each) => typeof each === "string") : [];
  return { name, region, ...(typeof account === "string" && { account }), failover: { alarmRegions } };
}
