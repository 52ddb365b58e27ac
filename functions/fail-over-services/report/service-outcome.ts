import type { Cause, OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { alarmLink } from "../evidence/alarm-states.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FailoverSettings } from "../settings.ts";
import { titleOf, type WatchedService } from "../watchlist/watched-services.ts";

/** What it takes to say what happened. */
export interface ReportDependencies extends Pick<BaseDependencies, "outcomes"> {
  settings: Pick<FailoverSettings, "guards">;
  clock: Clock;
  /** Told of every guard that stepped in, for the metrics. */
  onGuard?: () => void;
}

/** What is told about a service. */
export interface Telling {
  service: WatchedService;
  /** Why, in words. */
  because: string;
  /** What happens next, in words. */
  next?: string;
  cause: Cause;
  /** What its alarms said. */
  alarms?: Evidence["alarms"];
}

/**
 * The outcome of something done, or left undone, to a service.
 *
 * @param change in the past tense: `deactivated`, `left active`
 */
export function outcomeOf(
  { service, because, next, cause, alarms = [] }: Telling,
  status: "SUCCEEDED" | "PLANNED" | "NO_CHANGE",
  change: string,
): OutcomeData {
  const { name, serviceGroupId, serviceId } = service;
  const results = { SUCCEEDED: "UPDATED", PLANNED: "PLANNED", NO_CHANGE: "UNCHANGED" } as const;
  return {
    status,
    summary: `${titleOf(name)} ${change}: ${sentence(because)}${next === undefined ? "" : ` ${sentence(next)}`}`,
    accountId: name.accountId,
    cause,
    resources: [
      {
        kind: "httpService",
        name: titleOf(name),
        result: results[status],
        ids: { serviceGroupId, serviceId },
        changes: [change],
      },
    ],
    ...(alarms.length > 0 && {
      details: { alarms: alarms.map(({ arn, state }) => ({ arn, ...state, link: alarmLink(arn) })) },
    }),
  };
}

/** CloudWatch's reasons end with a full stop, ours do not. */
function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
