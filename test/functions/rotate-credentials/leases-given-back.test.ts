import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { CrashPoint, FailurePoint } from "../../support/crash.ts";
import { isChosen } from "../../support/runs.ts";
import { type Fixture, issuerArn, rotationSteps, startFixture } from "./fixture.ts";

// What time heals, and what the matrices therefore do not see: whatever call fails, once, while the process lives on, the
// auth configs are free for the next run at once.

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

const denied = () => Object.assign(new Error("of the test"), { name: "AccessDeniedException", $fault: "client" });
const lost = () => Object.assign(new Error("of the test"), { name: "TimeoutError", $fault: "server" });
const failures = { denied: ["before", denied], "lost answer": ["after", lost] } as const;

/** Two auth configs of one secret, in sync and at rest. */
async function atRest(tags: Record<string, string> = {}) {
  const ids = [await fixture.createAuthConfig("APIKEY"), await fixture.createAuthConfig("APIKEY")];
  const { arn, versionId } = await fixture.createSecret({
    value: { apiKey: "first" },
    tags: {
      "ringcx:auth-config": ids.join(" "),
      "ringcx:auth-type": "APIKEY",
      "ringcx:issuer": issuerArn,
      ...tags,
    },
  });
  fixture.letRotate(arn);
  await fixture.tick();
  return { arn, ids, versionId };
}

type Bound = Awaited<ReturnType<typeof atRest>>;

/** What a run of the schedule finds to do. */
const situations: Record<string, (bound: Bound) => Promise<unknown>> = {
  "a new version": ({ arn }) => fixture.putVersion(arn, { apiKey: "second" }),
  "a version that is no credential": ({ arn }) => fixture.putVersion(arn, { apiKye: "second" }),
  "a version that RingCX refuses for one of two": async ({ arn }) => {
    await fixture.putVersion(arn, { apiKey: "second" });
    fixture.simulator.faults.add({ kind: "status", status: 400, after: 1, match: { method: "PATCH" } });
  },
  "a version that an endpoint refuses": async ({ arn }) => {
    await fixture.putVersion(arn, { apiKey: "second" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
  },
  "a person who went back": async ({ arn, versionId }) => {
    const second = await fixture.rotate(arn);
    await fixture.makeCurrent(arn, versionId, second);
  },
  "a credential to be revoked": async ({ arn }) => {
    await fixture.rotate(arn);
    await fixture.rotate(arn);
    await fixture.clock.sleep(61 * 60_000);
  },
  "a rotation that is due": ({ arn }) => fixture.tag(arn, "ringcx:rotate-every", "1m"),
  "a rotation that is due and that Secrets Manager took on and forgot": async ({ arn }) => {
    await fixture.tag(arn, "ringcx:rotate-every", "1m");
    await fixture.tick();
    fixture.store
      .get(arn)
      .versions.get(fixture.labels(arn).pending ?? "")
      ?.stages.clear();
    await fixture.clock.sleep(2 * 60_000);
  },
  "a rotation that died": async ({ arn }) => {
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation);
    await fixture.step("setSecret", rotation);
    await fixture.clock.sleep(16 * 60_000);
  },
  "a rotation whose first step failed": async ({ arn }) => {
    await fixture.step("createSecret", fixture.begin(arn), new FailurePoint(1, "before", lost)).catch(() => {});
  },
  "a failed rotation that is over": async ({ arn }) => {
    fixture.issuer.script.fail = "create";
    await fixture.rotate(arn).catch(() => {});
    fixture.issuer.script.fail = undefined;
  },
};

/** Undoes what a situation did to more than its own secret. */
async function end({ arn }: Bound) {
  fixture.simulator.faults.clear();
  fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "no service declares how to ask" });
  await fixture.retire(arn);
}

const leased = async ({ ids }: Bound) =>
  (await Promise.all(ids.map((id) => fixture.record(id)))).filter(({ lease }) => lease !== undefined).length;

/** Fails every call of what is done in turn. @returns the places that left a lease */
async function placesWithLease(act: (crash: CrashPoint) => Promise<Bound>) {
  const counting = new CrashPoint();
  const first = await act(counting);
  expect(await leased(first)).toBe(0);
  await end(first);
  const { calls } = counting;
  expect(calls).toBeGreaterThan(5);
  const left: string[] = [];
  for (const [kind, [when, error]] of Object.entries(failures)) {
    for (let call = 1; call <= calls; call += 1) {
      if (!isChosen(call, 17, kind.length)) continue;
      const bound = await act(new FailurePoint(call, when, error));
      if ((await leased(bound)) > 0) left.push(`${kind}, call ${call} of ${calls}`);
      await end(bound);
    }
  }
  return left;
}

describe("whichever call fails, denied or its answer lost, the auth configs are free for the next run", () => {
  it.each(rotationSteps.filter((_, index) => isChosen(index, 3)))("of the step %s", async (step) => {
    const act = async (crash: CrashPoint) => {
      const bound = await atRest();
      const rotation = fixture.begin(bound.arn);
      for (const each of rotationSteps) {
        await fixture.step(each, rotation, each === step ? crash : undefined).catch(() => {});
        if (each === step) break;
      }
      return bound;
    };
    expect(await placesWithLease(act)).toEqual([]);
  });

  it.each(Object.keys(situations).filter((_, index) => isChosen(index, 5)))(
    "of a run of the schedule that finds %s",
    async (situation) => {
      const act = async (crash: CrashPoint) => {
        const bound = await atRest();
        await situations[situation]?.(bound);
        await fixture.tick(crash).catch((error: unknown) => {
          if (error instanceof AutomationError || denied().message === (error as Error).message) return;
          throw error;
        });
        return bound;
      };
      expect(await placesWithLease(act)).toEqual([]);
    },
  );
});
