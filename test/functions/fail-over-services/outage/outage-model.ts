import type { Evidence } from "../../../../functions/fail-over-services/evidence/evidence.ts";
import { decideOutage } from "../../../../functions/fail-over-services/outage/decide-outage.ts";
import type {
  OutageDecision,
  OutageQuestion,
} from "../../../../functions/fail-over-services/outage/outage-decision.ts";
import type { Policy } from "../../../../functions/fail-over-services/outage/policy.ts";
import { guardsSchema } from "../../../../functions/fail-over-services/settings.ts";
import { desiredActivation } from "../../../../shared/activation/decide-activation.ts";
import type { InactiveReason } from "../../../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../../../shared/records/account/failover-memory.ts";

export const start = Date.UTC(2030, 0, 1, 12);
const minute = 60_000;
export const { flap } = guardsSchema.parse({});
const usual: Policy = {
  recovery: "automatic",
  recoverAfterSeconds: 300,
  probesInARow: 3,
  isProbed: true,
  isWatchedByProbe: false,
  neverDeactivate: false,
  mayTakeOut: true,
  flap,
};

/** What one reconciliation sees. */
export interface Step {
  /** Minutes since the step before. */
  minutes: number;
  alarm: "OK" | "ALARM" | "MUTED" | "INSUFFICIENT_DATA" | "MISSING" | "UNKNOWN";
  /** The alarm has changed its state since the step before, even if it is as it was. */
  isFresh: boolean;
  /** `undefined`: it could not be asked. */
  doesProbePass: boolean | undefined;
  isSweep: boolean;
}

/** A service's record as failover alone changes it. */
export class Service {
  now = start;
  reasons: InactiveReason[];
  memory: FailoverMemory = {};
  since = start;
  alarm: Step["alarm"] = "OK";
  readonly policy: Policy;

  constructor(policy: Partial<Policy> = {}, reasons: InactiveReason[] = []) {
    this.policy = { ...usual, ...policy };
    this.reasons = reasons;
  }

  reconcile({ minutes, alarm, isFresh, doesProbePass, isSweep }: Step): OutageDecision {
    this.now += minutes * minute;
    if (alarm !== this.alarm || isFresh) this.since = this.now;
    this.alarm = alarm;
    const decision = decideOutage(this.#question(isSweep, doesProbePass));
    this.#apply(decision);
    return decision;
  }

  sweeps(count: number, step: Partial<Step>): OutageDecision["kind"][] {
    return Array.from({ length: count }, () => this.reconcile(sweepWith(step)).kind);
  }

  get isActive(): boolean {
    return desiredActivation({ reasons: this.reasons }, this.now).isActive;
  }

  get kinds(): string[] {
    return this.reasons.map(({ kind }) => kind);
  }

  #question(isSweep: boolean, doesProbePass: Step["doesProbePass"]): OutageQuestion {
    const reason = <K extends InactiveReason["kind"]>(kind: K) =>
      this.reasons.find((one): one is Extract<InactiveReason, { kind: K }> => one.kind === kind);
    const { isProbed, isWatchedByProbe } = this.policy;
    const isAsked = isSweep && isProbed && (reason("OUTAGE") !== undefined || this.memory.trial || isWatchedByProbe);
    return {
      outage: reason("OUTAGE"),
      flapping: reason("FLAPPING"),
      isOverridden: false,
      isHeldInactive: this.reasons.some(({ kind, ...rest }) => {
        const until = "until" in rest ? rest.until : undefined;
        return kind !== "OUTAGE" && (until === undefined || Date.parse(until) > this.now);
      }),
      memory: this.memory,
      evidence: {
        alarms: [{ arn: "arn:a", state: this.#state() }],
        isComplete: isSweep,
        probe: !isAsked ? undefined : this.#probe(doesProbePass),
      },
      policy: this.policy,
      now: this.now,
    };
  }

  #state(): Evidence["alarms"][number]["state"] {
    if (this.alarm === "MISSING") return { state: "MISSING" };
    if (this.alarm === "UNKNOWN") return { state: "UNKNOWN", because: "AccessDenied" };
    const known = { reason: "high", since: new Date(this.since).toISOString() };
    return this.alarm === "MUTED"
      ? { state: "ALARM", ...known, muted: "its actions are disabled" }
      : { state: this.alarm, ...known };
  }

  #probe(doesProbePass: Step["doesProbePass"]): Evidence["probe"] {
    if (doesProbePass === undefined)
      return { result: "NOT_ASKED", fault: "SECRET", subject: "arn:s", because: "denied" };
    return doesProbePass ? { result: "PASSED" } : { result: "FAILED", because: "503", isAnswered: true };
  }

  #apply(decision: OutageDecision): void {
    this.memory = decision.memory;
    const set = (...added: (InactiveReason | undefined)[]) => {
      const all = new Map(this.reasons.map((reason) => [reason.kind, reason]));
      for (const reason of added) if (reason) all.set(reason.kind, reason);
      this.reasons = [...all.values()];
    };
    if (decision.kind === "open") set(decision.outage, decision.flapping);
    if (decision.kind === "stayOpen") set(decision.outage);
    if (decision.kind === "close" || decision.kind === "halfOpen") {
      this.reasons = this.reasons.filter(({ kind }) => kind !== "OUTAGE");
    }
    if (decision.kind === "close") set(decision.flapping);
  }
}

function sweepWith(step: Partial<Step>): Step {
  return { minutes: 1, alarm: "OK", isFresh: false, doesProbePass: true, isSweep: true, ...step };
}
