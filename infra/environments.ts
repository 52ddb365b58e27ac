import { messageProblems } from "../shared/contract/message-problems.ts";
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
 * @throws {Error} naming every wrong setting, or the environments that there are
 */
export function environmentNamed(name: string, known: readonly EnvironmentInput[] = environments): EnvironmentSettings {
  const input = known.find((environment) => environment.name === name);
  if (!input) {
    throw new Error(
      `There is no environment "${name}" in infra/environments.ts. Known: ${known.map(({ name }) => name).join(", ")}.`,
    );
  }
  const settings = checkedEnvironment(input);
  const others = known.filter((other) => other !== input && mayShareSecrets(other, settings));
  const shared = others.flatMap(({ connections }) => connections.map((connection) => connection.name));
  const connections = settings.connections.map((connection) => ({
    ...connection,
    requireEnvironmentTag: connection.requireEnvironmentTag || shared.includes(connection.name),
  }));
  return { ...settings, connections };
}

/** Whether two environments may be in one AWS account and region, where secrets are named for both. */
function mayShareSecrets(
  one: Pick<EnvironmentInput, "account" | "region">,
  other: Pick<EnvironmentInput, "account" | "region">,
): boolean {
  const isSameAccount = one.account === undefined || other.account === undefined || one.account === other.account;
  return isSameAccount && one.region === other.region;
}

/** @throws {Error} naming every wrong setting with its path */
export function checkedEnvironment(input: EnvironmentInput): EnvironmentSettings {
  const result = environmentSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = messageProblems(result.error, environmentSchema, input).map(
    ({ path, message, hint }) => `  ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  throw new Error(`The environment "${input.name}" in infra/environments.ts is wrong:\n${problems.join("\n")}`);
}
