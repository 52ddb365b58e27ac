import { watchOf } from "../../../shared/records/account/failover-memory.ts";
import type { FailOverParts } from "../dependencies.ts";
import type { AlarmState } from "../evidence/alarm-states.ts";
import { isProbed, probeOf } from "../evidence/probe-service.ts";
import type { Evidence } from "../outage/outage-decision.ts";
import { titleOf, type Watched, type WatchedService } from "../watchlist/watched-services.ts";
import { settle } from "./reconcile-service.ts";

export interface Looked extends Watched {
  /** Why looking at it failed; the others are done. */
  error?: unknown;
}

export interface LookOptions {
  /** Epoch milliseconds. */
  deadline: number;
  /** The sweep asks for everything; an event only for its own alarms, because seconds count. */
  isSweep: boolean;
}

/**
 * Looks at services and does what is due, whatever it was that said "look": an alarm's event, five of them, one that
 * came late, or the sweep. All evidence first, then service by service; those of a higher priority before the others.
 *
 * @param states what CloudWatch says of the alarms that were asked for
 * @returns the services with their records as they are now
 */
export async function lookAt(
  parts: FailOverParts,
  watched: readonly Watched[],
  states: ReadonlyMap<string, AlarmState>,
  options: LookOptions,
): Promise<Looked[]> {
  const seen = await Promise.all(
    watched.map(async (one) => ({ ...one, evidence: await evidenceOf(parts, one, states, options) })),
  );
  const priorities = [...new Set(seen.map(({ service }) => priorityOf(service)))].sort((a, b) => b - a);
  const looked: Looked[] = [];
  for (const priority of priorities) {
    const tier = seen.filter(({ service }) => priorityOf(service) === priority);
    looked.push(
      ...(await Promise.all(
        tier.map(async ({ service, record, evidence }): Promise<Looked> => {
          try {
            const after = await settle(parts, { service, record, evidence }, options.deadline);
            return { service, record: after, ...unknownIn(evidence) };
          } catch (error) {
            return { service, record, error };
          }
        }),
      )),
    );
  }
  return looked;
}

async function evidenceOf(
  parts: FailOverParts,
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
function unknownIn({ alarms }: Evidence): { error: Error } | undefined {
  const because = alarms.flatMap(({ arn, state }) => (state.state === "UNKNOWN" ? [`${arn}: ${state.because}`] : []));
  return because.length === 0
    ? undefined
    : { error: new Error(`CloudWatch could not be asked: ${because.join("; ")}`) };
}

function priorityOf({ health }: WatchedService): number {
  return health.priority ?? 0;
}

/** Within how many milliseconds of a sweep the probes are sent. */
const probesWithinMs = 5_000;

/** The same for a service each time, so that a minute lies between its probes. In milliseconds. */
function momentOf({ name }: WatchedService): number {
  let hash = 0;
  for (const character of `${name.accountId}/${titleOf(name)}`) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return hash % probesWithinMs;
}
