import type { Manifest } from "../../../shared/contract/apply.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { authConfigKey } from "../../../shared/contract/resource-key.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { StoredResources } from "../read/stored-resources.ts";
/** The service's validation request as this message or an earlier one declares it. */
export function effectiveValidation(resource: HttpServiceManifest, record: ServiceRecord | undefined) {
  return resource.validation ?? record?.manifest.validation;
}

/** All that messages have declared; the URL of the validation is written out for whoever probes. */
export function effectiveManifest(
  resource: HttpServiceManifest,
  before: HttpServiceManifest | undefined,
): HttpServiceManifest {
  const { adopt: _adopt, previousName: _previousName, ...declared } = resource;
  // Fields of the one shape mean nothing in the other.
  const isSameShape = (before?.serviceType === "SOAP") === (resource.serviceType === "SOAP");
  const manifest = { ...(isSameShape && before), ...declared } as HttpServiceManifest;
  const { validation } = manifest;
  return validation
    ? { ...manifest, validation: { ...validation, url: validation.url ?? endpointOf(resource) } }
    : manifest;
}

/** The secret and type of an auth config, as the message or an earlier one declares it. */
export function effectiveSecret(
  providerName: string,
  resources: readonly Manifest[],
  stored: StoredResources,
): { secretId: string; authType: AuthType } | undefined {
  const declared = resources.find(
    (resource) => resource.kind === "authConfig" && resource.providerName === providerName,
  );
  if (declared?.kind === "authConfig") return declared;
  const record = stored.authConfigs.get(authConfigKey(providerName));
  return record && { secretId: record.secretArn, authType: record.manifest.authType };
}
