import type * as z from "zod";
import type { PresentedCredential } from "../../../shared/probe/place-credential.ts";
import type { Probe, ProbeResult } from "../../../shared/probe/probe.ts";
import { isProbe, whyUntestable } from "../../../shared/probe/untestable-validation.ts";
import { authConfigRecordKey, authConfigRecordSchema } from "../../../shared/records/account/auth-config.ts";
import { authConfigStateKey, fromItem } from "../../../shared/records/credential/auth-config-state.ts";
import {
  inRingCxWords,
  type VersionsInRingCx,
  versionsInRingCx,
} from "../../../shared/records/credential/versions-in-ringcx.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { type Connection, connectionForAccount } from "../../../shared/ringcx/session/connection.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import type { Item } from "../../../shared/state/table.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ReadAlarmStates } from "./alarm-states.ts";
import type { NotAsked, ProbeEvidence } from "./evidence.ts";

/** What it takes to see how a service is. */
export interface EvidenceDependencies extends WatchlistDependencies {
  connections: readonly Connection[];
  /** Reads the tags of each secret at least every five minutes: an owner's correction of them holds from then on. */
  secretReader: SecretReader;
  readAlarmStates: ReadAlarmStates;
  probe: Probe;
}

const usedAuthConfigSchema = authConfigRecordSchema.pick({ authConfigId: true, secretArn: true, manifest: true });
type UsedAuthConfig = z.output<typeof usedAuthConfigSchema>;

/** Whether there is a request to ask its endpoint with. */
export function isProbed({ validation }: Pick<WatchedService, "validation">): boolean {
  return isProbe(validation);
}

/** Why a service that its manifest wants watched by its probe is not; nothing where it is, or need not be. */
export function isNotWatchedByProbe({ health, validation }: WatchedService): string | undefined {
  if (health.watch !== "probe" || !validation) return undefined;
  return whyUntestable(validation);
}

/** Raised where our own side keeps an endpoint from being asked. */
class NotAskedError extends Error {
  override readonly name = "NotAskedError";
  readonly why: NotAsked;

  constructor(why: NotAsked) {
    super(why.because);
    this.why = why;
  }
}

/** Asks a service's endpoint whether it works, with the request that its manifest declares. Never throws. */
export async function probeService(
  dependencies: EvidenceDependencies,
  service: WatchedService,
): Promise<ProbeEvidence | undefined> {
  const { validation } = service;
  if (!validation || !isProbed(service)) return undefined;
  try {
    const held = validation.credential && (await readHeld(dependencies, service));
    const result = await dependencies.probe.check(validation, held?.presented);
    return held?.doubt && !result.passed && result.kind === "REFUSED"
      ? { result: "NOT_ASKED", ...held.doubt, because: `${result.because}; ${held.doubt.because}` }
      : probeEvidence(result, service);
  } catch (error) {
    const why: NotAsked =
      error instanceof NotAskedError
        ? error.why
        : { fault: "NETWORK", subject: "the probe", because: `the probe could not be sent: ${describe(error)}` };
    return { result: "NOT_ASKED", ...why };
  }
}

/** What a probe's result says: only what came back from the endpoint, or the lack of it, speaks of the endpoint. */
function probeEvidence(result: ProbeResult, { name, validation }: WatchedService): ProbeEvidence {
  if (result.passed) return { result: "PASSED" };
  const { kind, because, isUnanswered } = result;
  switch (kind) {
    case "FORBIDDEN":
      return { result: "NOT_ASKED", fault: "SETTINGS", subject: hostOf(validation), because };
    case "UNTESTABLE":
      return { result: "NOT_ASKED", fault: "MANIFEST", subject: displayName(name), because };
    case "NOT_ASKED":
      return { result: "NOT_ASKED", fault: "NETWORK", subject: "resolver and network of the function", because };
    case "REFUSED":
    case "DIFFERENT":
    case "UNREACHABLE":
      return { result: "FAILED", because, isAnswered: isUnanswered === undefined };
  }
}

/** What RingCX presents to the endpoint, as far as it is known. */
interface HeldCredential {
  presented: PresentedCredential;
  /** Why RingCX may present another credential: that this one is refused says nothing then. */
  doubt?: NotAsked;
}

async function readHeld(dependencies: EvidenceDependencies, service: WatchedService): Promise<HeldCredential> {
  const authConfig = await usedAuthConfig(dependencies, service);
  const { accountId } = service.name;
  const { secretArn, ...inRingCx } = await heldVersions(dependencies, accountId, authConfig);
  try {
    const [version] = inRingCx.versionIds;
    const presented = await credentialOf(dependencies, accountId, { ...authConfig, secretArn }, version);
    if (inRingCx.isKnown) return { presented };
    return { presented, doubt: { fault: "SECRET", subject: secretArn, because: inRingCxWords(inRingCx) } };
  } catch (error) {
    const because = `its credential, secret ${secretArn}, cannot be used: ${describe(error)}`;
    throw new NotAskedError({ fault: "SECRET", subject: secretArn, because });
  }
}

/**
 * Which versions of which secret RingCX may have: not always the current one, which a person may have moved, or rotation not have
 * written. None where nothing is known of it: then it was given the current one.
 *
 * @throws {NotAskedError}
 */
async function heldVersions(
  { table }: EvidenceDependencies,
  accountId: string,
  { authConfigId, secretArn }: UsedAuthConfig,
): Promise<VersionsInRingCx & { secretArn: string }> {
  const key = authConfigStateKey(accountId, authConfigId);
  try {
    const record = fromItem(await table.get(key));
    return { ...versionsInRingCx(record), secretArn: record.secretArn ?? secretArn };
  } catch (error) {
    throw new NotAskedError({ fault: "STATE_TABLE", subject: `${key.pk} ${key.sk}`, because: describe(error) });
  }
}

/** @throws {NotAskedError} what is known of the service does not say which secret it uses */
async function usedAuthConfig(
  { table }: EvidenceDependencies,
  { name, authConfig }: WatchedService,
): Promise<UsedAuthConfig> {
  if (authConfig === undefined) {
    const because = "its validation places a credential, but it declares no auth config";
    throw new NotAskedError({ fault: "MANIFEST", subject: displayName(name), because });
  }
  const { pk, sk } = authConfigRecordKey(name.accountId, authConfig);
  const problem = (because: string) => new NotAskedError({ fault: "STATE_TABLE", subject: `${pk} ${sk}`, because });
  let item: Item | undefined;
  try {
    item = await table.get({ pk, sk });
  } catch (error) {
    throw problem(`the state table cannot be read: ${describe(error)}`);
  }
  if (!item) throw problem(`the state table has no auth config "${authConfig}" (pk "${pk}", sk "${sk}")`);
  try {
    return parseItem(usedAuthConfigSchema, item);
  } catch (error) {
    throw problem(describe(error));
  }
}

/** @throws what reading and parsing the secret throws */
async function credentialOf(
  { connections, secretReader }: EvidenceDependencies,
  accountId: string,
  { secretArn, manifest }: UsedAuthConfig,
  versionId: string | undefined,
): Promise<PresentedCredential> {
  const credential = await secretReader.credential(secretArn, manifest.authType, versionId);
  return { credential, accountId, connection: connectionForAccount(connections, accountId).name };
}

function hostOf(validation: WatchedService["validation"]): string {
  return validation ? new URL(validation.url).host : "";
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
