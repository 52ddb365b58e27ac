import { environmentProblem } from "../shared/secrets/permitted-use.ts";
import { secretTags, type Tagged } from "../shared/secrets/secret-tags.ts";
import type { EnvironmentSettings } from "./environments.ts";

/**
 * Credential secrets of an environment's connections that it may not use as they are tagged, one sentence each, with
 * what to do. Those that name another environment of the settings are that one's, and not in it.
 *
 * @param secrets those of the AWS account and region
 * @param environments names of all environments
 */
export function lockedOutSecrets(
  secrets: readonly (Tagged & { name: string })[],
  settings: Pick<EnvironmentSettings, "name" | "connections">,
  environments: readonly string[],
): string[] {
  return secrets.flatMap(({ name, tags }) => {
    const connection = settings.connections.find((each) => each.name === tags[secretTags.connection]);
    if (!connection || environments.includes(tags[secretTags.environment] ?? "")) return [];
    const environment = { name: settings.name, isTagRequired: connection.requireEnvironmentTag };
    const problem = environmentProblem({ tags }, environment);
    return problem ? [`${name}: ${problem.message}; ${problem.hint}`] : [];
  });
}
