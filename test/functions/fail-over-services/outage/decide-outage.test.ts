import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../../functions/fail-over-services/evidence/evidence.ts";
import { decideOutage } from "../../../../functions/fail-over-services/outage/decide-outage.ts";
import { outageIn } from "../../../../functions/fail-over-services/outage/outage-decision.ts";
import { flap, Service, type Step, start } from "./outage-model.ts";

describe("half-open", () => {
  const stuck = { alarm: "ALARM" as const };

  test("an alarm that keeps firing while the probe passes: after twice the time of a recovery the service is tried", () => {
    const service = new Service();
    expect(service.sweeps(1, stuck)).toEqual(["open"]);
    expect(service.sweeps(10, stuck)).not.toContain("halfOpen");
    expect(service.sweeps(1, stuck)).toEqual(["halfOpen"]);
    expect(service.isActive).toBe(true);
  });

  test("a trial has time to clear an alarm however soon a service is to come back", () => {
    const service = new Service({ recoverAfterSeconds: 0, probesInARow: 1 });
    expect(service.sweeps(7, stuck).indexOf("halfOpen")).toBe(6);
    expect(service.sweeps(4, stuck)).not.toContain("open");
  });

  test("it stays when the alarm clears in time, and the next outage waits no longer than the first", () => {
    const service = new Service();
    service.sweeps(12, stuck);
    expect(service.sweeps(3, { alarm: "OK" })).toEqual(["stayClosed", "stayClosed", "stayClosed"]);
    expect(service.memory).not.toHaveProperty("trial");
    expect(service.sweeps(12, stuck).at(-1)).toBe("halfOpen");
  });

  test.each<[string, Partial<Step>]>([
    ["the alarm fires anew", { alarm: "ALARM", isFresh: true }],
    ["the probe fails", { alarm: "ALARM", doesProbePass: false }],
  ])("a relapse, %s: out at once, and the next wait is twice as long", (_, relapse) => {
    const service = new Service({ flap: { ...flap, openings: 10 } });
    service.sweeps(12, stuck);
    expect(service.isActive).toBe(true);
    expect(service.sweeps(1, relapse)).toEqual(["open"]);
    const kinds = service.sweeps(22, stuck);
    expect(kinds.indexOf("halfOpen")).toBe(20);
  });

  test("an alarm that has not cleared when the trial is over takes it out again", () => {
    const service = new Service();
    service.sweeps(12, stuck);
    const kinds = service.sweeps(11, stuck);
    expect(kinds.indexOf("open")).toBe(9);
  });

  test("an alarm that changes its state begins the wait anew", () => {
    const service = new Service();
    service.sweeps(6, stuck);
    service.sweeps(1, { ...stuck, isFresh: true });
    expect(service.sweeps(9, stuck)).not.toContain("halfOpen");
    expect(service.sweeps(1, stuck)).toEqual(["halfOpen"]);
  });

  test("without a probe an alarm that fires holds it off for ever, and so does a probe that fails now and then", () => {
    expect(new Service({ isProbed: false }).sweeps(600, stuck)).not.toContain("halfOpen");
    const service = new Service();
    service.sweeps(1, stuck);
    for (let hour = 0; hour < 10; hour += 1) {
      expect(service.sweeps(9, stuck)).not.toContain("halfOpen");
      service.sweeps(1, { ...stuck, doesProbePass: false });
    }
  });

  test("a trial whose alarm cannot be asked for neither ends nor fails, until it can", () => {
    const service = new Service();
    service.sweeps(12, stuck);
    const { trial } = service.memory;
    expect(trial).toBeDefined();
    service.sweeps(30, { alarm: "UNKNOWN", doesProbePass: undefined });
    expect({ isActive: service.isActive, trial: service.memory.trial }).toEqual({ isActive: true, trial });
    service.sweeps(1, { alarm: "OK" });
    expect(service.memory).not.toHaveProperty("trial");
  });

  test("the wait is never longer than four hours", () => {
    const service = new Service({ flap: { ...flap, openings: 1_000 } });
    service.sweeps(3_000, stuck);
    const kinds = service.sweeps(1_000, stuck);
    const trials = kinds.flatMap((kind, at) => (kind === "halfOpen" ? [at] : []));
    expect(trials.length).toBeGreaterThan(1);
    for (const [index, at] of trials.slice(1).entries()) expect(at - (trials[index] ?? 0)).toBeLessThanOrEqual(485);
  });
});

describe("flapping", () => {
  const openAndClose = (service: Service) => {
    service.sweeps(1, { alarm: "ALARM" });
    return service.sweeps(6, { alarm: "OK" });
  };

  test("the third outage within an hour is flapping, until thirty minutes have been quiet", () => {
    const service = new Service();
    openAndClose(service);
    openAndClose(service);
    expect(service.isActive).toBe(true);
    openAndClose(service);
    expect(service.kinds).toEqual(["FLAPPING"]);
    expect(service.isActive).toBe(false);
    service.sweeps(24, { alarm: "OK" });
    expect(service.isActive).toBe(false);
    service.sweeps(2, { alarm: "OK" });
    expect(service.isActive).toBe(true);
  });

  test("an outage while it is flapping lengthens it", () => {
    const service = new Service();
    for (let time = 0; time < 3; time += 1) openAndClose(service);
    service.sweeps(20, { alarm: "OK" });
    openAndClose(service);
    service.sweeps(20, { alarm: "OK" });
    expect(service.isActive).toBe(false);
    service.sweeps(6, { alarm: "OK" });
    expect(service.isActive).toBe(true);
  });

  test("three outages in more than an hour do not", () => {
    const service = new Service();
    for (let time = 0; time < 3; time += 1) {
      openAndClose(service);
      service.sweeps(25, { alarm: "OK" });
    }
    expect(service.kinds).toEqual([]);
  });
});

describe("watched by its probe", () => {
  test("three failures in a row open an outage that is confirmed; three passes and five minutes close it", () => {
    const service = new Service({ isWatchedByProbe: true });
    service.sweeps(2, { doesProbePass: false });
    service.sweeps(1, { doesProbePass: true });
    expect(service.sweeps(3, { doesProbePass: false })).toEqual(["stayClosed", "stayClosed", "open"]);
    expect(service.reasons).toMatchObject([{ kind: "OUTAGE", alarms: [], confirmedByProbe: true }]);
    expect(service.sweeps(6, { doesProbePass: true }).at(-1)).toBe("close");
  });
});

test("an outage whose alarm was deleted and that has no probe waits for a command", () => {
  const service = new Service({ isProbed: false });
  service.sweeps(1, { alarm: "ALARM" });
  expect(service.sweeps(60, { alarm: "MISSING" })).not.toContain("close");
  expect(service.memory.requiresCommand).toBe(true);
});

test("an outage that opens between the probes and the decision is not closed without its probe", () => {
  const service = new Service({ recoverAfterSeconds: 0, probesInARow: 1 });
  service.sweeps(1, { alarm: "ALARM" });
  const outage = outageIn(service);
  const evidence: Evidence = {
    alarms: [{ arn: "arn:a", state: { state: "OK", reason: "", since: new Date(start).toISOString() } }],
    isComplete: true,
    probe: undefined,
  };
  const { policy, memory, now } = service;
  const question = { outage, flapping: undefined, isOverridden: false, isHeldInactive: false };
  expect(decideOutage({ ...question, memory, policy, now, evidence }).kind).toBe("stayOpen");
});

test("a probe that fails in an outage confirms it", () => {
  const service = new Service();
  service.sweeps(1, { alarm: "ALARM" });
  expect(service.reasons).toMatchObject([{ confirmedByProbe: false }]);
  service.sweeps(1, { alarm: "ALARM", doesProbePass: false });
  expect(service.reasons).toMatchObject([{ confirmedByProbe: true }]);
});

test("a service that flaps is not tried: it would not be active for a second", () => {
  const service = new Service({ recoverAfterSeconds: 60, probesInARow: 1 });
  for (let outage = 0; outage < 3; outage += 1) {
    service.sweeps(1, { alarm: "ALARM" });
    service.sweeps(3, { alarm: "OK" });
  }
  expect(service.kinds).toEqual(["FLAPPING"]);
  const kinds = service.sweeps(29, { alarm: "ALARM" });
  expect(kinds).not.toContain("halfOpen");
  expect(service.sweeps(10, { alarm: "ALARM" })).toContain("halfOpen");
});
