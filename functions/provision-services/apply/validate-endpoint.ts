import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { secretOf, validationOf } from "../desired/effective-manifest.ts";
import type { Work } from "./apply-context.ts";

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
