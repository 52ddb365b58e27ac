import fc from "fast-check";
import { expect, it } from "vitest";
import { isLongRun, runs } from "../../support/runs.ts";
import { type HistoryChange, history, startWorld } from "./history.ts";

/** The longest that anything waits: a failure's pause, a rotation's sign of life, an old view, a proof. */
const longestWaitMs = 61 * 60_000;

/** What is not mended. */
interface Ending {
  authConfigs: number;
  endpointStaysDown: boolean;
  rivalStays: boolean;
  tagsStay: boolean;
}

async function play(changes: readonly HistoryChange[], ending: Ending): Promise<void> {
  const { authConfigs, endpointStaysDown, tagsStay } = ending;
  const world = await startWorld(authConfigs);
  const { fixture, ids } = world;
  const expectNoneRevoked = (when: string) => {
    for (const key of world.keysInForce()) {
      if (key.startsWith("issued-")) expect(world.isValid(key), `${key} is revoked, and in use ${when}`).toBe(true);
    }
  };
  try {
    await world.tick();
    for (const [index, change] of changes.entries()) {
      await world.apply(change);
      expectNoneRevoked(`after change ${index}`);
    }
    await world.mend(ending);
    await world.tick();
    await fixture.clock.sleep(longestWaitMs);
    for (let tick = 0; tick < 2; tick += 1) {
      await world.tick();
      expectNoneRevoked("at the end");
    }
    const report = await world.tick();
    // After that tick, which may have rotated: what RingCX has and what is current are of the same moment.
    const inForce = world.keysInForce();
    const current = world.currentKey();
    const rival = world.rival();
    const said = JSON.stringify([report?.lines, report?.refused]);
    for (const [index, id] of ids.entries()) {
      if (inForce[index] === current && rival.claims !== id) continue;
      // The other secret's alone, once this one has let go of it.
      if (tagsStay && rival.claims === id && inForce[index] === rival.key) continue;
      // Kept out only for what is wrong with it, and said so.
      const why = `${inForce[index]} is in use, and ${current} would be valid`;
      if (!endpointStaysDown && !tagsStay && rival.claims !== id) expect(world.isValid(current), why).toBe(false);
      expect(said, `${inForce[index]} of ${current} and ${rival.key}`).toContain(id);
    }
  } finally {
    await fixture.stop();
  }
}

const endings: fc.Arbitrary<Ending> = fc.record({
  authConfigs: fc.integer({ min: 1, max: 2 }),
  endpointStaysDown: fc.boolean(),
  rivalStays: fc.boolean(),
  tagsStay: fc.boolean(),
});

const tick: HistoryChange = { do: "tick", fault: undefined };

const rotate = (steps: number): HistoryChange => ({ do: "rotate", steps, fault: undefined });

it.each<[string, HistoryChange[]]>([
  [
    "makes a candidate the current version that RingCX does not have yet",
    [rotate(4), rotate(1), { do: "move AWSCURRENT", which: 2 }],
  ],
  [
    "makes a revoked version the current one while another is being rotated",
    [
      { do: "issuer", is: "verify" },
      rotate(2),
      { do: "issuer", is: "well" },
      rotate(2),
      { do: "move AWSCURRENT", which: 1 },
    ],
  ],
  [
    "tags a secret so that it is rotated at the very end",
    [tick, tick, { do: "wait", minutes: 25 }, tick, { do: "tag", key: "ringcx:rotate-every", value: "2h" }],
  ],
  [
    "makes a candidate current whose roll-back died before it was recorded",
    [
      rotate(2),
      { do: "put", isGood: false },
      { do: "put", isGood: false },
      { do: "rotate", steps: 4, fault: { call: 39, how: "dies before" } },
      { do: "put", isGood: false },
      { do: "move AWSCURRENT", which: 6 },
    ],
  ],
  [
    "closes a secret in the middle of its rotation, and lets it go on",
    [rotate(2), { do: "tag", key: "ringcx:connection", value: undefined }, rotate(1)],
  ],
])("a person who %s", (_, changes) =>
  play(changes, { authConfigs: 1, endpointStaysDown: false, rivalStays: false, tagsStay: false }),
);

it(
  "whatever happens to a secret, RingCX ends with what is current or says why not, and never uses what was revoked",
  async () => {
    await fc.assert(fc.asyncProperty(history, endings, play), { numRuns: runs(10) });
  },
  isLongRun ? 3_600_000 : 120_000,
);
