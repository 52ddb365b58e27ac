import fc from "fast-check";
import { expect, test } from "vitest";
import { createBlastRadius, servicePlace } from "../../../../functions/fail-over-services/apply/blast-radius.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { runs } from "../../../support/runs.ts";
import { seeded, VirtualTime } from "../../../support/virtual-time.ts";

const settings = { share: 0.2, withinMinutes: 15 };
const placeOf = (index: number) =>
  servicePlace({
    accountId: "123456",
    groupName: "CRM",
    serviceDescription: `lookup ${index}`,
  });

/** One table, whose calls take some time, and processes that use it. */
function world(seed: number) {
  const time = new VirtualTime();
  const random = seeded(seed);
  const table = new MemoryStateTable();
  const slowly =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await time.sleep(random() * 10);
      const result = await call(...args);
      await time.sleep(random() * 10);
      return result;
    };
  const slow = Object.assign(new MemoryStateTable(), {
    get: slowly(table.get.bind(table)),
    put: slowly(table.put.bind(table)),
  });
  return { time, start: () => createBlastRadius({ table: slow, clock: time.clock(), random, settings }) };
}

test("however many claim at once, exactly as many services get a place as there are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 60 }),
      fc.array(fc.nat(19), { minLength: 1, maxLength: 40 }),
      async (seed, count, services, claims) => {
        const { time, start } = world(seed);
        const radii = Array.from({ length: count }, start);
        const admitted = new Set<number>();
        const refused = new Set<number>();
        await time.run(
          (async () => {
            await radii[0]?.refresh("123456", services, "all");
            await Promise.all(
              claims.map(async (index, at) => {
                const isAdmitted = await radii[at % count]?.claim(placeOf(index));
                (isAdmitted ? admitted : refused).add(index);
              }),
            );
          })(),
        );
        const places = Math.max(1, Math.floor(services * 0.2));
        expect(admitted.size).toBe(Math.min(places, new Set(claims).size));
        // The same service is answered the same, whoever asks.
        expect([...admitted].filter((index) => refused.has(index))).toEqual([]);
      },
    ),
    { numRuns: runs(200) },
  );
});

test("a place is free again when it is given back, and when its time is over", async () => {
  const { time, start } = world(1);
  const [one, other] = [start(), start()];
  const answers = async () => {
    const first = await one.claim(placeOf(1));
    const second = await other.claim(placeOf(2));
    await other.release(placeOf(1));
    const afterRelease = await one.claim(placeOf(2));
    await time.sleep(16 * 60_000);
    const afterTime = await one.claim(placeOf(3));
    return { first, second, afterRelease, afterTime };
  };
  expect(await time.run(answers())).toEqual({ first: true, second: false, afterRelease: true, afterTime: true });
});
