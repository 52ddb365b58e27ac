import * as z from "zod";
import type { SecretBinding } from "../records/credential/secret-binding.ts";
import { authTypes } from "../ringcx/resources/auth-config.ts";
import { accountsOf, secretTags, type Tagged, type TagProblem, words } from "./secret-tags.ts";

const uuid = z.uuid();

/**
 * The bindings that a secret's tags declare, none where it has no `ringcx:auth-config`.
 *
 * @returns the bindings, and in words what is wrong with the tags
 */
export function bindingsFromTags({ arn, tags }: Tagged): { bindings: SecretBinding[]; problems: TagProblem[] } {
  const declared = words(tags[secretTags.authConfig]);
  if (declared.length === 0) return { bindings: [], problems: [] };
  const problems: TagProblem[] = [];
  const accounts = accountsOf({ tags });
  const authType = authTypes.find((type) => type === tags[secretTags.authType]);
  if (!authType) {
    problems.push({
      about: secretTags.authType,
      message: `${secretTags.authType} must be one of ${authTypes.join(", ")}`,
    });
  }
  const bindings = declared.flatMap((entry) => {
    const [first = "", second] = entry.split("/");
    const authConfigId = (second ?? first).toLowerCase();
    const about = `${secretTags.authConfig} ${entry}`;
    const accountId = second === undefined ? onlyOne(accounts) : first;
    if (!uuid.safeParse(authConfigId).success) {
      problems.push({ about, message: `${secretTags.authConfig}: "${entry}" must be a UUID or accountId/UUID` });
      return [];
    }
    if (accountId === undefined) {
      const message = `${secretTags.authConfig}: write accountId/${authConfigId}, because ${secretTags.accounts} names ${accounts.length} accounts`;
      problems.push({ about, message });
      return [];
    }
    if (!authType) return [];
    const connection = tags[secretTags.connection] ?? "";
    return [
      { secretArn: arn, connection, accountId, authConfigId, authType, providerName: tags[secretTags.providerName] },
    ];
  });
  return { bindings, problems };
}

function onlyOne<Value>(values: readonly Value[]): Value | undefined {
  return values.length === 1 ? values[0] : undefined;
}
