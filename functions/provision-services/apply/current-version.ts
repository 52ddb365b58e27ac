import type { Problem } from "../../../shared/contract/outcome.ts";
import { authConfigStateKey, fromItem } from "../../../shared/records/credential/auth-config-state.ts";
import { isVersionRevoked } from "../../../shared/records/credential/issued-credential.ts";
import { inRingCxWords, versionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { behindCurrentLine } from "../plan/behind-current.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { ApplyContext } from "../write/apply-context.ts";

type Context = Pick<ApplyContext, "table" | "accountId">;

/**
 * What speaks against writing a secret's current version: somebody made one current again whose credential its issuer has
 * revoked. Rotation does not write it either.
 */
export async function whyRevoked(
  { table }: Pick<Context, "table">,
  secretArn: string,
  versionId: string,
): Promise<Omit<Problem, "path"> | undefined> {
  if (!(await isVersionRevoked(table, secretArn, versionId))) return undefined;
  const message = `the credential of version ${versionId}, which is its secret's current one, was revoked at its issuer, or is about to be`;
  return { message, hint: "move AWSCURRENT to a version that works, or put one, and send the message again" };
}

/** What a plan of an auth config will come to by the version of its secret that is current: an apply says the same. */
export async function withCurrentVersion(
  context: Context & { secretReader: SecretReader },
  plan: ResourcePlan,
): Promise<ResourcePlan> {
  const { resource, found, steps, problems, isSuperseded } = plan;
  if (resource.kind !== "authConfig" || isSuperseded || problems.length > 0) return plan;
  const secret = await context.secretReader.describe(resource.secretId);
  if (steps.some((step) => step.do === "createAuthConfig" || step.do === "updateAuthConfig")) {
    const revoked = secret.current && (await whyRevoked(context, secret.arn, secret.current));
    return revoked ? { ...plan, problems: [{ path: plan.path, ...revoked }] } : plan;
  }
  if (found?.authConfigId === undefined) return plan;
  return { ...plan, notes: [...plan.notes, ...(await behindCurrent(context, found.authConfigId, secret))] };
}

/**
 * Says of an auth config that a message leaves as it is what nobody sees in "unchanged": RingCX has another version of its
 * secret than the current one, and what comes of that.
 */
export async function behindCurrent(
  { table, accountId }: Context,
  authConfigId: string,
  { arn, current }: Pick<SecretDescription, "arn" | "current">,
): Promise<string[]> {
  if (current === undefined) return [];
  const record = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
  const { state, failure } = record;
  const known = versionsInRingCx(record);
  // What a rotation comes to, its own outcome tells.
  if (state.kind === "ROTATING" || (known.isKnown && known.versionIds[0] === current)) return [];
  const kept = failure?.versionId === current ? failure : undefined;
  const why = (await isVersionRevoked(table, arn, current))
    ? "which was revoked at its issuer: it is not written"
    : kept
      ? `which could not be applied (${kept.code})${kept.message === undefined ? "" : `: ${kept.message}`}`
      : "which the next run of the rotation's schedule writes";
  return [behindCurrentLine(current, why, inRingCxWords(known))];
}
