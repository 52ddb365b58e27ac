import { matchesHost, plainUrl } from "../primitives/host-pattern.ts";
import type { SecretEnvironment } from "../ringcx/session/connection.ts";
import { accountsOf, hostsOf, secretTags, type Tagged } from "./secret-tags.ts";

// A secret's own tags say where its value may go. Whoever sends it anywhere asks here first, whatever a message, a
// manifest or another tag says. Without the tag the answer is no.

/** Whether the tag `ringcx:connection` names the connection, so that its RingCX login may carry the secret's value. */
export function isPermittedConnection({ tags }: Pick<Tagged, "tags">, connection: string): boolean {
  return tags[secretTags.connection] === connection;
}

/**
 * Whether a secret may be used in an environment: its tag `ringcx:environment` names it, or is absent and not required.
 * The functions' roles say the same.
 */
export function isPermittedEnvironment(
  { tags }: Pick<Tagged, "tags">,
  environment: SecretEnvironment | undefined,
): boolean {
  const named = tags[secretTags.environment];
  return named === undefined ? environment?.isTagRequired !== true : named === environment?.name;
}

/** In words, why a secret may not be used in an environment; nothing where it may. */
export function environmentProblem(
  secret: Pick<Tagged, "tags">,
  environment: SecretEnvironment | undefined,
): { message: string; hint: string } | undefined {
  if (isPermittedEnvironment(secret, environment)) return undefined;
  const { name = "(unknown)" } = environment ?? {};
  const named = secret.tags[secretTags.environment];
  const says = named === undefined ? "has no tag" : `is for the environment ${named} by its tag`;
  return {
    message: `it ${says} ${secretTags.environment}, and this is the environment ${name}`,
    hint: `tag it with ${secretTags.environment} = ${name}, if it is for this environment alone`,
  };
}

/** Whether the tag `ringcx:accounts` names the account, so that RingCX may be given the secret's value for it. */
export function isPermittedAccount(secret: Pick<Tagged, "tags">, accountId: string): boolean {
  return accountsOf(secret).includes(accountId);
}

/**
 * Whether the tag `ringcx:hosts` names the host of a URL, so that a service there may be called with the secret's
 * value, by RingCX or by a validation request. A URL in which two parsers could find different hosts has none that is
 * named.
 *
 * @param text a URL as it stands in a message or in RingCX; `undefined` where RingCX says none
 */
export function isPermittedHost(secret: Pick<Tagged, "tags">, text: string | undefined): boolean {
  const url = plainUrl(text);
  return url !== undefined && hostsOf(secret).some((host) => matchesHost(url, host));
}
