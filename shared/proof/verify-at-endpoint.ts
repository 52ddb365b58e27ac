import { createActivationStore } from "../activation/activation-store.ts";
import { reasonsInForce } from "../activation/reasons.ts";
import type { Clock } from "../primitives/clock.ts";
import type { Probe, ProbeResult } from "../probe/probe.ts";
import { type ActivationRecord, emptyActivation } from "../records/account/activation.ts";
import { serviceRecordKey, serviceRecordSchema, validationRequestOf } from "../records/account/service.ts";
import { readAuthConfigUsers } from "../records/credential/auth-config-users.ts";
import type { SecretBinding } from "../records/credential/secret-binding.ts";
import type { Credential } from "../secrets/credential.ts";
import type { StateTable } from "../state/table.ts";
import { isUnreadable } from "../state/unreadable-item.ts";

/** What the endpoints say that are called with a credential: a {@link ProofAnswer}, and why. */
export type EndpointAnswer =
  /** Every one that says anything accepts it, and at least one does. */
  | { kind: "ACCEPTED" }
  /** One refuses it. */
  | { kind: "REFUSED"; reason: string }
  /** A live service's could not be asked, or answered what says nothing about the credential, and no other accepts it. */
  | { kind: "COULD_NOT_BE_ASKED"; reason: string }
  /** No live service declares how to ask, or no credential of this kind can be presented from here. */
  | { kind: "NOT_PROVABLE"; reason: string };

/** What the endpoints said of what auth configs have, by `bindingKey`; none of one that is not known, or cannot be read. */
export type EndpointAnswers = ReadonlyMap<string, EndpointAnswer>;

/** Asks the endpoints of the services that use an auth config whether they accept a credential. */
export type VerifyAtEndpoint = (binding: SecretBinding, credential: Credential) => Promise<EndpointAnswer>;

// What a manifest declares of its endpoint, as far as a validation needs it.
const declaredSchema = serviceRecordSchema.pick({ manifest: true });

/** Most endpoints that are asked about one credential: a verification, not a load test. */
const maxEndpoints = 5;

/** Sends the validation requests that the manifests declare, with the credential placed as they declare. */
export function createEndpointVerifier(dependencies: {
  table: StateTable;
  clock: Clock;
  probe: Probe;
}): VerifyAtEndpoint {
  const { probe } = dependencies;
  return async (binding, credential) => {
    const services = await readAuthConfigUsers(dependencies.table, binding);
    const declared = await declaredValidations(dependencies, services);
    const unknown: string[] = [];
    const unprovable: string[] = [];
    let hasAccepted = false;
    // Live ones first: only they have something to lose.
    for (const { name, isLive, validation } of declared.slice(0, maxEndpoints)) {
      const { accountId, connection } = binding;
      const result = await probe.check(validation, { credential, accountId, connection });
      if (result.passed) hasAccepted = true;
      else if (result.kind === "REFUSED") return { kind: "REFUSED", reason: `${name}: ${result.because}` };
      else (isLive && !isUnprovable(result) ? unknown : unprovable).push(`${name}: ${result.because}`);
    }
    if (hasAccepted) return { kind: "ACCEPTED" };
    if (unknown.length > 0) return { kind: "COULD_NOT_BE_ASKED", reason: unknown.join("; ") };
    const none = services.length === 0 ? "no service uses it" : "no service declares how to ask";
    const [reason = none] = unprovable;
    return { kind: "NOT_PROVABLE", reason };
  };
}

function isUnprovable(result: Extract<ProbeResult, { passed: false }>): boolean {
  return result.kind === "UNTESTABLE" && result.isByNature === true;
}

async function declaredValidations(
  { table, clock }: { table: StateTable; clock: Clock },
  services: Awaited<ReturnType<typeof readAuthConfigUsers>>,
) {
  const activation = createActivationStore({ table, clock }, { isMover: true });
  const declared = await Promise.all(
    services.map(async (service) => {
      const { data } = declaredSchema.safeParse(await table.get(serviceRecordKey(service)));
      const validation = data && validationRequestOf(data.manifest);
      // Without a place for the credential the request says nothing about it.
      if (validation?.credential === undefined) return [];
      const isLive = isMeantToBeLive(await activation.get(service).catch(liveIfUnreadable), clock.now());
      return [{ name: service.serviceDescription, isLive, validation }];
    }),
  );
  return declared.flat().toSorted((a, b) => Number(b.isLive) - Number(a.isLive));
}

/** Inactive only as long as its endpoint is down counts as live: it comes back with the credential that it has. */
function isMeantToBeLive(record: ActivationRecord, now: number): boolean {
  return reasonsInForce(record, now).every(({ kind }) => kind === "OUTAGE" || kind === "FLAPPING");
}

function liveIfUnreadable(error: unknown): ActivationRecord {
  if (isUnreadable(error)) return emptyActivation;
  throw error;
}
