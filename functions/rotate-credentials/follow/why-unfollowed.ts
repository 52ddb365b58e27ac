import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { describeSecret, listSecretsByName, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import type { ReadDependencies } from "../read/bound-secrets.ts";
import { permittedBindings } from "../read/permitted-bindings.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import type { Finding, Seen } from "./next-problems.ts";

/** AWS account and region in which this runs: ListSecrets knows no secrets of others. */
export interface Home {
  awsAccount: string;
  region: string;
}

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
  const [, , , region = "", awsAccount = ""] = secretArn.split(":");
  if (home && (awsAccount !== home.awsAccount || region !== home.region)) {
    const elsewhere = `its secret ${secretArn} is of AWS account ${awsAccount}, region ${region}`;
    const hint = `name a secret of AWS account ${home.awsAccount}, region ${home.region}: others are not listed here`;
    return seen(found("ELSEWHERE", elsewhere, { hint }));
  }
  const looked = await lookAtSecret(secrets, secretArn, clock.now());
  if (!("secret" in looked)) return { seen: looked.finding };
  const { secret } = looked;
  const declared = await readSecretRecords(table, secretArn);
  const { bindings, problems } = permittedBindings(secret, declared.bindings, connections);
  const isSame = (binding: SecretBinding) =>
    binding.accountId === accountId && isSameId(binding.authConfigId, authConfigId);
  if (bindings.some(isSame)) return { fedBy: secret };
  const problem = problems.find(({ message }) => message.toLowerCase().includes(authConfigId.toLowerCase()));
  const hint = `correct the tags of the secret, or give the auth config another secret by a message`;
  if (problem)
    return seen(found("NOT_PERMITTED", `its secret ${secret.name} is not for it: ${problem.message}`, { hint }));
  const unbound = `its secret ${secret.name} no longer names it: neither its tag ${secretTags.authConfig} nor a manifest`;
  return seen(found("UNBOUND", unbound, { hint }));
}

function found(kind: string, message: string, { hint }: { hint: string }): Finding {
  return { topic: "FOLLOWING", kind, message, hint };
}

async function lookAtSecret(
  secrets: SecretsManagerClient,
  arn: string,
  now: number,
): Promise<{ secret: SecretDescription } | { finding: Finding | "unknown" }> {
  try {
    const secret = await describeSecret(secrets, arn, now);
    const finding = whatIsWrong(secret);
    return finding ? { finding } : { secret };
  } catch (error) {
    if (!(error instanceof SecretUnreadableError)) throw error;
    if (!error.unusable) return { finding: "unknown" };
    // One without our tag is denied just as one that does not exist: only the list tells them apart.
    const namesakes = await listSecretsByName(secrets, nameOf(arn), now).catch(() => undefined);
    if (!namesakes) return { finding: "unknown" };
    const itself = namesakes.find((secret) => secret.arn === arn);
    const { reason, hint } = error.unusable;
    if (itself) {
      return {
        finding:
          whatIsWrong(itself) ?? found("DENIED", `its secret ${itself.name} cannot be described: ${reason}`, { hint }),
      };
    }
    const heir = namesakes.find(({ isDeleted }) => !isDeleted);
    const gone = `its secret ${arn} was deleted for good`;
    return {
      finding: heir
        ? found("REPLACED", `${gone}; ${heir.arn} has its name now`, {
            hint: "send the manifest again, or tag the new secret with the auth config: it is another secret",
          })
        : found("GONE", gone, { hint: "give the auth config another secret, or retire it" }),
    };
  }
}

function whatIsWrong({ name, isDeleted, tags }: SecretDescription): Finding | undefined {
  if (isDeleted) {
    return found("DELETED", `its secret ${name} is deleted and waits for its recovery window to end`, {
      hint: "restore it, or give the auth config another secret",
    });
  }
  if (secretTags.connection in tags) return undefined;
  return found("UNTAGGED", `its secret ${name} has lost the tag ${secretTags.connection}`, {
    hint: "put the tag back, or give the auth config another secret",
  });
}

/** A secret's name is in its ARN, with six characters behind it. */
export function nameOf(arn: string): string {
  return arn
    .split(":")
    .slice(6)
    .join(":")
    .replace(/-[A-Za-z0-9]{6}$/, "");
}
