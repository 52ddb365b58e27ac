import { watchOf } from "../../../shared/records/account/failover-memory.ts";
import { titleOf, type Watched, type WatchedService } from "../watchlist/watched-services.ts";
import type { AlarmState } from "./alarm-states.ts";
import type { Evidence } from "./evidence.ts";
import type { EvidenceDependencies } from "./probe-service.ts";
import { isProbed, probeOf } from "./probe-service.ts";
export interface LookOptions {
  /** Epoch milliseconds. */
  deadline: number;
  /** The sweep asks for everything; an event only for its own alarms, because seconds count. */
  isSweep: boolean;
}

export async function evidenceOf(
  parts: EvidenceDependencies,
  { service, record }: Watched,
  states: ReadonlyMap<string, AlarmState>,
  { isSweep }: LookOptions,
): Promise<Evidence> {
  const alarms = service.alarms.flatMap((arn) => {
    const state = states.get(arn);
    return state ? [{ arn, state }] : [];
  });
  const { trial, heldBack, observedOutage } = watchOf(record);
  const isInQuestion =
    record.reasons.some(({ kind }) => kind === "OUTAGE") ||
    (trial ?? heldBack ?? observedOutage) !== undefined ||
    service.health.watch === "probe";
  if (!isSweep || !isInQuestion || !isProbed(service)) return { alarms, probe: undefined, isComplete: isSweep };
  // Only a sweep probes, so it is once a minute; each service at its own moment, so that they do not ask all at once.
  await parts.clock.sleep(momentOf(service));
  return { alarms, probe: await probeOf(parts, service), isComplete: true };
}

/** What could not be asked is asked again: the event comes back, and the sweep says that it failed. */
export function unknownIn({ alarms }: Evidence): { error: Error } | undefined {
  const because = alarms.flatMap(({ arn, state }) => (state.state === "UNKNOWN" ? [`${arn}: ${state.because}`] : []));
  return because.length === 0
    ? undefined
    : { error: new Error(`CloudWatch could not be asked: ${because.join("; ")}`) };
}

/** Within how many milliseconds of a sweep the probes are sent. */
const probesWithinMs = 5_000;

/** The same for a service each time, so that a minute lies between its probes. In milliseconds. */
function momentOf({ name }: WatchedService): number {
  let hash = 0;
  for (const character of `${name.accountId}/${titleOf(name)}`) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return hash % probesWithinMs;
}
