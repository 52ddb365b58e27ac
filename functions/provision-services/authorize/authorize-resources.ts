import type { AuthConfigManifest, Manifest } from "../../../shared/contract/apply.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { authConfigKey, keyOf } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { matchesHost } from "../../../shared/primitives/host-pattern.ts";
import { urlBlocker } from "../../../shared/probe/address-policy.ts";
import type { ProbeSettings } from "../../../shared/probe/probe-settings.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { SecretFacts, SecretVault } from "../read/secret-reader.ts";
import type { Known } from "../read/stored-resources.ts";
import type { ProvisioningSettings } from "../settings.ts";

/** Whether a sender may change an account, by the settings. */
export function senderProblems(
  senderId: string | undefined,
  accountId: string,
  { senders }: ProvisioningSettings,
  path = "data.accountId",
): Problem[] {
  if (senders.length === 0) return [];
  const entries = senders.filter((entry) => senderId?.startsWith(entry.senderId));
  if (entries.some(({ accountIds }) => accountIds.includes(accountId))) return [];
  const allowed = entries.flatMap(({ accountIds }) => accountIds);
  return [
    {
      path,
      message: `the sender ${senderId ?? "(unknown)"} may not change account ${accountId}`,
      hint:
        allowed.length > 0
          ? `it may change ${allowed.join(", ")}; provisioning.senders of the environment says so`
          : "add it to provisioning.senders of the environment",
    },
  ];
}

/** Whether a connection serves the account. */
export function accountProblems(
  accountId: string,
  connections: readonly Connection[],
  path = "data.accountId",
): Problem[] {
  if (connections.some(({ accountIds }) => accountIds.includes(accountId))) return [];
  const known = connections.flatMap(({ accountIds }) => accountIds).join(", ");
  return [{ path, message: `no connection may use account ${accountId}`, hint: `accounts there are: ${known}` }];
}

/** What the checks of a message's endpoints and credentials stand on. */
export interface TrustContext {
  accountId: string;
  connection: Connection;
  vault: SecretVault;
  known: Known;
  probe: ProbeSettings;
  /** Where a problem of a resource is told. @default its place in the message */
  pathOf?: (resource: Manifest) => string;
}

/**
 * Everything about secrets and hosts that can be said before RingCX is asked anything: each secret exists, is readable,
 * fits its type and names this account; nothing sends it to a host that it does not name; probes go where they may.
 */
export async function credentialProblems(resources: readonly Manifest[], context: TrustContext): Promise<Problem[]> {
  const problems = resources.map(async (resource, index): Promise<Problem[]> => {
    const path = context.pathOf?.(resource) ?? `data.resources[${index}]`;
    if (resource.kind === "authConfig") return secretProblems(resource, path, context);
    return resource.kind === "httpService" ? serviceProblems(resource, path, resources, context) : [];
  });
  return (await Promise.all(problems)).flat();
}

async function secretProblems(
  { secretId, authType }: AuthConfigManifest,
  at: string,
  { accountId, connection, vault }: TrustContext,
): Promise<Problem[]> {
  const path = `${at}.secretId`;
  try {
    const { connection: named, accounts } = await vault.facts(secretId);
    const problems: Problem[] = [];
    if (named !== connection.name) {
      const message = `the secret ${secretId} is not for the connection ${connection.name}`;
      problems.push({ path, message, hint: `tag it with ringcx:connection = ${connection.name}, if it is` });
    }
    if (!accounts.includes(accountId)) {
      const message = `the secret ${secretId} may not be sent to account ${accountId}: its tag ringcx:accounts names ${accounts.join(", ") || "none"}`;
      problems.push({ path, message, hint: "whoever owns the secret can add the account to that tag" });
    }
    // Its value is read only for those who may use it.
    if (problems.length === 0) await vault.credential(secretId, authType);
    return problems;
  } catch (error) {
    return [{ path, ...unreadable(error, secretId) }];
  }
}

function unreadable(error: unknown, secretId: string): Omit<Problem, "path"> {
  const name = error instanceof Error ? error.name : "";
  if (error instanceof AutomationError && !error.retryable) {
    return {
      message: error.message,
      hint: "the secret is JSON text in RingCX's field names of the auth config's type",
    };
  }
  if (name === "ResourceNotFoundException") {
    return { message: `there is no secret ${secretId}, or it has no value`, hint: "create it, or correct the name" };
  }
  if (name === "AccessDeniedException") {
    const hint = "it must have the tag ringcx:connection and be encrypted with a key that this function may use";
    return { message: `the secret ${secretId} may not be read`, hint };
  }
  throw error;
}

async function serviceProblems(
  service: HttpServiceManifest,
  path: string,
  resources: readonly Manifest[],
  context: TrustContext,
): Promise<Problem[]> {
  // What the message does not name still holds as an earlier one declared it.
  const before = context.known.services.get(keyOf(service))?.manifest;
  const { validation = before?.validation, authConfig = before?.authConfig } = service;
  const source = authConfig === undefined ? undefined : secretOf(authConfig, resources, context.known);
  const problems: Problem[] = [];
  const probed = validation?.url ?? endpointOf(service);
  const because = validation && urlBlocker(new URL(probed), context.probe);
  if (because) {
    problems.push({ path: `${path}.validation.url`, message: `the endpoint cannot be validated: ${because}` });
  }
  if (validation?.credential)
    problems.push(...unsendable(authConfig, source?.authType, `${path}.validation.credential`));
  if (!source) return problems;
  const facts = await context.vault.facts(source.secretId).catch(() => undefined);
  // What is wrong with the secret itself is told at the auth config.
  if (!facts) return problems;
  return [
    ...problems,
    ...hostProblems(endpointOf(service), `${path}.${endpointField(service)}`, source.secretId, facts),
    ...(validation?.credential && validation.url
      ? hostProblems(validation.url, `${path}.validation.url`, source.secretId, facts)
      : []),
  ];
}

function endpointField({ serviceType }: HttpServiceManifest): string {
  return serviceType === "SOAP" ? "soapEndpoint" : "httpServiceConfig.url";
}

/** Why a probe could not place the credential that it is to place. */
function unsendable(authConfig: string | undefined, authType: AuthType | undefined, path: string): Problem[] {
  if (authConfig === undefined) {
    return [{ path, message: "the service names no authConfig whose credential could be sent" }];
  }
  if (authType === undefined) {
    const hint = "declare the authConfig with its secretId in the same message";
    return [{ path, message: `the secret of ${JSON.stringify(authConfig)} is not known`, hint }];
  }
  if (authType !== "CUSTOM_AUTH") return [];
  return [{ path, message: "a CUSTOM_AUTH credential runs inside RingCX and cannot be sent from here" }];
}

/**
 * A service may be linked with an auth config that no message named: its secret, too, goes only to the hosts that
 * it names, wherever a message points the service.
 */
export async function linkedSecretProblems(
  resources: readonly Manifest[],
  linkOf: (service: HttpServiceManifest) => string | undefined,
  { accountId, table, vault, pathOf }: Pick<TrustContext, "accountId" | "vault" | "pathOf"> & { table: StateTable },
): Promise<Problem[]> {
  const problems = resources.map(async (resource, index): Promise<Problem[]> => {
    if (resource.kind !== "httpService" || resource.authConfig !== undefined) return [];
    const authConfigId = linkOf(resource);
    const state = authConfigId === undefined ? undefined : await table.get(authConfigStateKey(accountId, authConfigId));
    if (typeof state?.secretArn !== "string") return [];
    const facts = await vault.facts(state.secretArn).catch(() => undefined);
    const path = `${pathOf?.(resource) ?? `data.resources[${index}]`}.${endpointField(resource)}`;
    return facts ? hostProblems(endpointOf(resource), path, state.secretArn, facts) : [];
  });
  return (await Promise.all(problems)).flat();
}

function hostProblems(url: string, path: string, secretId: string, { hosts }: SecretFacts): Problem[] {
  const { host } = new URL(url);
  if (hosts.some((named) => matchesHost(new URL(url), named))) return [];
  const message = `the secret ${secretId} may not be sent to ${host}: its tag ringcx:hosts names ${hosts.join(" ") || "none"}`;
  return [{ path, message, hint: "whoever owns the secret can add the host to that tag" }];
}

/** The secret and type of an auth config, as the message or an earlier one declares it. */
export function secretOf(
  providerName: string,
  resources: readonly Manifest[],
  known: Known,
): { secretId: string; authType: AuthType } | undefined {
  const declared = resources.find(
    (resource) => resource.kind === "authConfig" && resource.providerName === providerName,
  );
  if (declared?.kind === "authConfig") return declared;
  const record = known.authConfigs.get(authConfigKey(providerName));
  return record && { secretId: record.secretArn, authType: record.manifest.authType };
}
