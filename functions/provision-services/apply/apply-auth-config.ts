import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { isCutName } from "../../../shared/primitives/same-name.ts";
import { authConfigRecordToItem } from "../../../shared/records/account/auth-config.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { recordApplied } from "../../../shared/records/credential/record-applied.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";
import { bindSecret, unbindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { intendSecret } from "../../../shared/records/credential/secret-intent.ts";
import { versionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { authConfigWrite, type Credential } from "../../../shared/secrets/credential.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import { nameBefore, requireWholeName, undoRename } from "../plan/cut-names.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, saveRecord } from "../write/apply-context.ts";
import { closeRenamedAuthConfig } from "../write/close-renamed-auth-config.ts";
import { createUnderOwnId, type OwnAuthConfig } from "../write/replaced-auth-config.ts";
import { unlessRotated } from "./being-rotated.ts";
import { behindCurrent, whyRevoked } from "./current-version.ts";
import { proveCredential } from "./prove-credential.ts";

/** Applies what is planned for an auth config, binds it to its secret and records both. */
export async function applyAuthConfig(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: AuthConfigManifest,
  done: ResourceChanges,
): Promise<void> {
  const { account, accountId, connection, table, secretReader, observed } = context;
  const { secretId, authType, providerName } = resource;
  const secret = await secretReader.describe(secretId);
  const { arn } = secret;
  const binding = (authConfigId: string) => ({
    secretArn: arn,
    connection: connection.name,
    accountId,
    authConfigId,
    authType,
    providerName,
  });
  let isBound = false;
  let shown: string | undefined;
  const noteWritten = async (
    written: AuthConfig,
    credential: Credential,
    step: Step,
    proofAnswer: ProofAnswer | undefined,
  ) => {
    const { authConfigId } = written;
    shown = written.providerName;
    done.remark(...credential.remarks);
    observed.noteAuthConfig(written);
    done.ids.authConfigId = authConfigId;
    done.change(...step.changes);
    await bindSecret(table, binding(authConfigId));
    isBound = true;
    const at = new Date(context.clock.now()).toISOString();
    const { versionId } = credential;
    const verification = proofAnswer === "ACCEPTED" ? "endpoint" : "metadata";
    const applied = { versionId, at, verification, ...(proofAnswer && { proofAnswer }) } as const;
    await recordApplied(table, binding(authConfigId), applied, written.updatedTime);
  };
  const refuse = (problem: Omit<Problem, "path">) => {
    done.problems.push({ path: plan.path, ...problem });
    done.isUnvalidated = true;
  };
  for (const step of plan.steps) {
    if (step.do !== "createAuthConfig" && step.do !== "updateAuthConfig") continue;
    const { authConfigId } = step;
    const readCredential = async () => {
      const credential = await secretReader.credential(secretId, authType);
      context.permitted.requireSecret(authConfigId, arn);
      // Whatever else there is to write: the whole auth config is written, its credential with it.
      const revoked = await whyRevoked(context, arn, credential.versionId);
      return { credential, revoked };
    };
    const intend = () => intendSecret(table, { accountId, authConfigId, secretArn: arn }, context.clock.now());
    if (step.do === "createAuthConfig") {
      const { credential, revoked } = await readCredential();
      if (revoked) return refuse(revoked);
      await intend();
      const written = await createAuthConfig(
        context,
        { authConfigId, done, changes: step.changes },
        resource,
        credential,
      );
      done.isCreated = true;
      // No service uses it yet that could be asked.
      await noteWritten(written, credential, step, "NOT_PROVABLE");
      continue;
    }
    const boundTo = context.stored.authConfigs.get(plan.key)?.secretArn;
    done.begin(step.changes);
    const writeOver = async (credential: Credential, proofAnswer: ProofAnswer | undefined) => {
      const found = observed.authConfigs?.find((config) => isSameId(config.authConfigId, authConfigId));
      const before = nameBefore(resource, [found?.providerName]);
      const write = (more: object = {}) =>
        account.authConfigs.update(authConfigId, { ...writeBody(resource, credential), ...more });
      const written = await write();
      await noteWritten(written, credential, step, proofAnswer);
      if (before !== undefined && isCutName(written.providerName, providerName)) {
        await undoRename({ shown, before, resource }, async () => {
          await noteWritten(await write({ providerName: before }), credential, { ...step, changes: [] }, proofAnswer);
        });
      }
    };
    const problem = await unlessRotated(context, { authConfigId, secretArn: boundTo }, async (record) => {
      const { credential, revoked } = await readCredential();
      if (revoked) return revoked;
      const kept = boundTo === arn ? await keptCredential(context, resource, { record, secretArn: arn }) : undefined;
      if (kept) {
        await writeOver(kept, undefined);
        done.remark(...(await behindCurrent(context, authConfigId, secret)));
        return undefined;
      }
      const proof = await proveCredential(context, authConfigId, { credential, secretId, secret, record });
      if (proof.problem) return proof.problem;
      done.remark(...proof.remarks);
      await intend();
      await writeOver(credential, proof.answer);
      return undefined;
    });
    if (problem) return refuse(problem);
  }
  const { authConfigId } = done.ids;
  if (authConfigId === undefined) return;
  if (!isBound) done.remark(...(await behindCurrent(context, authConfigId, secret)));
  // Whatever there was to do: without a binding no later version of the secret would reach it.
  if (!isBound) await bindSecret(table, binding(authConfigId));
  const before = context.stored.authConfigs.get(plan.key);
  if (before && before.secretArn !== arn) {
    await unbindSecret(table, { secretArn: before.secretArn, accountId, authConfigId: before.authConfigId });
  }
  const { adopt, ...manifest } = resource;
  if (!before && adopt) await closeRenamedAuthConfig(context, resource, { authConfigId, secretArn: arn });
  await saveRecord(
    context,
    resource,
    { key: plan.key, isCreated: done.isCreated },
    authConfigRecordToItem({
      authConfigId,
      secretArn: arn,
      manifest: { ...before?.manifest, ...manifest },
      generation: context.generation,
    }),
  );
  // By now it is known by its id.
  requireWholeName(shown, resource);
}

/**
 * The credential that RingCX is known to have of the secret that a message leaves an auth config with: RingCX takes no change of it without
 * one, and which version it gets is the sync's to decide.
 *
 * @returns `undefined` where it is not known, or Secrets Manager has it no more
 */
async function keptCredential(
  { secretReader }: ApplyContext,
  { secretId, authType }: AuthConfigManifest,
  { record, secretArn }: { record: CredentialRecord; secretArn: string },
): Promise<Credential | undefined> {
  const { versionIds, isKnown } = versionsInRingCx(record);
  const [versionId] = versionIds;
  if (versionId === undefined || !isKnown || record.secretArn !== secretArn) return undefined;
  try {
    return await secretReader.credential(secretId, authType, versionId);
  } catch (error) {
    if (whyUnusable(error) === undefined) throw error;
    return undefined;
  }
}

/** What this message, or a turn before, began to make and did not see is found by its UUID: nothing is made twice. */
function createAuthConfig(
  context: ApplyContext,
  { authConfigId, ...told }: Pick<OwnAuthConfig, "authConfigId" | "done" | "changes">,
  resource: AuthConfigManifest,
  credential: Credential,
): Promise<AuthConfig> {
  const { authConfigs } = context.account;
  const body = writeBody(resource, credential);
  return createUnderOwnId(context, resource, {
    authConfigId,
    ...told,
    update: () => authConfigs.update(authConfigId, body),
    create: () => authConfigs.create(authConfigId, body),
  });
}

function writeBody({ providerName, description }: AuthConfigManifest, credential: Credential) {
  return authConfigWrite(credential, { providerName, description });
}
