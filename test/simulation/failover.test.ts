import fc from "fast-check";
import { expect, test } from "vitest";
import { desiredActivation } from "../../shared/activation/decide-activation.ts";
import { isInForce, reasonsInForce } from "../../shared/activation/reasons.ts";
import { failoverMemoryOf } from "../../shared/records/account/failover-memory.ts";
import { runs } from "../support/runs.ts";
import { found } from "./failover-found.ts";
import { FailoverSimulation, type Faults, type Work } from "./failover-simulation.ts";

type Model = Record<string, never>;
type Command = fc.AsyncCommand<Model, FailoverSimulation, false>;

/** One thing that happens. */
class Step implements Command {
  readonly #words: string;
  readonly #happen: (world: FailoverSimulation) => Promise<void> | void;

  constructor(words: string, happen: (world: FailoverSimulation) => Promise<void> | void) {
    this.#words = words;
    this.#happen = happen;
  }

  check = () => true;

  async run(_: Model, world: FailoverSimulation): Promise<void> {
    await world.time.run(Promise.resolve(this.#happen(world)));
  }

  toString = () => this.#words;
}

const service = fc.nat(3);
const alarm = fc.constantFrom("a", "b");
const fault = fc.constantFrom("ok", "failed", "lost");
const faults: fc.Arbitrary<Faults> = fc.record({
  crash: fc.option(fc.record({ at: fc.integer({ min: 1, max: 60 }), when: fc.constantFrom("before", "after") }), {
    nil: undefined,
  }),
  ringcx: fc.array(fault, { maxLength: 3 }),
  sns: fc.array(fault, { maxLength: 2 }),
});
const command = fc.constantFrom("activate", "deactivate", "keep-inactive", "hands-off", "override", "release");
const work: fc.Arbitrary<Work> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Work>({ kind: "sweep" }) },
  { weight: 3, arbitrary: alarm.map((one): Work => ({ kind: "event", alarm: one })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(command, service, fc.nat(6))
      .map(([name, one, minutes]): Work => ({ kind: "command", command: name, service: one, minutes })),
  },
);
const process = fc.nat(1);

/** What others do. */
type Happening = { alarm: string; state: "OK" | "ALARM" } | { service: number; isActive: boolean };
const change: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ alarm, state: fc.constantFrom("OK", "ALARM") }) },
  { weight: 1, arbitrary: fc.record({ service, isActive: fc.boolean() }) },
);

function happen(world: FailoverSimulation, what: Happening): void {
  if ("alarm" in what) world.setAlarm(what.alarm, what.state);
  else world.click(what.service, what.isActive);
}

const commands = fc.commands<Model, FailoverSimulation, false>(
  [
    fc
      .tuple(process, work, faults)
      .map(
        ([at, what, wrong]) =>
          new Step(`run(${at}, ${stringify(what)}, ${stringify(wrong)})`, (world) => world.run(at, what, wrong)),
      ),
    fc
      .array(
        fc.record({ process, afterMs: fc.nat(3_000), before: fc.option(change, { nil: undefined }), work, faults }),
        { minLength: 2, maxLength: 3 },
      )
      .map(
        (all) =>
          new Step(`together(${stringify(all)})`, async (world) => {
            const one = async ({ afterMs, before, ...what }: (typeof all)[number]) => {
              await world.time.sleep(afterMs);
              if (before) happen(world, before);
              await world.run(what.process, what.work, what.faults);
            };
            await Promise.all(all.map(one));
          }),
      ),
    change.map((what) => new Step(`happen(${stringify(what)})`, (world) => happen(world, what))),
    fc
      .constantFrom("enforce", "observe", "off")
      .map((mode) => new Step(`mode(${mode})`, (world) => void Object.assign(world, { mode }))),
    fc.boolean().map((passes) => new Step(`probe(${passes})`, (world) => world.setProbe(passes))),
    fc
      .tuple(fc.constantFrom("service", "activation", "radius"), service)
      .map(([which, one]) => new Step(`break(${which}, ${one})`, (world) => world.breakItem(which, one))),
    fc
      .integer({ min: 1, max: 20 })
      .map((minutes) => new Step(`minutes(${minutes})`, (world) => world.time.sleep(minutes * 60_000))),
  ],
  { maxCommands: 20 },
);

function stringify(value: unknown): string {
  return JSON.stringify(value);
}

test("whatever fails: two sweeps later every service is as its record asks, and each change was told once, with what ends it", async () => {
  await fc.assert(
    fc.asyncProperty(commands, fc.tuple(skew(), skew()), async (steps, skews) => {
      let world: FailoverSimulation | undefined;
      const begin = async () => {
        const starting = FailoverSimulation.start(skews);
        world = await starting;
        return { model: {}, real: world };
      };
      await fc.asyncModelRun(begin, steps);
      if (!world) return;
      await world.time.run(settle(world));
      await world.time.run(heal(world));
    }),
    { numRuns: runs(40) },
  );
});

test.each(Object.entries(found))("what the model has found: %s", async (_, happened) => {
  const world = await FailoverSimulation.start([0, 0]);
  await world.time.run(happened(world));
  await world.time.run(settle(world));
  await world.time.run(heal(world));
});

function skew() {
  return fc.integer({ min: -1_000, max: 1_000 });
}

/** Faults stop; what a process that died has held is free a minute later. */
async function settle(world: FailoverSimulation): Promise<void> {
  await world.mendItems();
  await world.redeliverCommands();
  let sweptAt = world.time.now;
  for (let sweeps = 0; sweeps < 2; sweeps += 1) {
    await world.time.sleep(65_000);
    sweptAt = world.time.now;
    await world.run(sweeps, { kind: "sweep" });
    await world.redeliverCommands();
  }
  expect(world.violations).toEqual([]);
  expect(world.unanswered()).toEqual([]);
  for (const [index, { isEnabled, isClicked, alarms }] of world.services.entries()) {
    const record = await world.record(index);
    const { now } = world.time;
    const about = `service ${index}: ${JSON.stringify(record)}`;
    expect(record.intents ?? [], about).toEqual([]);
    const kinds = reasonsInForce(record, now).map(({ kind }) => kind);
    // A person who activates it against another person's word has the last one.
    const isLeft = isInForce(record.handsOff, now) || (isClicked && kinds.includes("KEEP_INACTIVE"));
    const { isActive } = desiredActivation(record, now);
    // What ended while the last sweep went on is for the next one.
    const isEnding = desiredActivation(record, sweptAt).isActive !== isActive;
    if (!isLeft && !isEnding) expect(isEnabled, about).toBe(isActive);
    const { suppressed, trial } = failoverMemoryOf(record);
    // Nobody clicked, so nobody was seen.
    const isSeen = kinds.includes("MANUAL") || record.override?.by === "admin page";
    if (!isClicked) expect(isSeen, about).toBe(false);
    if (world.mode === "enforce" && alarms.some((one) => world.isFiring(one))) {
      expect(kinds.includes("OUTAGE") || suppressed !== undefined || trial !== undefined, about).toBe(true);
    }
    const changes = world.changes.filter((one) => one.service === index).map(({ isActive }) => isActive);
    const published = world.publishedChanges(index);
    if (!isClicked) expect({ published }, about).toEqual({ published: changes });
    const outage = record.reasons.find((reason) => reason.kind === "OUTAGE");
    if (outage) expect(world.hasToldOutage(index, outage.since), about).toBe(true);
    if (!isEnabled) expect(world.lastWords(index), about).toMatch(/comes back|until|command/);
  }
}

/** All is well: what a person or a command does not hold comes back. */
async function heal(world: FailoverSimulation): Promise<void> {
  for (const alarm of ["a", "b"]) world.setAlarm(alarm, "OK");
  world.setProbe(true);
  for (let sweeps = 0; sweeps < 10; sweeps += 1) {
    await world.time.sleep(5 * 60_000);
    await world.run(sweeps % 2, { kind: "sweep" });
  }
  for (const [index, { isEnabled, isClicked }] of world.services.entries()) {
    const record = await world.record(index);
    const about = `service ${index}: ${JSON.stringify(record)}`;
    const kinds = reasonsInForce(record, world.time.now).map(({ kind }) => kind);
    expect(kinds, about).not.toContain("OUTAGE");
    if (!isClicked && !kinds.includes("KEEP_INACTIVE")) expect(isEnabled, about).toBe(true);
    if (!isClicked && kinds.includes("KEEP_INACTIVE")) expect(isEnabled, about).toBe(false);
  }
}
