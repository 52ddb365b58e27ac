import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Validation } from "../../../shared/contract/fields/validation.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { authConfigKey } from "../../../shared/contract/resource-key.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import type { ServiceRecord, StoredServiceManifest } from "../../../shared/records/account/service.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { StoredResources } from "../read/stored-resources.ts";

/**
 * All that messages have declared of a service: the message over what earlier ones declared. What the message does not
 * name still holds. The URL of the validation is written out for whoever sends it.
 */
export function effectiveManifest(
  resource: HttpServiceManifest,
  before: StoredServiceManifest | undefined,
): StoredServiceManifest {
  const { adopt: _adopt, previousName: _previousName, ...declared } = resource;
  // Fields of the one shape mean nothing in the other.
  const isSameShape = (before?.serviceType === "SOAP") === (resource.serviceType === "SOAP");
  const manifest: StoredServiceManifest = { ...(isSameShape && before), ...declared };
  const { validation } = manifest;
  return validation
    ? { ...manifest, validation: { ...validation, url: validation.url ?? endpointOf(resource) } }
    : manifest;
}

/** The service's validation request as this message or an earlier one declares it; without `url` it is its endpoint's. */
export function effectiveValidation(
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Validation | undefined {
  return resource.validation ?? record?.manifest.validation;
}

/** The `providerName` of the service's auth config as this message or an earlier one declares it. */
export function effectiveAuthConfig(
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): string | undefined {
  return resource.authConfig ?? record?.manifest.authConfig;
}

/** The secret (name or ARN) and type of an auth config as this message or an earlier one declares it. */
export function effectiveSecret(
  providerName: string,
  resources: readonly Manifest[],
  stored: StoredResources,
): { secretId: string; authType: AuthType } | undefined {
  for (const resource of resources) {
    if (resource.kind === "authConfig" && isSameName(resource.providerName, providerName)) return resource;
  }
  const record = stored.authConfigs.get(authConfigKey(providerName));
  return record && { secretId: record.secretArn, authType: record.manifest.authType };
}
