import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import { authConfigRecordToItem } from "../../../shared/records/account/auth-config.ts";
import {
  serviceRecordFromItem,
  serviceRecordKey,
  validationRequestOf,
} from "../../../shared/records/account/service.ts";
import {
  authConfigStateKey,
  fromItem,
  intendSecret,
  recordApplied,
} from "../../../shared/records/credential/auth-config-state.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import { bindSecret, unbindSecret } from "../../../shared/records/credential/secret-binding.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { AmbiguousWriteError, RingCxConflictError } from "../../../shared/ringcx/resources/errors.ts";
import { authConfigWrite, type Credential } from "../../../shared/secrets/credential.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, saveRecord } from "./apply-context.ts";
import { announceCreation } from "./create-once.ts";

/** Applies what is planned for an auth config, binds it to its secret and records both. */
export async function applyAuthConfig(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: AuthConfigManifest,
  done: ResourceChanges,
): Promise<void> {
  const { account, accountId, connection, table, secretReader, observed } = context;
  const { secretId, authType, providerName } = resource;
  const { arn } = await secretReader.describe(secretId);
  const binding = (authConfigId: string) => ({
    secretArn: arn,
    connection: connection.name,
    accountId,
    authConfigId,
    authType,
    providerName,
  });
  for (const step of plan.steps) {
    if (step.do !== "createAuthConfig" && step.do !== "updateAuthConfig") continue;
    const { authConfigId } = step;
    const credential = await secretReader.credential(secretId, authType);
    context.permitted.requireSecret(authConfigId, arn);
    if (step.do === "createAuthConfig") {
      await announceCreation(context, resource);
      await intendSecret(table, { accountId, authConfigId, secretArn: arn });
      observed.noteAuthConfig(await createAuthConfig(context, authConfigId, resource, credential));
      done.isCreated = true;
    } else {
      const doubt = await credentialBlocker(context, authConfigId, credential);
      if (doubt) {
        done.problems.push({ path: plan.path, ...doubt.problem });
        done.isUnvalidated = doubt.isUnvalidated;
        return;
      }
      await intendSecret(table, { accountId, authConfigId, secretArn: arn });
      observed.noteAuthConfig(await account.authConfigs.update(authConfigId, writeBody(resource, credential)));
    }
    done.ids.authConfigId = authConfigId;
    done.change(...step.changes);
    await bindSecret(table, binding(authConfigId));
    const at = new Date(context.clock.now()).toISOString();
    await recordApplied(table, binding(authConfigId), {
      versionId: credential.versionId,
      at,
      verification: "metadata",
    });
  }
  const { authConfigId } = done.ids;
  if (authConfigId === undefined) return;
  const before = context.stored.authConfigs.get(plan.key);
  if (before && before.secretArn !== arn) {
    await unbindSecret(table, { secretArn: before.secretArn, accountId, authConfigId: before.authConfigId });
  }
  const { adopt: _adopt, ...manifest } = resource;
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
}

/** Most endpoints that one credential is tried at: a validation, not a load test. */
const maxEndpoints = 5;

/**
 * Why a credential that is in use must not be changed now: a rotation is under way, or a live service's endpoint
 * does not accept the new one.
 */
async function credentialBlocker(
  { accountId, connection, table, observed, probe }: ApplyContext,
  authConfigId: string,
  credential: Credential,
): Promise<{ problem: { message: string; hint: string }; isUnvalidated: boolean } | undefined> {
  const { state } = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
  if (state.kind === "ROTATING" || state.kind === "APPLYING") {
    const message = "its credential is being rotated, and must not change underneath";
    return { problem: { message, hint: "send the message again when the rotation has ended" }, isUnvalidated: true };
  }
  const users = await readAuthConfigUsers(table, { accountId, authConfigId });
  for (const { serviceId, ...name } of users.slice(0, maxEndpoints)) {
    if (serviceId === undefined || observed.service(serviceId)?.isEnabled !== true) continue;
    const record = serviceRecordFromItem(await table.get(serviceRecordKey(name)));
    const validation = record && validationRequestOf(record.manifest);
    if (validation?.credential === undefined) continue;
    const result = await probe.check(validation, { credential, accountId, connection: connection.name });
    // What cannot be proven by its nature is written, as rotation does: it could never get in otherwise.
    if (result.passed || (result.kind === "UNTESTABLE" && result.isByNature)) continue;
    const isRefused = result.kind === "REFUSED";
    const what = isRefused ? "would fail with it" : "could not be asked whether it works with it";
    const message = `the live service ${name.groupName}/${name.serviceDescription} ${what}: ${result.because}`;
    const hint = `${isRefused ? "put a working credential into the secret" : "make its endpoint answer its validation"} and send the message again`;
    return { problem: { message, hint }, isUnvalidated: true };
  }
  return undefined;
}

/** We chose the UUID, so one that is there already is ours: it gets the credential and nothing is made twice. */
async function createAuthConfig(
  { account }: ApplyContext,
  authConfigId: string,
  resource: AuthConfigManifest,
  credential: Credential,
): Promise<AuthConfig> {
  const body = writeBody(resource, credential);
  const make = () => account.authConfigs.create(authConfigId, body);
  try {
    return await make();
  } catch (error) {
    if (error instanceof RingCxConflictError) return account.authConfigs.update(authConfigId, body);
    if (!(error instanceof AmbiguousWriteError)) throw error;
    try {
      return await make();
    } catch (again) {
      if (again instanceof RingCxConflictError) return account.authConfigs.update(authConfigId, body);
      throw again;
    }
  }
}

function writeBody({ providerName, description }: AuthConfigManifest, credential: Credential) {
  return authConfigWrite(credential, { providerName, description });
}
