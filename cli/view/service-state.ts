import { decideActivation } from "../../shared/activation/decide-activation.ts";
import { isInForce, lastKnownState, reasonsInForce } from "../../shared/activation/reasons.ts";
import { displayName, type ServiceName } from "../../shared/records/service-name.ts";
import type { KnownService } from "../read/services.ts";
import { type ReasonWords, reasonWords } from "./reason.ts";
import { quoted } from "./words.ts";

/** What a person asks of a service first. */
export interface ServiceState {
  name: ServiceName;
  state: "active" | "inactive" | "unknown";
  /** Since when, ISO 8601, as far as it is known. */
  since: string | undefined;
  /** Why it is inactive, or should be; none of an active one. */
  reasons: readonly ReasonWords[];
  /** Holds of people that stand beside: `hands off by ada: migration, until …`. */
  holds: readonly string[];
  /** What of it only a person can end, in words. */
  needsPerson: readonly string[];
}

/** The state of a service in words. Pure. @param now epoch milliseconds */
export function serviceState({ name, record, memory }: KnownService, now: number): ServiceState {
  const service = displayName(name);
  const known = lastKnownState(record);
  const reasons = reasonsInForce(record, now).map((reason) => reasonWords(reason, { memory, service, now }));
  const holds = (["handsOff", "override"] as const).flatMap((kind) => {
    const hold = record[kind];
    if (!hold || !isInForce(hold, now)) return [];
    const words = kind === "handsOff" ? "hands off" : "kept active despite outages";
    const end = hold.until === undefined ? "until it is released" : `until ${hold.until}`;
    return [`${words} by ${hold.by}: ${hold.why}, ${end} (release ${quoted(service)})`];
  });
  const decision = decideActivation(record, now);
  const needsPerson = [
    ...reasons
      .filter((reason) => reason.needsPerson)
      .map(({ why, ends, command }) => `${why}; it ends by ${ends}${typed(command)}`),
    ...(memory.suppressed
      ? [`an outage is not acted on, because too many services are out already${typed(`release ${quoted(service)}`)}`]
      : []),
    ...(memory.missingAlarms ?? []).map(
      (arn) => `its alarm ${arn} does not exist: name another one, it protects nobody`,
    ),
    ...(decision.action === "leave" || known === undefined || isBeingFollowed(record, now)
      ? []
      : [
          `it is ${known.isActive ? "active" : "inactive"} and should not be (${decision.because}): look at the log of the functions`,
        ]),
  ];
  return {
    name,
    state: known === undefined ? "unknown" : known.isActive ? "active" : "inactive",
    since: known?.isActive === false ? (reasons[0]?.since ?? known.at) : known?.at,
    reasons,
    holds,
    needsPerson,
  };
}

/** Whoever wrote the record last may still be bringing it to RingCX, and the next sweep does where it failed; in milliseconds. */
const followedForMs = 3 * 60_000;

function isBeingFollowed({ changedAt }: KnownService["record"], now: number): boolean {
  return changedAt !== undefined && now - Date.parse(changedAt) < followedForMs;
}

function typed(command: string | undefined): string {
  return command === undefined ? "" : ` → ${command}`;
}
