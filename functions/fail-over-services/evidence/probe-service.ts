import type { PresentedCredential } from "../../../shared/probe/place-credential.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import { whyUntestable } from "../../../shared/probe/untestable-validation.ts";
import { authConfigRecordKey, authConfigRecordSchema } from "../../../shared/records/account/auth-config.ts";
import { type Connection, connectionForAccount } from "../../../shared/ringcx/session/connection.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ReadAlarmStates } from "./alarm-states.ts";
import type { Evidence } from "./evidence.ts";

/** What it takes to see how a service is. */
export interface EvidenceDependencies extends WatchlistDependencies {
  connections: readonly Connection[];
  /** Reads the tags of each secret at least every five minutes: an owner's correction of them holds from then on. */
  secretReader: SecretReader;
  readAlarmStates: ReadAlarmStates;
  probe: Probe;
}

const usedAuthConfigSchema = authConfigRecordSchema.pick({ secretArn: true, manifest: true });

/**
 * Whether there is a request to ask its endpoint with. Only what reads: a probe that is repeated each minute must
 * never create data, so a POST is not sent and the alarms alone decide. So they do where a stored validation holds what
 * the contract refuses by now: that says nothing about the endpoint.
 */
export function isProbed({ validation }: WatchedService): boolean {
  return validation !== undefined && validation.method !== "POST" && whyUntestable(validation) === undefined;
}

/** Asks a service's endpoint whether it works, with the request that its manifest declares. */
export async function probeService(
  dependencies: EvidenceDependencies,
  service: WatchedService,
): Promise<Evidence["probe"]> {
  const { validation } = service;
  if (!validation || !isProbed(service)) return undefined;
  try {
    const credential = validation.credential ? await credentialOf(dependencies, service) : undefined;
    const result = await dependencies.probe.check(validation, credential);
    return result.passed ? { passed: true } : { passed: false, because: result.because };
  } catch (error) {
    // Not being able to ask is no evidence that it works.
    return { passed: false, because: error instanceof Error ? error.message : "the probe could not be sent" };
  }
}

async function credentialOf(
  { table, connections, secretReader }: EvidenceDependencies,
  { name, authConfig }: WatchedService,
): Promise<PresentedCredential | undefined> {
  if (authConfig === undefined) return undefined;
  const { data } = usedAuthConfigSchema.safeParse(await table.get(authConfigRecordKey(name.accountId, authConfig)));
  if (!data) return undefined;
  const { accountId } = name;
  const credential = await secretReader.credential(data.secretArn, data.manifest.authType);
  return { credential, accountId, connection: connectionForAccount(connections, accountId).name };
}
