import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { effectiveAuthConfig, effectiveSecret, effectiveValidation } from "../desired/effective-manifest.ts";
import type { ApplyContext } from "./apply-context.ts";

/**
 * Asks the endpoint as it is declared, with the current credential. `undefined` when nothing declares how to ask.
 *
 * @throws {DeferredError} while it has not answered; nothing that was done is lost, and it is asked once
 */
export async function validateEndpoint(
  context: ApplyContext,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Promise<ProbeResult | undefined> {
  const validation = effectiveValidation(resource, record);
  if (!validation) return undefined;
  const authConfig = effectiveAuthConfig(resource, record);
  const source = authConfig === undefined ? undefined : effectiveSecret(authConfig, context.resources, context.stored);
  const request = { ...validation, url: validation.url ?? endpointOf(resource) };
  if (!validation.credential || !source) return context.validator.check(request);
  const { accountId, connection, secretReader } = context;
  const credential = await secretReader.credential(source.secretId, source.authType);
  const presented = { credential, accountId, connection: connection.name, secretId: source.secretId };
  return context.validator.check(request, presented);
}
