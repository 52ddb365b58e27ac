import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../support/runs.ts";
import { type Fixture, startFixture } from "./fixture.ts";

type Bound = Awaited<ReturnType<Fixture["rotated"]>>;

/** What happens to one of two secrets that begin with one credential. */
const deeds: Record<string, (fixture: Fixture, bound: Bound) => Promise<unknown>> = {
  rotate: (fixture, { arn }) => fixture.rotate(arn).catch(() => undefined),
  "a person goes back": async (fixture, { arn }) => {
    const { current, previous } = fixture.labels(arn);
    if (current && previous) await fixture.makeCurrent(arn, previous, current);
  },
  "a person puts the first value again": async (fixture, { arn }) => {
    if (revoked(fixture).has("id-first")) return;
    await fixture.tag(arn, "ringcx:credential-id", "id-first");
    await fixture.putVersion(arn, { apiKey: "first" });
  },
  "a person puts another value": async (fixture, { arn }) => {
    await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, "ringcx:credential-id");
  },
  "a long overlap": (fixture, { arn }) => fixture.tag(arn, "ringcx:overlap", "20m"),
  "a short overlap": (fixture, { arn }) => fixture.tag(arn, "ringcx:overlap", "1m"),
};

const revoked = ({ issuer }: Fixture) =>
  new Set(issuer.calls.filter(({ action }) => action === "revoke").map(({ credentialId }) => credentialId));

const story = fc.array(
  fc.record({
    whose: fc.constantFrom(0, 1),
    deed: fc.constantFrom(...Object.keys(deeds)),
    ticks: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 8 },
);

/** The simplest: the one is rotated, the other goes on with the old credential. */
const once = [{ whose: 0, deed: "rotate", ticks: 3 }];

it("of two secrets that begin with one credential, none is left with one that was revoked, and each that is over is", async () => {
  const play = async (acts: readonly { whose: number; deed: string; ticks: number }[]) => {
    const fixture = await startFixture({ isWire: false });
    try {
      const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };
      const both = [await fixture.rotated("APIKEY", tags), await fixture.rotated("APIKEY", tags)];
      const tick = async () => {
        await fixture.tick();
        for (const { authConfigId } of both) {
          const id = `id-${fixture.inForce(authConfigId)?.apiKey}`.replace("id-issued-", "id-");
          expect(revoked(fixture)).not.toContain(id);
        }
      };
      for (const { whose, deed, ticks } of acts) {
        await deeds[deed]?.(fixture, both[whose] ?? expect.fail("no such secret"));
        for (let count = 0; count < ticks; count += 1) await tick();
      }
      // Both come to a credential of their own.
      for (const bound of both) await deeds["a person puts another value"]?.(fixture, bound);
      for (let count = 0; count < 3; count += 1) await tick();
      for (const { arn } of both) await fixture.rotate(arn);
      for (let count = 0; count < 12; count += 1) await tick();
      const inForce = both.map(({ authConfigId }) => String(fixture.inForce(authConfigId)?.apiKey));
      expect([...fixture.issuer.valid.keys()].toSorted()).toEqual(
        inForce.map((key) => key.replace("issued-", "id-")).toSorted(),
      );
    } finally {
      await fixture.stop();
    }
  };
  await fc.assert(fc.asyncProperty(story, play), { numRuns: runs(3), examples: [[once]] });
});
