import type { Clock } from "../../../shared/primitives/clock.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { isPermittedAccount } from "../../../shared/secrets/permitted-use.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { type Home, lookAtSecret } from "../../../shared/secrets/secret-now.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { ReadDependencies } from "../read/bound-secrets.ts";
import { permittedBindings } from "../read/permitted-bindings.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import type { Finding, Seen } from "./next-problems.ts";

/** What looking at secrets that are not bound stands on. */
export interface UnfollowedDependencies extends ReadDependencies {
  clock: Clock;
  /** `undefined` where it is not known. */
  home: Home | undefined;
}

/**
 * Why no new version of a secret reaches an auth config that has its value.
 *
 * @returns the finding; `undefined` where one will, once a list that is up to date is read; `unknown` where Secrets
 *   Manager cannot be asked at the moment
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function whyUnfollowed(
  dependencies: UnfollowedDependencies,
  authConfig: Pick<SecretBinding, "accountId" | "authConfigId" | "secretArn">,
): Promise<Seen> {
  const looked = await lookAtFeeding(dependencies, authConfig);
  return "fedBy" in looked ? undefined : looked.seen;
}

/** Why no new version of a secret reaches an auth config; or the secret as it is now, which feeds it. */
export async function lookAtFeeding(
  { table, secrets, clock, connections, home }: UnfollowedDependencies,
  { accountId, authConfigId, secretArn }: Pick<SecretBinding, "accountId" | "authConfigId" | "secretArn">,
): Promise<{ fedBy: SecretDescription } | { seen: Finding | "unknown" }> {
  const seen = (finding: Finding) => ({ seen: finding });
  const looked = await lookAtSecret({ secrets, home }, secretArn, clock.now());
  if (looked === "unknown") return { seen: looked };
  if ("lost" in looked) {
    const { kind, name, reason, hint } = looked.lost;
    return seen(found(kind, `its secret ${name} ${reason}`, { hint }));
  }
  const { secret } = looked;
  const declared = await readSecretRecords(table, secretArn);
  const { bindings, problems } = permittedBindings(secret, declared.bindings, connections);
  const isSame = (binding: SecretBinding) =>
    binding.accountId === accountId && isSameId(binding.authConfigId, authConfigId);
  if (bindings.some(isSame)) return { fedBy: secret };
  const problem = problems.find(({ message }) => message.toLowerCase().includes(authConfigId.toLowerCase()));
  const hint = `correct the tags of the secret, or give the auth config another secret by a message`;
  const notPermitted = (why: string) =>
    seen(found("NOT_PERMITTED", `its secret ${secret.name} is not for it: ${why}`, { hint }));
  if (problem) return notPermitted(problem.message);
  if (!isPermittedAccount(secret, accountId)) {
    return notPermitted(`the tag ${secretTags.accounts} does not name account ${accountId}`);
  }
  const unbound = `its secret ${secret.name} no longer names it: neither its tag ${secretTags.authConfig} nor a manifest`;
  return seen(found("UNBOUND", unbound, { hint }));
}

function found(kind: string, message: string, { hint }: { hint: string }): Finding {
  return { topic: "FOLLOWING", kind, message, hint };
}
