import { expect } from "vitest";
import { failoverMemoryOf } from "../../shared/records/account/failover-memory.ts";
import { isLongRun } from "../support/runs.ts";
import type { FailoverSimulation, Faults, Work } from "./failover-simulation.ts";

/** What the model has found; the seed and the shrunken case that failed. */
export const found: Record<string, (world: FailoverSimulation) => Promise<unknown>> = {
  "146688333: a click back on is seen by the sweep before the one that ends the outage": async (world) => {
    const run = async (work: Work, { after = 0, ringcx = [] as Faults["ringcx"] } = {}) => {
      await world.time.sleep(after);
      await world.run(0, work, { ringcx, sns: [] });
    };
    world.click(1, false);
    world.setAlarm("a", "ALARM");
    await Promise.all([
      run({ kind: "event", alarm: "a" }, { after: 2231 }),
      run({ kind: "sweep" }, { after: 2325, ringcx: ["failed"] }),
    ]);
    world.setAlarm("a", "OK");
    world.click(1, true);
    const activate: Work = { kind: "command", command: "activate", service: 0, minutes: 0 };
    const again: Work = { kind: "event", alarm: "a" };
    await Promise.all([run(again), run(activate), run(again)]);
  },
  "4242: an outage begins while a command to deactivate is carried out": async (world) => {
    const at = async (work: Work, after: number) => {
      await world.time.sleep(after);
      await world.run(0, work);
    };
    for (let after = 0; after < 600; after += isLongRun ? 20 : 150) {
      world.setAlarm("b", "ALARM");
      await Promise.all([
        at({ kind: "command", command: "keep-inactive", service: 2, minutes: 0 }, 0),
        at({ kind: "event", alarm: "b" }, after),
      ]);
      await world.time.sleep(60_000);
      await world.run(0, { kind: "sweep" });
      const outage = (await world.record(2)).reasons.find((reason) => reason.kind === "OUTAGE");
      expect(outage && world.hasToldOutage(2, outage.since)).toBe(true);
      world.setAlarm("b", "OK");
      for (let minutes = 0; minutes < 70; minutes += 1) await at({ kind: "sweep" }, 60_000);
    }
  },
  "5: a command is told as done, its process dies before it is noted, and a person undoes it": async (world) => {
    for (let at = 1; at < 14; at += 1) {
      for (const when of ["before", "after"] as const) {
        const keep: Work = { kind: "command", command: "keep-inactive", service: 2, minutes: 0 };
        await world.run(0, keep, { crash: { at, when }, ringcx: [], sns: [] });
        world.click(2, true);
        await world.time.sleep(2 * 60_000);
        await world.run(0, { kind: "sweep" });
      }
    }
  },
  "-1794795629: an override's outcome is refused, and the command comes again when its time is over and the alarm OK":
    async (world) => {
      const override: Work = { kind: "command", command: "override", service: 2, minutes: 0 };
      world.setAlarm("b", "ALARM");
      await world.run(0, { kind: "event", alarm: "b" });
      world.setAlarm("b", "OK");
      await world.run(0, override, { ringcx: [], sns: ["failed"] });
      await world.time.sleep(60_000);
    },
  "-1757630279: an outage begins under an override, while RingCX has not done yet what a command asks for": async (
    world,
  ) => {
    const command = (name: string, ringcx: Faults["ringcx"] = []) =>
      world.run(0, { kind: "command", command: name, service: 0, minutes: 0 }, { ringcx, sns: [] });
    await command("deactivate");
    await command("override");
    await command("activate", ["lost"]);
    world.setAlarm("a", "ALARM");
    await world.run(0, { kind: "event", alarm: "a" }, { ringcx: ["failed"], sns: [] });
    await world.time.sleep(5_000);
    const { reasons } = await world.record(0);
    expect(reasons.map(({ since }) => world.hasToldOutage(0, since))).toEqual([true]);
  },
  "1829239891: a person lets out what is suppressed, RingCX fails, and the alarm is OK when it works again": async (
    world,
  ) => {
    world.setAlarm("a", "ALARM");
    await world.run(0, { kind: "event", alarm: "a" });
    const isSuppressed = async (index: number) => failoverMemoryOf(await world.record(index)).suppressed !== undefined;
    const service = (await isSuppressed(0)) ? 0 : 1;
    await world.breakItem("service", service);
    world.setAlarm("a", "OK");
    const release: Work = { kind: "command", command: "release", service, minutes: 0 };
    await world.run(0, release, { ringcx: ["ok", "failed"], sns: [] });
    await world.time.sleep(60_000);
  },
};

/** An outage is told, its process dies at some call, and RingCX fails when the next one makes sure. */
for (let at = 14; at < 19; at += 1) {
  found[`987001: the process dies after its call ${at}, and then RingCX fails`] = async (world) => {
    world.setAlarm("b", "ALARM");
    await world.run(0, { kind: "event", alarm: "b" }, { crash: { at, when: "after" }, ringcx: [], sns: [] });
    await world.time.sleep(60_000);
    await world.run(0, { kind: "sweep" }, { ringcx: ["failed", "failed", "failed"], sns: [] });
  };
}
