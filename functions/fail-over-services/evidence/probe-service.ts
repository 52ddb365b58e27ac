import type { Probe } from "../../../shared/probe/probe.ts";
import { whyUntestable } from "../../../shared/probe/untestable-validation.ts";
import { authConfigRecordKey, authConfigRecordSchema } from "../../../shared/records/account/auth-config.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ReadAlarmStates } from "./alarm-states.ts";
import type { Evidence } from "./evidence.ts";

/** What it takes to see how a service is. */
export interface EvidenceDependencies extends WatchlistDependencies, Pick<BaseDependencies, "secrets"> {
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
  { table, secrets }: EvidenceDependencies,
  { name, authConfig }: WatchedService,
): Promise<Credential | undefined> {
  if (authConfig === undefined) return undefined;
  const { data } = usedAuthConfigSchema.safeParse(await table.get(authConfigRecordKey(name.accountId, authConfig)));
  if (!data) return undefined;
  const { text, versionId } = await readSecret(secrets, data.secretArn);
  return parseCredential(text, data.manifest.authType, versionId);
}
