import type { Probe } from "../../../shared/probe/probe.ts";
import { serviceRecordKey, serviceRecordSchema, validationRequestOf } from "../../../shared/records/account/service.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Credential } from "../../../shared/secrets/credential.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** What the endpoints say that are called with a credential. */
export type EndpointAnswer =
  /** Every one that says anything accepts it, and at least one does. */
  | { kind: "ACCEPTED" }
  /** One refuses it. */
  | { kind: "REFUSED"; reason: string }
  /** None could be asked, or the answers say nothing about the credential. */
  | { kind: "UNKNOWN"; reason: string }
  /** No service declares how to ask. */
  | { kind: "UNDECLARED" };

/** Asks the endpoints of the services that use an auth config whether they accept a credential. */
export type VerifyAtEndpoint = (binding: SecretBinding, credential: Credential) => Promise<EndpointAnswer>;

// What a manifest declares of its endpoint, as far as a validation needs it.
const declaredSchema = serviceRecordSchema.pick({ manifest: true });

/** Most endpoints that are asked about one credential: a verification, not a load test. */
const maxEndpoints = 5;

/** Sends the validation requests that the manifests declare, with the credential placed as they declare. */
export function createEndpointVerifier({ table, probe }: { table: StateTable; probe: Probe }): VerifyAtEndpoint {
  return async (binding, credential) => {
    const declared = await declaredValidations(table, binding);
    if (declared.length === 0) return { kind: "UNDECLARED" };
    const unknown: string[] = [];
    let hasAccepted = false;
    for (const { name, validation } of declared.slice(0, maxEndpoints)) {
      const { accountId, connection } = binding;
      const result = await probe.check(validation, { credential, accountId, connection });
      if (result.passed) hasAccepted = true;
      else if (result.kind === "REFUSED") return { kind: "REFUSED", reason: `${name}: ${result.because}` };
      else unknown.push(`${name}: ${result.because}`);
    }
    return hasAccepted ? { kind: "ACCEPTED" } : { kind: "UNKNOWN", reason: unknown.join("; ") };
  };
}

async function declaredValidations(table: StateTable, binding: SecretBinding) {
  const services = await readAuthConfigUsers(table, binding);
  const items = await Promise.all(services.map((service) => table.get(serviceRecordKey(service))));
  return items.flatMap((item) => {
    const { data } = declaredSchema.safeParse(item);
    if (!data) return [];
    const validation = validationRequestOf(data.manifest);
    // Without a place for the credential the request says nothing about it.
    return validation?.credential === undefined ? [] : [{ name: data.manifest.serviceDescription, validation }];
  });
}
