import { checkedInput } from "./checked-input.ts";
import { type EnvironmentInput, type EnvironmentSettings, environmentSchema } from "./environment-schema.ts";

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
 * The settings of one environment, complete and checked, with what follows from the other environments.
 *
 * @param region where several environments have the name, one in each region
 * @throws {Error} naming every wrong setting, or the environments that there are
 */
export function environmentNamed(
  name: string,
  known: readonly EnvironmentInput[] = environments,
  region?: string,
): EnvironmentSettings {
  const input = environmentInput(name, known, region);
  const settings = checkedEnvironment(input);
  const others = known.filter((other) => other !== input && mayShareSecrets(other, settings));
  const shared = others.flatMap(({ connections }) => connections.map((connection) => connection.name));
  const connections = settings.connections.map((connection) => ({
    ...connection,
    requireEnvironmentTag: connection.requireEnvironmentTag || shared.includes(connection.name),
  }));
  return { ...settings, connections };
}

/**
 * How an environment is told apart from the others: by its name, and by its region where another region has the name
 * as well.
 */
export function environmentLabels(known: readonly EnvironmentInput[] = environments): string[] {
  return known.map(({ name, region }) => (isNameShared(name, known) ? `${name} in ${region}` : name));
}

/** The environment's stack in its region, as CloudFormation knows it. */
export function stackName({ name }: Pick<EnvironmentInput, "name">): string {
  return `RingCxAutomation-${name}`;
}

/** What an environment has in each other region in which its alarms live; of the home region, so that two homes fit in one. */
export function forwardingStackName({ name, region }: Pick<EnvironmentInput, "name" | "region">): string {
  return `${stackName({ name })}-alarms-for-${region}`;
}

/** Regions whose alarms' events have to be brought to the environment's own. */
export function forwardingRegions({ region, failover }: Pick<EnvironmentSettings, "region" | "failover">): string[] {
  return [...new Set(failover.alarmRegions)].filter((other) => other !== region);
}

/** The environment's stacks among all of the app: `cdk` takes these ids. */
export function stackIds(
  settings: Pick<EnvironmentSettings, "name" | "region" | "failover">,
  known: readonly EnvironmentInput[] = environments,
): { home: string; forwarding: { id: string; region: string }[] } {
  const { name, region } = settings;
  const home = isNameShared(name, known) ? `${stackName({ name })}-${region}` : stackName({ name });
  const forwarding = forwardingRegions(settings).map((other) => ({ id: `${home}-alarms-${other}`, region: other }));
  return { home, forwarding };
}

function isNameShared(name: string, known: readonly EnvironmentInput[]): boolean {
  return known.filter((environment) => environment.name === name).length > 1;
}

/** @throws {Error} where there is none, or more than one */
function environmentInput(name: string, known: readonly EnvironmentInput[], region?: string): EnvironmentInput {
  for (const [index, one] of known.entries()) {
    const first = known.findIndex((other) => other.name === one.name && other.region === one.region);
    if (first === index) continue;
    const places = `environments[${first}] and environments[${index}] of infra/environments.ts`;
    throw new Error(
      `${places} are both "${one.name}" in ${one.region}: their stacks would be one. Give one of them another name.`,
    );
  }
  const labels = environmentLabels(known).join(", ");
  const named = known.filter((environment) => environment.name === name);
  const [only, ...more] = named.filter((environment) => region === undefined || environment.region === region);
  if (only && more.length === 0) return only;
  const regions = named.map((environment) => environment.region);
  if (only) throw new Error(`There is an environment "${name}" in ${regions.join(" and in ")}. Say which by --region.`);
  const where = named.length > 0 ? ` in ${region}` : "";
  throw new Error(`There is no environment "${name}"${where} in infra/environments.ts. Known: ${labels}.`);
}

/** Whether two environments may be in one AWS account and region, where secrets are named for both. */
function mayShareSecrets(
  one: Pick<EnvironmentInput, "account" | "region">,
  other: Pick<EnvironmentInput, "account" | "region">,
): boolean {
  const isSameAccount = one.account === undefined || other.account === undefined || one.account === other.account;
  return isSameAccount && one.region === other.region;
}

/**
 * @param where whose settings they are, for the error
 * @throws {Error} naming every wrong setting with its path
 */
export function checkedEnvironment(
  input: EnvironmentInput,
  where = `The environment ${JSON.stringify(input?.name)} in infra/environments.ts`,
): EnvironmentSettings {
  return checkedInput(environmentSchema, input, { where });
}
