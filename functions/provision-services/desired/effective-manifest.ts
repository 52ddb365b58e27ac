import type { Manifest } from "../../../shared/contract/apply.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { authConfigKey } from "../../../shared/contract/resource-key.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { Known } from "../read/stored-resources.ts";
/** The service's validation request as this message or an earlier one declares it. */
export function validationOf(resource: HttpServiceManifest, record: ServiceRecord | undefined) {
  return resource.validation ?? record?.manifest.validation;
}

/** All that messages have declared; the URL of the validation is written out for whoever probes. */
export function storedManifest(
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
