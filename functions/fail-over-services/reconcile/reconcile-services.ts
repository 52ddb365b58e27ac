import { ChangeUnderWayError } from "../../../shared/activation/intents.ts";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { collectEvidence, type EvidenceOptions, unknownAlarmsError } from "../evidence/collect-evidence.ts";
import type { AlarmState, Evidence } from "../evidence/evidence.ts";
import { gatherAlarmReads } from "../evidence/gather-alarm-reads.ts";
import { withoutOwnFault } from "../evidence/own-fault.ts";
import type { RecordedService, WatchedService } from "../watchlist/watched-services.ts";
import { type ReconcileDependencies, reconcileService } from "./reconcile-service.ts";

/**
 * How long a sweep lets one service wait for RingCX, in milliseconds: first a short time, because all that is seen of the others
 * waits for it, and then, when that is done, for longer. The next sweep goes on.
 */
const sweepPatienceMs = { first: 3_000, after: 10_000 };

/** A service after its reconciliation. */
export interface ReconciledService extends RecordedService {
  evidence: Evidence;
  /** Why its reconciliation failed; the others are done. */
  error?: unknown;
  /** Another process is at it, or was: what comes of it is not known yet. */
  isUnderWay?: true;
}

/** How services are reconciled. */
export interface ReconcileOptions extends Omit<EvidenceOptions, "among"> {
  /** Ids of the events that speak of a service, of those that it is done for. @default all */
  eventsOf?: (service: WatchedService) => readonly string[];
}

/**
 * Compares services with what is seen of them and does what is due, whatever the trigger was: an alarm's event, five of
 * them, one that came late, or the sweep. All evidence first, then service by service; those of a higher priority
 * before the others.
 *
 * @param states what CloudWatch says of the alarms that were asked for, by ARN
 * @returns the services with their records as they are then
 */
export async function reconcileServices(
  dependencies: ReconcileDependencies,
  services: readonly RecordedService[],
  states: ReadonlyMap<string, AlarmState>,
  options: ReconcileOptions,
): Promise<ReconciledService[]> {
  const asked = { ...options, among: services.length };
  const collected = await Promise.all(
    services.map(async (one) => ({ ...one, evidence: await collectEvidence(dependencies, one, states, asked) })),
  );
  // What goes out late asks its alarms again, each service for itself.
  const together = { ...dependencies, readAlarmStates: gatherAlarmReads(dependencies, services.length) };
  const seen = await withoutOwnFault(dependencies, collected, options.deadline);
  const priorities = [...new Set(seen.map(({ service }) => priorityOf(service)))].sort((a, b) => b - a);
  const reconciled: ReconciledService[] = [];
  const latest = () =>
    options.isSweep ? Math.min(options.deadline, dependencies.clock.now() + sweepPatienceMs.first) : options.deadline;
  for (const priority of priorities) {
    const tier = seen.filter(({ service }) => priorityOf(service) === priority);
    reconciled.push(
      ...(await Promise.all(
        tier.map(({ service, record, evidence }) =>
          correlated(options.eventsOf?.(service) ?? [], async (): Promise<ReconciledService> => {
            try {
              const after = await reconcileService(together, { service, record, evidence }, latest());
              // The sweep sees them again in a minute, and reports what it could not ask.
              const error = options.isSweep ? undefined : unknownAlarmsError(evidence);
              return { service, record: after, evidence, ...(error && { error }) };
            } catch (error) {
              // The other process does it; should it die, the next sweep does.
              if (options.isSweep && error instanceof ChangeUnderWayError)
                return { service, record, evidence, isUnderWay: true };
              return { service, record, evidence, error };
            }
          }),
        ),
      )),
    );
  }
  return reconciled;
}

/**
 * Goes on, for longer, with services for which RingCX has failed in this sweep: with what was seen of them, but nothing is
 * counted twice.
 *
 * @param failed as {@link reconcileServices} has left them
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @returns all of them, as they are then
 */
export function reconcileAgain(
  dependencies: ReconcileDependencies,
  failed: readonly ReconciledService[],
  deadline: number,
): Promise<ReconciledService[]> {
  const latest = Math.min(deadline, dependencies.clock.now() + sweepPatienceMs.after);
  const together = { ...dependencies, readAlarmStates: gatherAlarmReads(dependencies, failed.length) };
  return Promise.all(
    failed.map(async ({ service, record: before, evidence }): Promise<ReconciledService> => {
      try {
        const record = await dependencies.activation.get(service.name);
        const { probedAt } = failoverMemoryOf(before);
        return {
          service,
          evidence,
          record: await reconcileService(together, { service, record, evidence }, latest, probedAt),
        };
      } catch (error) {
        if (error instanceof ChangeUnderWayError) return { service, record: before, evidence, isUnderWay: true };
        return { service, record: before, evidence, error };
      }
    }),
  );
}

function priorityOf({ health }: WatchedService): number {
  return health.priority ?? 0;
}
