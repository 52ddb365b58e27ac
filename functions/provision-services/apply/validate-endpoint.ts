import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import { secretOf } from "../authorize/authorize-resources.ts";
import type { ServiceRecord } from "../read/stored-resources.ts";
import type { Work } from "./apply-context.ts";

/** The service's validation request as this message or an earlier one declares it. */
export function validationOf(resource: HttpServiceManifest, record: ServiceRecord | undefined) {
  return resource.validation ?? record?.manifest.validation;
}

/** Asks the endpoint as it is declared, with the current credential. `undefined` when nothing declares how to ask. */
export async function prove(
  work: Work,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Promise<ProbeResult | undefined> {
  const validation = validationOf(resource, record);
  if (!validation) return undefined;
  const authConfig = resource.authConfig ?? record?.manifest.authConfig;
  const source = authConfig === undefined ? undefined : secretOf(authConfig, work.resources, work.known);
  const credential =
    validation.credential && source ? await work.vault.credential(source.secretId, source.authType) : undefined;
  return work.prober.check({ ...validation, url: validation.url ?? endpointOf(resource) }, credential);
}
