import type { Manifest } from "../../../shared/contract/apply.ts";
import { endpointField, endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { keyOf } from "../../../shared/contract/resource-key.ts";
import { nearest } from "../../../shared/primitives/nearest.ts";
import { urlBlocker } from "../../../shared/probe/address-policy.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { howToDeclare, isCopied } from "../desired/copied-path.ts";
import { effectiveAuthConfig, effectiveSecret, effectiveValidation } from "../desired/effective-manifest.ts";
import { type AuthorizeContext, hostProblems, secretProblems } from "./authorize-secret.ts";

/**
 * Everything about secrets and hosts that can be said before RingCX is asked anything: each secret exists, is readable,
 * fits its type and names this account; nothing sends it to a host that it does not name; validation requests go where they may.
 */
export async function credentialProblems(
  resources: readonly Manifest[],
  context: AuthorizeContext,
): Promise<Problem[]> {
  const problems = resources.map(async (resource, index): Promise<Problem[]> => {
    if (context.ended?.has(keyOf(resource))) return [];
    const path = context.pathOf?.(resource) ?? `data.resources[${index}]`;
    if (resource.kind === "authConfig") return secretProblems(resource, path, context);
    return resource.kind === "httpService" ? serviceProblems(resource, path, resources, context) : [];
  });
  return (await Promise.all(problems)).flat();
}

async function serviceProblems(
  service: HttpServiceManifest,
  path: string,
  resources: readonly Manifest[],
  context: AuthorizeContext,
): Promise<Problem[]> {
  const record = context.stored.services.get(keyOf(service));
  const validation = effectiveValidation(service, record);
  const authConfig = effectiveAuthConfig(service, record);
  const source = authConfig === undefined ? undefined : effectiveSecret(authConfig, resources, context.stored);
  const problems: Problem[] = [];
  const probed = validation?.url ?? endpointOf(service);
  const because = validation && urlBlocker(new URL(probed), context.probeSettings);
  if (because) {
    const message = `the endpoint cannot be validated: ${because}`;
    const hint =
      "give a validation.url that may be asked, or let the platform's team allow the host in probe.allowedHosts";
    problems.push({ path: `${path}.validation.url`, message, hint });
  }
  if (validation?.credential)
    problems.push(...placementProblems(authConfig, source?.authType, `${path}.validation.credential`, resources));
  if (!source) return problems;
  // Also checked with what RingCX has (permit-edges); what the message alone shows is told before RingCX is asked.
  const places = [
    { url: endpointOf(service), at: endpointField(service) },
    ...(validation?.credential && validation.url ? [{ url: validation.url, at: "validation.url" }] : []),
  ];
  for (const { url, at } of places) {
    problems.push(...(await hostProblems(url, `${path}.${at}`, source.secretId, context.secretReader)));
  }
  return problems;
}

/** Why a validation request could not carry the credential that it is to carry. */
function placementProblems(
  authConfig: string | undefined,
  authType: AuthType | undefined,
  path: string,
  resources: readonly Manifest[],
): Problem[] {
  if (authConfig === undefined) {
    const hint = "name its authConfig, or take validation.credential out";
    return [{ path, message: "the service names no authConfig whose credential could be sent", hint }];
  }
  if (authType === undefined) {
    const declared = resources.flatMap((one) => (one.kind === "authConfig" ? [one.providerName] : []));
    const named = `the secret of ${JSON.stringify(authConfig)} is not known`;
    if (isCopied(path)) {
      const message = `${named} in the account of the copy, whose validation is to send its credential`;
      return [{ path, message, hint: howToDeclare(path, authConfig) }];
    }
    const hint = `${howToDeclare(path, authConfig)}, or correct its name.${nearest(authConfig, declared)}`;
    return [{ path, message: named, hint }];
  }
  if (authType !== "CUSTOM_AUTH") return [];
  const hint = "take validation.credential out: without it the endpoint is asked without a credential";
  return [{ path, message: "a CUSTOM_AUTH credential runs inside RingCX and cannot be sent from here", hint }];
}
