import type { OutcomeOf } from "../../../shared/activation/intents.ts";
import { describeEnds } from "../../../shared/activation/reasons.ts";
import { unknownIds } from "../../../shared/activation/service-ids.ts";
import type { Cause, OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { sentence } from "../../../shared/primitives/sentence.ts";
import type { ActivationRecord } from "../../../shared/records/account/activation.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { alarmLink } from "../evidence/alarm-states.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Outage, OutageDecision } from "../outage/outage-decision.ts";
import type { Policy } from "../outage/policy.ts";
import type { FailoverSettings } from "../settings.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";

/** What it takes to say what happened. */
export interface ReportDependencies extends Pick<BaseDependencies, "outcomes"> {
  settings: Pick<FailoverSettings, "guards">;
  clock: Clock;
  /** Called for every guard that stepped in, for the metrics. */
  onGuardTriggered?: () => void;
}

/** What is published about a service. */
export interface ServiceReport {
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
export function serviceOutcome(
  { service, because, next, cause, alarms = [] }: ServiceReport,
  status: "SUCCEEDED" | "PLANNED" | "NO_CHANGE",
  change: string,
): OutcomeData {
  const { name, serviceGroupId, serviceId } = service;
  const results = { SUCCEEDED: "UPDATED", PLANNED: "PLANNED", NO_CHANGE: "UNCHANGED" } as const;
  return {
    status,
    summary: `${displayName(name)} ${change}: ${sentence(because)}${next === undefined ? "" : ` ${sentence(next)}`}`,
    accountId: name.accountId,
    cause,
    resources: [
      {
        kind: "httpService",
        name: displayName(name),
        result: results[status],
        ...(serviceId !== unknownIds.serviceId && { ids: { serviceGroupId, serviceId } }),
        changes: [change],
      },
    ],
    ...(alarms.length > 0 && {
      details: { alarms: alarms.map(alarmDetail) },
    }),
  };
}

function alarmDetail({ arn, state }: Evidence["alarms"][number]) {
  const link = alarmLink(arn);
  return { arn, ...state, ...(link !== undefined && { link }) };
}

/**
 * What an outcome answers. The same thing said again has the same id: of a service, what happened, and since when.
 *
 * @param what `outage`, `recovery`, ...
 * @param since ISO 8601
 */
export function serviceCause(
  { name }: WatchedService,
  what: string,
  since: string,
  alarmArn: string | undefined,
): Cause {
  return {
    source: alarmArn ?? "/ringcx-automation/sweep",
    id: `${what}/${name.accountId}/${displayName(name)}/${since}`,
    type: alarmArn === undefined ? "ringcx.sweep" : "aws.cloudwatch.alarm",
  };
}

/** The alarm that is named as the source of an outage's outcomes. */
export function sourceAlarm(outage: Outage | undefined): string | undefined {
  return outage?.alarms[0];
}

/** What happens next to a service whose outage has opened, in words. */
export function nextAfterOpening(policy: Policy, flapping: { until: string } | undefined): string {
  const { recovery, recoverAfterSeconds, isProbed, flap } = policy;
  if (recovery === "manual") return "It stays inactive until a command brings it back";
  const evidence = `no alarm fires${isProbed ? " and its probe passes" : ""} for ${recoverAfterSeconds} s`;
  if (!flapping) return `It comes back when ${evidence}`;
  return `It flaps, ${flap.openings} outages within ${flap.withinMinutes} min: it comes back when it has been quiet for ${flap.quietMinutes} min, not before ${flapping.until}, or by the command activate`;
}

/** What happens next to a service whose outage goes into a trial, in words; nothing where the outage is over. */
export function nextAfterClosing(decision: Extract<OutageDecision, { kind: "halfOpen" | "close" }>): { next?: string } {
  if (decision.kind === "close") return {};
  return {
    next: `It stays active if the alarm clears by ${decision.until}; otherwise it goes out again, and is tried later`,
  };
}

/** What is published of a change in RingCX, as it is noted in the record. */
export function changeOutcome(report: ServiceReport): OutcomeOf {
  return ({ isActive }) => serviceOutcome(report, "SUCCEEDED", isActive ? "activated" : "deactivated");
}

/**
 * What is published of a change that no outage and no command says more of: what the record itself says.
 *
 * @param record as it will be
 * @param now epoch milliseconds
 */
export function recordOutcome(service: WatchedService, record: ActivationRecord, now: number): OutcomeOf {
  const at = new Date(now).toISOString();
  const next = describeEnds(record, now, service.health);
  return (change, generation) =>
    changeOutcome({
      service,
      because: change.because,
      ...(!change.isActive && next !== undefined && { next }),
      cause: serviceCause(service, "change", `${at}/${generation}`, undefined),
    })(change, generation);
}

/** What is published of what a person did in the admin page. */
export function manualOutcome(
  service: WatchedService,
  { what, because }: { what: string; because: string },
  now: number,
): OutcomeOf {
  const at = new Date(now).toISOString();
  return (_, generation) =>
    serviceOutcome(
      { service, because, cause: serviceCause(service, "seen", `${at}/${generation}`, undefined) },
      "NO_CHANGE",
      what,
    );
}
