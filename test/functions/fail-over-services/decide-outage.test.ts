import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideOutage } from "../../../functions/fail-over-services/decide-outage.ts";
import type { Evidence, OutageDecision, OutageQuestion } from "../../../functions/fail-over-services/outage.ts";
import { guardsSchema, type Policy } from "../../../functions/fail-over-services/policy.ts";
import type { Watch } from "../../../functions/fail-over-services/watch.ts";
import { type InactiveReason, wantedActivation } from "../../../shared/activation.ts";

const start = Date.UTC(2030, 0, 1, 12);
const minute = 60_000;
const { flap } = guardsSchema.parse({});
const usual: Policy = {
  recovery: "automatic",
  recoverAfterSeconds: 300,
  probesInARow: 3,
  isProbed: true,
  isWatchedByProbe: false,
  neverDeactivate: false,
  flap,
};

interface Step {
  /** Minutes since the step before. */
  minutes: number;
  alarm: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "MISSING" | "UNKNOWN";
  /** The alarm has stirred since the step before, even if it is as it was. */
  isFresh: boolean;
  doesProbePass: boolean;
  isSweep: boolean;
}

/** A service's record as failover alone changes it. */
class Service {
  now = start;
  reasons: InactiveReason[];
  watch: Watch = {};
  since = start;
  alarm: Step["alarm"] = "OK";
  readonly policy: Policy;

  constructor(policy: Partial<Policy> = {}, reasons: InactiveReason[] = []) {
    this.policy = { ...usual, ...policy };
    this.reasons = reasons;
  }

  look({ minutes, alarm, isFresh, doesProbePass, isSweep }: Step): OutageDecision {
    this.now += minutes * minute;
    if (alarm !== this.alarm || isFresh) this.since = this.now;
    this.alarm = alarm;
    const decision = decideOutage(this.#question(isSweep, doesProbePass));
    this.#follow(decision);
    return decision;
  }

  sweeps(count: number, step: Partial<Step>): OutageDecision["kind"][] {
    return Array.from({ length: count }, () => this.look(sweepWith(step)).kind);
  }

  get isActive(): boolean {
    return wantedActivation({ reasons: this.reasons }, this.now).isActive;
  }

  get kinds(): string[] {
    return this.reasons.map(({ kind }) => kind);
  }

  #question(isSweep: boolean, doesProbePass: boolean): OutageQuestion {
    const reason = <K extends InactiveReason["kind"]>(kind: K) =>
      this.reasons.find((one): one is Extract<InactiveReason, { kind: K }> => one.kind === kind);
    const { isProbed, isWatchedByProbe } = this.policy;
    const isAsked = isSweep && isProbed && (reason("OUTAGE") !== undefined || this.watch.trial || isWatchedByProbe);
    return {
      outage: reason("OUTAGE"),
      latch: reason("LATCHED"),
      isOverridden: false,
      watch: this.watch,
      evidence: {
        alarms: [{ arn: "arn:a", state: this.#state() }],
        isComplete: isSweep,
        probe: !isAsked ? undefined : doesProbePass ? { passed: true } : { passed: false, because: "503" },
      },
      policy: this.policy,
      now: this.now,
    };
  }

  #state(): Evidence["alarms"][number]["state"] {
    if (this.alarm === "MISSING") return { state: "MISSING" };
    if (this.alarm === "UNKNOWN") return { state: "UNKNOWN", because: "AccessDenied" };
    return { state: this.alarm, reason: "high", since: new Date(this.since).toISOString() };
  }

  #follow(decision: OutageDecision): void {
    this.watch = decision.watch;
    const set = (...added: (InactiveReason | undefined)[]) => {
      for (const reason of added) {
        if (reason) this.reasons = [...this.reasons.filter(({ kind }) => kind !== reason.kind), reason];
      }
    };
    if (decision.kind === "begin") set(decision.outage, decision.latch);
    if (decision.kind === "continue") set(decision.outage);
    if (decision.kind === "end" || decision.kind === "try") {
      this.reasons = this.reasons.filter(({ kind }) => kind !== "OUTAGE");
    }
    if (decision.kind === "end") set(decision.latch);
  }
}

function sweepWith(step: Partial<Step>): Step {
  return { minutes: 1, alarm: "OK", isFresh: false, doesProbePass: true, isSweep: true, ...step };
}

describe("whatever is seen, in whatever order", () => {
  const step: fc.Arbitrary<Step> = fc.record({
    minutes: fc.integer({ min: 0, max: 30 }),
    alarm: fc.constantFrom("OK", "ALARM", "ALARM", "INSUFFICIENT_DATA", "MISSING", "UNKNOWN"),
    isFresh: fc.boolean(),
    doesProbePass: fc.boolean(),
    isSweep: fc.boolean(),
  });
  const policy = fc.record({
    recovery: fc.constantFrom("automatic", "manual"),
    recoverAfterSeconds: fc.integer({ min: 0, max: 900 }),
    probesInARow: fc.integer({ min: 1, max: 4 }),
    isProbed: fc.boolean(),
    isWatchedByProbe: fc.boolean(),
    neverDeactivate: fc.boolean(),
  }) satisfies fc.Arbitrary<Partial<Policy>>;
  const consistent = policy.map((one) => ({ ...one, isWatchedByProbe: one.isWatchedByProbe && one.isProbed }));
  const history = fc.tuple(consistent, fc.array(step, { maxLength: 60, size: "max" }));

  test("every alarm ends in an inactive service, in a guard that was reported, or in a trial that ends", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          service.look(each);
          if (each.alarm !== "ALARM") continue;
          const { spared, trial } = service.watch;
          const isInTrial = trial !== undefined && service.now < Date.parse(trial.until);
          expect(!service.isActive || (one.neverDeactivate && spared !== undefined) || isInTrial).toBe(true);
        }
      }),
    );
  });

  test("nothing but an outage of ours ends, and no reason of others is touched", () => {
    const others: InactiveReason[] = [
      { kind: "NOT_WANTED", since: new Date(start).toISOString() },
      { kind: "MANUAL", since: new Date(start).toISOString() },
    ];
    fc.assert(
      fc.property(history, fc.subarray(others, { minLength: 1 }), ([one, steps], theirs) => {
        const service = new Service(one, theirs);
        for (const each of steps) {
          const isOpen = service.kinds.includes("OUTAGE");
          const { kind } = service.look(each);
          if (kind === "end" || kind === "try") expect(isOpen).toBe(true);
          expect(service.reasons).toEqual(expect.arrayContaining(theirs));
          expect(service.isActive).toBe(false);
        }
      }),
    );
  });

  test("never active with a reason left: no outage ends while its probe fails or while something was not asked", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          const { kind } = service.look(each);
          if (kind !== "end" && kind !== "try") continue;
          expect(each.isSweep).toBe(true);
          expect(each.alarm).not.toBe("UNKNOWN");
          if (one.isProbed) expect(each.doesProbePass).toBe(true);
          if (kind === "end") expect(each.alarm).not.toBe("ALARM");
          else expect(one.isProbed).toBe(true);
        }
      }),
    );
  });

  test("every outage and every latch ends when all is well, unless it is for a person to end it", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service({ ...one, recovery: "automatic" });
        for (const each of steps) service.look(each);
        // Recovery, at most 15 minutes and 4 probes; a latch, at most 30 more.
        service.sweeps(50, { alarm: "OK", doesProbePass: true });
        expect(service.isActive).toBe(true);
        expect(service.kinds.filter((kind) => kind === "OUTAGE")).toEqual([]);
      }),
    );
  });

  test("looking again without anything new changes nothing", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          service.look(each);
          const before = structuredClone({ reasons: service.reasons, watch: service.watch });
          service.look({ ...each, minutes: 0, isFresh: false, isSweep: false });
          expect({ reasons: service.reasons, watch: service.watch }).toEqual(before);
        }
      }),
    );
  });
});

describe("half-open", () => {
  const stuck = { alarm: "ALARM" as const };

  test("an alarm that keeps firing while the probe passes: after twice the time of a recovery the service is tried", () => {
    const service = new Service();
    expect(service.sweeps(1, stuck)).toEqual(["begin"]);
    expect(service.sweeps(10, stuck)).not.toContain("try");
    expect(service.sweeps(1, stuck)).toEqual(["try"]);
    expect(service.isActive).toBe(true);
  });

  test("it stays when the alarm clears in time, and the next outage waits no longer than the first", () => {
    const service = new Service();
    service.sweeps(12, stuck);
    expect(service.sweeps(3, { alarm: "OK" })).toEqual(["none", "none", "none"]);
    expect(service.watch).not.toHaveProperty("trial");
    expect(service.sweeps(12, stuck).at(-1)).toBe("try");
  });

  test.each<[string, Partial<Step>]>([
    ["the alarm fires anew", { alarm: "ALARM", isFresh: true }],
    ["the probe fails", { alarm: "ALARM", doesProbePass: false }],
  ])("a relapse, %s: out at once, and the next wait is twice as long", (_, relapse) => {
    const service = new Service({ flap: { ...flap, openings: 10 } });
    service.sweeps(12, stuck);
    expect(service.isActive).toBe(true);
    expect(service.sweeps(1, relapse)).toEqual(["begin"]);
    const kinds = service.sweeps(22, stuck);
    expect(kinds.indexOf("try")).toBe(20);
  });

  test("an alarm that has not cleared when the trial is over puts it back", () => {
    const service = new Service();
    service.sweeps(12, stuck);
    const kinds = service.sweeps(11, stuck);
    expect(kinds.indexOf("begin")).toBe(9);
  });

  test("an alarm that stirs begins the wait anew", () => {
    const service = new Service();
    service.sweeps(6, stuck);
    service.sweeps(1, { ...stuck, isFresh: true });
    expect(service.sweeps(9, stuck)).not.toContain("try");
    expect(service.sweeps(1, stuck)).toEqual(["try"]);
  });

  test("without a probe an alarm that fires holds it off for ever, and so does a probe that fails now and then", () => {
    expect(new Service({ isProbed: false }).sweeps(600, stuck)).not.toContain("try");
    const service = new Service();
    service.sweeps(1, stuck);
    for (let hour = 0; hour < 10; hour += 1) {
      expect(service.sweeps(9, stuck)).not.toContain("try");
      service.sweeps(1, { ...stuck, doesProbePass: false });
    }
  });

  test("the wait is never longer than four hours", () => {
    const service = new Service({ flap: { ...flap, openings: 1_000 } });
    service.sweeps(3_000, stuck);
    const kinds = service.sweeps(1_000, stuck);
    const trials = kinds.flatMap((kind, at) => (kind === "try" ? [at] : []));
    expect(trials.length).toBeGreaterThan(1);
    for (const [index, at] of trials.slice(1).entries()) expect(at - (trials[index] ?? 0)).toBeLessThanOrEqual(485);
  });
});

describe("flapping", () => {
  const flicker = (service: Service) => {
    service.sweeps(1, { alarm: "ALARM" });
    return service.sweeps(6, { alarm: "OK" });
  };

  test("the third outage within an hour latches, until thirty minutes have been quiet", () => {
    const service = new Service();
    flicker(service);
    flicker(service);
    expect(service.isActive).toBe(true);
    flicker(service);
    expect(service.kinds).toEqual(["LATCHED"]);
    expect(service.isActive).toBe(false);
    service.sweeps(24, { alarm: "OK" });
    expect(service.isActive).toBe(false);
    service.sweeps(2, { alarm: "OK" });
    expect(service.isActive).toBe(true);
  });

  test("an outage during the latch lengthens it", () => {
    const service = new Service();
    for (let time = 0; time < 3; time += 1) flicker(service);
    service.sweeps(20, { alarm: "OK" });
    flicker(service);
    service.sweeps(20, { alarm: "OK" });
    expect(service.isActive).toBe(false);
    service.sweeps(6, { alarm: "OK" });
    expect(service.isActive).toBe(true);
  });

  test("three outages in more than an hour do not", () => {
    const service = new Service();
    for (let time = 0; time < 3; time += 1) {
      flicker(service);
      service.sweeps(25, { alarm: "OK" });
    }
    expect(service.kinds).toEqual([]);
  });
});

describe("watched by its probe", () => {
  test("three failures in a row begin an outage that is confirmed; three passes and five minutes end it", () => {
    const service = new Service({ isWatchedByProbe: true });
    service.sweeps(2, { doesProbePass: false });
    service.sweeps(1, { doesProbePass: true });
    expect(service.sweeps(3, { doesProbePass: false })).toEqual(["none", "none", "begin"]);
    expect(service.reasons).toMatchObject([{ kind: "OUTAGE", alarms: [], confirmedByProbe: true }]);
    expect(service.sweeps(6, { doesProbePass: true }).at(-1)).toBe("end");
  });
});

test("an outage whose alarm was deleted and that has no probe waits for a command", () => {
  const service = new Service({ isProbed: false });
  service.sweeps(1, { alarm: "ALARM" });
  expect(service.sweeps(60, { alarm: "MISSING" })).not.toContain("end");
  expect(service.watch.waitsForCommand).toBe(true);
});

test("an outage that begins between the probes and the decision is not ended without its probe", () => {
  const service = new Service({ recoverAfterSeconds: 0, probesInARow: 1 });
  service.sweeps(1, { alarm: "ALARM" });
  const [outage] = service.reasons;
  const evidence: Evidence = {
    alarms: [{ arn: "arn:a", state: { state: "OK", reason: "", since: new Date(start).toISOString() } }],
    isComplete: true,
    probe: undefined,
  };
  const { policy, watch, now } = service;
  const question = { outage: outage as OutageQuestion["outage"], latch: undefined, isOverridden: false };
  expect(decideOutage({ ...question, watch, policy, now, evidence }).kind).toBe("continue");
});

test("a probe that fails in an outage confirms it", () => {
  const service = new Service();
  service.sweeps(1, { alarm: "ALARM" });
  expect(service.reasons).toMatchObject([{ confirmedByProbe: false }]);
  service.sweeps(1, { alarm: "ALARM", doesProbePass: false });
  expect(service.reasons).toMatchObject([{ confirmedByProbe: true }]);
});
