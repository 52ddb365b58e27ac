import { decideActivation, desiredActivation } from "../../shared/activation/decide-activation.ts";
import {
  expiredHolds,
  isHalfMade,
  isInForce,
  openIntents,
  reasonsInForce,
  stateInRingCx,
} from "../../shared/activation/reasons.ts";
import { shellArgument } from "../../shared/primitives/shell-argument.ts";
import type { Intent } from "../../shared/records/account/activation.ts";
import { displayName, nameWithAccount, type ServiceName } from "../../shared/records/service-name.ts";
import type { FailoverMode } from "../environment/environment.ts";
import type { KnownService, UnreadableKind } from "../read/services.ts";
import { commandLine, type ReasonWords, reasonWords } from "./reason.ts";
import { when } from "./words.ts";

/** What a person asks of a service first. */
export interface ServiceState {
  name: ServiceName;
  /** How a command names it: what a shell takes as `group/service`, with the account before it where there are several. */
  typed: string;
  state: "active" | "inactive" | "unknown";
  /** Since when, ISO 8601; left out where that is not known. */
  since: string | undefined;
  /** It was only seen so: it began at `since` at the latest. */
  isSinceSeen: boolean;
  /** Which of its items cannot be read. */
  unreadable: readonly UnreadableKind[];
  /** What RingCX has not been brought to yet, in words. */
  pending: string | undefined;
  /** Why it is inactive, or should be; none of an active one. */
  reasons: readonly ReasonWords[];
  /** What kept it inactive until its time was over, where the next sweep is still to act upon that. */
  over: string | undefined;
  /** Holds of people that stand beside: `hands off by ada: migration, until …`. */
  holds: readonly string[];
  /** What RingCX calls it by now, where a person has renamed it. */
  shownAs?: string;
  /** The message that makes it has not come to its end, and may never. */
  isHalfMade: boolean;
  /** What failover does about its outages, where its manifest says so. */
  failoverMode?: FailoverMode;
  /** What of it only a person can end, in words. */
  needsPerson: readonly string[];
}

/** What the words for a service's state depend on beside it. */
interface StateContext {
  /** The environment has no other account. @default true */
  isOneAccount?: boolean;
  /** The environment's, where it is known. @default enforce */
  failoverMode?: FailoverMode | undefined;
}

/** The state of a service in words. Pure. @param now epoch milliseconds */
export function serviceState(
  known: KnownService,
  now: number,
  { isOneAccount = true, failoverMode }: StateContext = {},
): ServiceState {
  const { name, declared, record, memory, unreadable } = known;
  const typed = shellArgument(isOneAccount ? displayName(name) : nameWithAccount(name));
  const state = stateInRingCx(record, now);
  const began = state?.began;
  const about = {
    ...{ memory, typed, now, isProbed: isProbed(declared), isManual: isManual(declared) },
    isHandsOff: isInForce(record.handsOff, now),
    isOverridden: isInForce(record.override, now),
    isActive: state?.isActive,
    isBeingMade: known.isBeingMade === true,
  };
  const reasons = reasonsInForce(record, now).map((reason) => reasonWords(reason, about));
  const holds = (["handsOff", "override"] as const).flatMap((kind) => {
    const hold = record[kind];
    if (!hold || !isInForce(hold, now)) return [];
    const words = kind === "handsOff" ? "hands off" : overrideWords(state?.isActive);
    return [`${words} by ${hold.by}: ${hold.why}, ${holdEnd(kind, record)} (release ${typed})`];
  });
  if (state?.isLeftActive) {
    const because = `it was activated in the admin page, although ${desiredActivation(record, now).because}`;
    holds.push(`left active: ${because} (${commandLine("deactivate", typed)} takes it out again)`);
  }
  const decision = decideActivation(record, now);
  const intent = isInForce(record.handsOff, now) ? undefined : openIntents(record).at(-1);
  const pending = intent && pendingWords(intent, now);
  const isLeftCalled = isHalfMade(record) && state?.isActive === true && !state.isLeftActive;
  const needsPerson = [
    ...(isLeftCalled
      ? ["it is ACTIVE, and could not be deactivated; each sweep tries it again → or deactivate it in the admin page"]
      : []),
    ...reasons
      .filter((reason) => reason.needsPerson)
      .map(({ why, ends, command }) => `${why}; it ends by ${ends}${toType(command)}`),
    ...(memory.suppressed && isEnforced(declared, failoverMode)
      ? [`an outage is not acted on, because too many services are out already${toType(`release ${typed}`)}`]
      : []),
    ...(memory.missingAlarms ?? []).map(
      (arn) => `its alarm ${arn} does not exist: name another one, it protects nobody`,
    ),
    ...(intent && pending && now - Date.parse(intent.since) >= followedForMs
      ? [`it ${pending}; look whether RingCX answers, and at the log of the functions`]
      : []),
    ...(pending || isLeftCalled || decision.action === "leave" || state === undefined || isBeingFollowed(record, now)
      ? []
      : [
          `it is ${state.isActive ? "active" : "inactive"} and should not be (${decision.because}): look at the log of the functions`,
        ]),
  ];
  const mode = declared?.manifest.health?.mode;
  return {
    name,
    typed,
    ...(mode !== undefined && { failoverMode: mode }),
    ...(declared?.shownAs !== undefined && { shownAs: declared.shownAs }),
    state: state === undefined ? "unknown" : state.isActive ? "active" : "inactive",
    since: began?.at,
    isSinceSeen: began?.isSeen === true,
    unreadable,
    pending,
    reasons,
    over: overWords(record, now),
    holds,
    isHalfMade: isHalfMade(record),
    needsPerson,
  };
}

function overWords(record: KnownService["record"], now: number): string | undefined {
  const expired = expiredHolds(record, now);
  return expired && `${expired.because}: the next sweep acts upon that`;
}

const unreadableWords: Readonly<Record<UnreadableKind, string>> = {
  declared: "what messages declared of it",
  tags: "which alarms name it by their tags",
  activation: "why it is inactive, or whether it is",
};

/** That an item cannot be read, and what is not known for it. Pure. */
export function unreadableLine(kind: UnreadableKind): string {
  return `its item cannot be read that says ${unreadableWords[kind]} → status tells which item`;
}

/** That RingCX has not been told yet, as far as we know: it may have done what it gave no answer to. */
function pendingWords({ isActive, since, because }: Intent, now: number): string {
  const wanted = isActive ? "active" : "inactive";
  return `should be ${wanted} since ${since} (${when(since, now)}), not yet carried out, being tried: ${because}`;
}

/** Since when a service is as it is, to be put behind that; nothing of one whose state is unknown. Pure. */
export function sinceWords({ state, since, isSinceSeen }: ServiceState, now: number): string {
  if (since === undefined) return state === "unknown" ? "" : ", since when is not known";
  return `, since ${since}${isSinceSeen ? " at the latest" : ""} (${when(since, now)})`;
}

/** An override speaks of outages alone: for another reason the service is inactive nevertheless. */
function overrideWords(isActive: boolean | undefined): string {
  return isActive === true ? "kept active despite outages" : "outages do not deactivate it,";
}

/** When a hold ends. Whatever closes the outage takes the override with it. */
function holdEnd(kind: "handsOff" | "override", record: KnownService["record"]): string {
  const end = record[kind]?.until;
  if (kind === "handsOff" || !record.reasons.some((reason) => reason.kind === "OUTAGE")) {
    return end === undefined ? "until it is released" : `until ${end}`;
  }
  return end === undefined ? "until the outage ends" : `until the outage ends, at the latest until ${end}`;
}

/** Whether failover asks its endpoint itself: by a validation that changes nothing there. */
export function isProbed(declared: KnownService["declared"]): boolean {
  const validation = declared?.manifest.validation;
  return validation !== undefined && validation.method !== "POST";
}

/** Whether its manifest, or else the environment, lets failover act: where it does not, nothing that a guard kept from happening waits for anybody. */
function isEnforced(declared: KnownService["declared"], ofEnvironment: FailoverMode = "enforce"): boolean {
  return (declared?.manifest.health?.mode ?? ofEnvironment) === "enforce";
}

function isManual(declared: KnownService["declared"]): boolean {
  return declared?.manifest.health?.recovery === "manual";
}

/** Whoever wrote the record last may still be bringing it to RingCX, and the next sweep does where it failed; in milliseconds. */
const followedForMs = 3 * 60_000;

function isBeingFollowed({ changedAt }: KnownService["record"], now: number): boolean {
  return changedAt !== undefined && now - Date.parse(changedAt) < followedForMs;
}

function toType(command: string | undefined): string {
  return command === undefined ? "" : ` → ${command}`;
}
