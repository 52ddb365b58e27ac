import type { Problem } from "../../../shared/contract/outcome.ts";
import { displayName, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
} from "../../../shared/records/credential/auth-config-state.ts";
import { holdCredential } from "../../../shared/records/credential/hold-credential.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import { isWritten, type ResourcePlan } from "../plan/resource-plan.ts";
import type { ApplyContext } from "../write/apply-context.ts";

type Context = Pick<ApplyContext, "table" | "accountId" | "clock" | "secretReader" | "stored">;

/** What speaks against a change, whatever its place in the message. */
type Why = Omit<Problem, "path">;

const hint = "send the message again when the rotation has ended";
const beingRotated: Why = { message: "its credential is being rotated, and must not change underneath", hint };

/** How long a message waits that finds rotation at the auth config, in milliseconds: most of its runs end before. */
const longestWaitMs = 10_000;

/**
 * Refuses what would change or delete an auth config in the middle of a rotation, before anything of it is done, and with a
 * retired auth config the services that go with it: they are what its new credential is verified by.
 */
export async function refuseRotated<Resource extends ResourceName>(
  plans: readonly ResourcePlan<Resource>[],
  context: Context,
): Promise<ResourcePlan<Resource>[]> {
  const problems = new Map<string, Why>();
  for (const plan of plans) {
    const id = changedAuthConfig(plan, context);
    if (id === undefined || !isWritten(plan)) continue;
    const item = await context.table.get(authConfigStateKey(context.accountId, id));
    const why = await whyBeingRotated(context, fromItem(item), context.stored.authConfigs.get(plan.key)?.secretArn);
    if (!why) continue;
    problems.set(plan.key, why);
    const message = `auth config ${displayName(plan.resource)}, which goes with it, is being rotated`;
    for (const key of plan.dependsOn) problems.set(key, { message, hint });
  }
  return plans.map((plan) => {
    const why = problems.get(plan.key);
    // It does not wait for another: it has a reason of its own.
    return why && isWritten(plan) ? { ...plan, dependsOn: [], problems: [{ path: plan.path, ...why }] } : plan;
  });
}

/** The auth config that the plan writes or deletes, if it is one that was there. */
function changedAuthConfig({ resource, steps, key, found }: ResourcePlan<ResourceName>, { stored }: Context) {
  if (resource.kind !== "authConfig") return undefined;
  const known = stored.authConfigs.get(key)?.authConfigId ?? found?.authConfigId;
  const ids = steps.map((step) => {
    if (step.do === "updateAuthConfig" || step.do === "deleteAuthConfig") return step.authConfigId;
    return step.do === "deleteRecord" ? known : undefined;
  });
  return ids.find((id) => id !== undefined);
}

/**
 * Does something to an auth config while no run of rotation is at it. Between a look and the act one could begin otherwise,
 * and its candidate would be left to nobody.
 *
 * @param secretArn of the secret that the auth config is bound to
 * @returns why it was not done, or what `act` returns
 * @throws {DeferredError} while somebody else is at it
 */
export async function unlessRotated(
  context: Context & Pick<ApplyContext, "deadline" | "generation">,
  { authConfigId, secretArn }: { authConfigId: string; secretArn: string | undefined },
  act: (record: CredentialRecord) => Promise<Why | undefined>,
): Promise<Why | undefined> {
  const { table, clock, accountId, deadline, generation } = context;
  // By the message: another process that goes on with it finds its own lease.
  const holder = `message ${generation.source} ${generation.id}`;
  const held = await holdCredential(
    { table, now: clock.now() },
    { accountId, authConfigId },
    (record) => whyBeingRotated(context, record, secretArn),
    { holder, deadline },
  );
  if ("refusal" in held) return held.refusal;
  if ("heldForMs" in held) {
    throw new DeferredError("A run of rotation is at an auth config of it.", Math.min(held.heldForMs, longestWaitMs));
  }
  try {
    return await act(held.record);
  } finally {
    // What cannot be released runs out.
    await held.release().catch(() => undefined);
  }
}

/**
 * What speaks against changing or deleting an auth config in the middle of a rotation: its candidate would be left to nobody.
 * Where the secret is lost nobody ends the rotation, and a write that failed says nothing of a candidate: neither is waited for.
 */
async function whyBeingRotated(
  { clock, secretReader }: Pick<Context, "clock" | "secretReader">,
  record: CredentialRecord,
  /** ARN of the secret that the auth config is bound to. */
  secretArn: string | undefined,
): Promise<Why | undefined> {
  const { state, failure, lease } = record;
  if (state.kind !== "ROTATING" && state.kind !== "APPLYING") return undefined;
  const isHeld = lease !== undefined && lease.until > clock.now();
  if (!isHeld) {
    if (state.kind === "APPLYING" && failure) return undefined;
    const arn = record.secretArn ?? secretArn;
    if (arn !== undefined && (await isLost({ secretReader }, arn))) return undefined;
  }
  return beingRotated;
}

/** Whether rotation cannot go on with a secret until somebody restores it. */
async function isLost({ secretReader }: Pick<ApplyContext, "secretReader">, arn: string): Promise<boolean> {
  try {
    const { isDeleted, tags } = await secretReader.describe(arn);
    return isDeleted || !(secretTags.connection in tags);
  } catch (error) {
    if (whyUnusable(error) === undefined) throw error;
    return true;
  }
}
