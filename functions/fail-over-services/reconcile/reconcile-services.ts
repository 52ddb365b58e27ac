import type { AlarmState } from "../evidence/alarm-states.ts";
import { evidenceOf, type LookOptions, unknownIn } from "../evidence/collect-evidence.ts";
import type { Watched, WatchedService } from "../watchlist/watched-services.ts";
import type { ReconcileDependencies } from "./reconcile-service.ts";
import { settle } from "./reconcile-service.ts";

export interface Looked extends Watched {
  /** Why looking at it failed; the others are done. */
  error?: unknown;
}

/**
 * Looks at services and does what is due, whatever it was that said "look": an alarm's event, five of them, one that
 * came late, or the sweep. All evidence first, then service by service; those of a higher priority before the others.
 *
 * @param states what CloudWatch says of the alarms that were asked for
 * @returns the services with their records as they are now
 */
export async function lookAt(
  parts: ReconcileDependencies,
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

function priorityOf({ health }: WatchedService): number {
  return health.priority ?? 0;
}
