import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { effectiveAuthConfig, effectiveSecret, effectiveValidation } from "../desired/effective-manifest.ts";
import type { ApplyContext } from "./apply-context.ts";

/** Asks the endpoint as it is declared, with the current credential. `undefined` when nothing declares how to ask. */
export async function validateEndpoint(
  context: ApplyContext,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Promise<ProbeResult | undefined> {
  const validation = effectiveValidation(resource, record);
  if (!validation) return undefined;
  const authConfig = effectiveAuthConfig(resource, record);
  const source = authConfig === undefined ? undefined : effectiveSecret(authConfig, context.resources, context.stored);
  const credential =
    validation.credential && source
      ? await context.secretReader.credential(source.secretId, source.authType)
      : undefined;
  return context.probe.check({ ...validation, url: validation.url ?? endpointOf(resource) }, credential);
}
