import type { Problem } from "../../../shared/contract/outcome.ts";
import { serviceKey } from "../../../shared/contract/resource-key.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import { decideUnproven, type UnprovenPolicy } from "../../../shared/proof/decide-unproven.ts";
import {
  serviceRecordFromItem,
  serviceRecordKey,
  validationRequestOf,
} from "../../../shared/records/account/service.ts";
import type { CredentialRecord, ProofWait } from "../../../shared/records/credential/auth-config-state.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import type { Credential } from "../../../shared/secrets/credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { isWaived } from "../../../shared/secrets/waived-version.ts";
import { effectiveManifest } from "../desired/effective-manifest.ts";
import { type PlacedService, servicesOfTree } from "../read/observed-account.ts";
import type { ApplyContext } from "../write/apply-context.ts";

/** Most endpoints that one credential is tried at: a validation, not a load test. */
const maxEndpoints = 5;

/** Time that is left for the write itself, in milliseconds: with less no further endpoint is asked. */
const writeMs = 10_000;

/** What speaks against a credential that is to take the place of one in use; what the proof leaves open, in words. */
export interface CredentialProof {
  problem?: Omit<Problem, "path">;
  /** What is recorded of it, where it may be written. */
  answer: ProofAnswer;
  remarks: readonly string[];
}

/** A message does not wait: what cannot be asked about now is for its sender to send again. */
const policy: UnprovenPolicy = { couldNotBeAsked: "keep", notProvable: "write" };

/**
 * Tries a credential at the live services that it would reach, by the validation that will be in force: the message's own, or
 * what was declared before. One of each host first. Services that are inactive are neither asked nor heard; but a version that the
 * sync keeps back, or that an endpoint has refused, is written for none of them either.
 *
 * @param record of the auth config's credential
 * @throws {DeferredError} while one has not answered; those that have are not asked again
 */
export async function proveCredential(
  context: ApplyContext,
  authConfigId: string,
  { credential, secretId, secret, record }: Proven,
): Promise<CredentialProof> {
  const { accountId, connection, validator, clock, deadline } = context;
  const requests = await requestsOf(context, await liveServices(context, authConfigId));
  const asked = eachHostFirst(requests).slice(0, maxEndpoints);
  const { versionId } = credential;
  const waived = isWaived(secret, versionId);
  let answer: ProofAnswer = "NOT_PROVABLE";
  let askedCount = 0;
  for (const { name, request } of asked) {
    if (askedCount > 0 && clock.now() > deadline - writeMs) break;
    askedCount += 1;
    const presented = { credential, accountId, connection: connection.name, secretId };
    const result = await validator.check(request, presented);
    if (result.passed && answer === "NOT_PROVABLE") answer = "ACCEPTED";
    // What cannot be proven by its nature is written, as rotation does: it could never get in otherwise.
    if (result.passed || (result.kind === "UNTESTABLE" && result.isByNature)) continue;
    const isRefused = result.kind === "REFUSED";
    if (!isRefused) answer = "COULD_NOT_BE_ASKED";
    if (!isRefused && waived) continue;
    const what = isRefused ? "would fail with it" : "could not be asked whether it works with it";
    const message = `the live service ${name} ${what}: ${result.because}`;
    const mend = isRefused ? "put a working credential into the secret" : "make its endpoint answer its validation";
    return { problem: { message, hint: `${mend} and send the message again` }, answer, remarks: [] };
  }
  const wait = waitOf(record, versionId, secret.arn);
  const decision = decideUnproven(
    {
      answer,
      held: undefined,
      wait: wait ?? { since: new Date(clock.now()).toISOString() },
      hasWaited: wait !== undefined,
      policy,
      withinMs: 0,
      isWaived: waived,
    },
    clock.now(),
  );
  if (decision.kind === "KEEP") return { problem: keptProblem(decision.why, versionId), answer, remarks: [] };
  const left = requests.length - askedCount;
  const remarks = left > 0 ? [`tried at ${askedCount} live services, not at ${left} more`] : [];
  return { answer: decision.as, remarks };
}

/** What is proven: a secret's current version, for an auth config that is there. */
interface Proven {
  credential: Credential;
  secretId: string;
  secret: SecretDescription;
  record: CredentialRecord;
}

/** Codes of failures that say of a version what no later silence takes back. */
const keptCodes = ["CREDENTIAL_REFUSED", "PROOF_PENDING", "CREDENTIAL_UNPROVEN"];

/** What the sync knows of a version that it has not written. */
function waitOf(
  { secretArn, proofWait, failure }: CredentialRecord,
  versionId: string,
  arn: string,
): Pick<ProofWait, "since" | "refusedAt"> | undefined {
  if (secretArn !== undefined && secretArn !== arn) return undefined;
  if (proofWait?.versionId === versionId) return proofWait;
  if (failure?.versionId !== versionId || !keptCodes.includes(failure.code)) return undefined;
  const since = new Date(failure.retryAt).toISOString();
  return { since, ...(failure.code === "CREDENTIAL_REFUSED" && { refusedAt: since }) };
}

function keptProblem(why: string, versionId: string): Omit<Problem, "path"> {
  const none = "and no service is live that could be asked now";
  return why === "REFUSED"
    ? {
        message: `an endpoint refused version ${versionId} of its secret, ${none}: RingCX keeps what it has`,
        hint: "put a working credential into the secret and send the message again",
      }
    : {
        message: `version ${versionId} of its secret waits to be proven, ${none}: RingCX keeps what it has`,
        hint: `make its endpoint answer its validation, or tag the secret ${secretTags.acceptUnproven}=${versionId} to have it written unproven, and send the message again`,
      };
}

/** As RingCX shows the links, or, where it shows none, as they are known. */
async function liveServices(
  { accountId, table, observed }: ApplyContext,
  authConfigId: string,
): Promise<PlacedService[]> {
  const users = await readAuthConfigUsers(table, { accountId, authConfigId });
  const isUser = ({ groupName, service }: PlacedService) =>
    isSameId(service.authConfigId, authConfigId) ||
    (service.authConfigId === undefined &&
      users.some(
        (user) =>
          user.serviceId === service.serviceId ||
          (isSameName(user.groupName, groupName) && isSameName(user.serviceDescription, service.serviceDescription)),
      ));
  return servicesOfTree(observed.groups).filter((placed) => placed.service.isEnabled === true && isUser(placed));
}

/** How each is asked; those whose validation sends no credential say nothing about one. */
async function requestsOf({ accountId, table, resources, stored }: ApplyContext, services: readonly PlacedService[]) {
  const requests = await Promise.all(
    services.map(async ({ groupName, service }) => {
      const { serviceDescription } = service;
      const declared = resources.find(
        (resource) =>
          resource.kind === "httpService" &&
          isSameName(resource.groupName, groupName) &&
          (isSameName(resource.serviceDescription, serviceDescription) ||
            isSameName(resource.previousName, serviceDescription)),
      );
      const record =
        stored.services.get(serviceKey(groupName, serviceDescription)) ??
        serviceRecordFromItem(await table.get(serviceRecordKey({ accountId, groupName, serviceDescription })));
      const manifest =
        declared?.kind === "httpService" ? effectiveManifest(declared, record?.manifest) : record?.manifest;
      // Where the service is now: its move, if the message asks for one, comes after this.
      const live = manifest && {
        ...manifest,
        httpServiceConfig: { url: urlOf(service) },
        soapEndpoint: urlOf(service),
      };
      const request = live && validationRequestOf(live);
      return request?.credential === undefined ? [] : [{ name: `${groupName}/${serviceDescription}`, request }];
    }),
  );
  return requests.flat();
}

function eachHostFirst<One extends { request: { url: string } }>(requests: readonly One[]): One[] {
  const byHost = Map.groupBy(requests, ({ request }) => new URL(request.url).host);
  const first = [...byHost.values()].flatMap((ones) => ones.slice(0, 1));
  return [...first, ...requests.filter((one) => !first.includes(one))];
}
