import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { FailoverSettings } from "../settings.ts";
import type { RecordedService, WatchedService } from "../watchlist/watched-services.ts";
import type { AlarmState, Evidence } from "./evidence.ts";
import { type EvidenceDependencies, isProbed, probeService } from "./probe-service.ts";

/** How much is asked. */
export interface EvidenceOptions {
  /** The sweep asks for everything; an event only for its own alarms, because seconds count. */
  isSweep: boolean;
  /** By when the invocation must be done, epoch milliseconds. */
  deadline: number;
  /** How many services are asked about together. */
  among: number;
}

/** Whether nothing is asked of a service: failover is off for it, and no outage of before is left to end. Pure. */
export function isLeftAlone(
  { service: { health }, record: { reasons } }: RecordedService,
  { mode }: Pick<FailoverSettings, "mode">,
): boolean {
  return (health.mode ?? mode) === "off" && !reasons.some(({ kind }) => kind === "OUTAGE");
}

/**
 * What is seen of a service now. In a sweep its probe is sent if that matters: in an outage, in a trial, or where the
 * manifest wants it watched by its probe.
 *
 * @param states what CloudWatch says of the alarms that were asked for, by ARN
 */
export async function collectEvidence(
  dependencies: EvidenceDependencies & { settings: Pick<FailoverSettings, "leastSecondsBetweenProbes" | "mode"> },
  { service, record }: RecordedService,
  states: ReadonlyMap<string, AlarmState>,
  { isSweep, deadline, among }: EvidenceOptions,
): Promise<Evidence> {
  const alarms = service.alarms.flatMap((arn) => {
    const state = states.get(arn);
    return state ? [{ arn, state }] : [];
  });
  if (isLeftAlone({ service, record }, dependencies.settings)) {
    return { alarms: [], probe: undefined, isComplete: false };
  }
  const { trial, suppressed, observedOutage, observedSuppressed, probedAt } = failoverMemoryOf(record);
  const isInQuestion =
    record.reasons.some(({ kind }) => kind === "OUTAGE") ||
    (trial ?? suppressed ?? observedOutage ?? observedSuppressed) !== undefined ||
    service.health.watch === "probe";
  const isComplete = isSweep && !service.isPartial;
  if (!isSweep || !isInQuestion || !isProbed(service)) return { alarms, probe: undefined, isComplete };
  // Another sweep of this minute has counted its probe: "three times in a row" is three minutes, whoever sweeps.
  const betweenProbesMs = dependencies.settings.leastSecondsBetweenProbes * 1_000;
  if (probedAt !== undefined && Math.abs(dependencies.clock.now() - Date.parse(probedAt)) < betweenProbesMs) {
    return { alarms, probe: undefined, isComplete: false };
  }
  // Only a sweep probes, so it is once a minute; each service at its own moment, so that they do not ask all at once.
  await dependencies.clock.sleep(probeDelayMs(service, among));
  if (dependencies.clock.now() >= deadline) {
    const because = "the time of this sweep was used up before its endpoint could be asked";
    return { alarms, probe: { result: "NOT_ASKED", fault: "TIME", subject: "the sweep", because }, isComplete };
  }
  return { alarms, probe: await probeService(dependencies, service), isComplete };
}

/** An event whose alarm could not be asked for comes again, unless nothing but other settings can change that. */
export function unknownAlarmsError({ alarms }: Evidence): Error | undefined {
  const because = alarms.flatMap(({ arn, state }) =>
    state.state === "UNKNOWN" && !state.isLasting ? [`${arn}: ${state.because}`] : [],
  );
  return because.length === 0 ? undefined : new Error(`CloudWatch could not be asked: ${because.join("; ")}`);
}

/** Within how many milliseconds of a sweep the probes are sent, at most ... */
const probesWithinMs = 5_000;

/** ... and of how many services it takes so long: a Lambda that waits for a handful is paid for nothing. */
const probesInFullTime = 100;

/** The same for a service each time, so that a minute lies between its probes. In milliseconds. */
function probeDelayMs({ name }: WatchedService, among: number): number {
  let hash = 0;
  for (const character of `${name.accountId}/${displayName(name)}`) {
    hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  }
  return (hash % probesWithinMs) * Math.min(1, among / probesInFullTime);
}
