import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runStep } from "../../../functions/rotate-credentials/steps/run-step.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { CrashPoint, FailurePoint } from "../../support/crash.ts";
import { isChosen, isLongRun } from "../../support/runs.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

/** An error of an AWS client. */
const aws =
  (name: string, isServers = false) =>
  () =>
    Object.assign(new Error(`${name} of the test`), { name, $fault: isServers ? "server" : "client" });

/** How a call fails once. What has its effect before it fails is what a lost answer looks like. */
const failures: Readonly<Record<string, ["before" | "after", () => Error]>> = {
  "a failure of theirs": ["before", aws("InternalServiceError", true)],
  "a throttled call": ["before", aws("ThrottlingException")],
  "a lost answer": ["after", aws("TimeoutError", true)],
  "a label that is gone": ["before", aws("InvalidParameterException")],
  "a version that is there": ["before", aws("ResourceExistsException")],
  "RingCX out of reach": [
    "before",
    () => new RingCxUnavailableError({ operation: "test", permission: "", ids: {}, reason: "503" }),
  ],
};

/** What the rotation of a fresh secret looks like when one call of one step has failed once. */
async function failing(step: (typeof rotationSteps)[number], failure: FailurePoint) {
  const bound = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(bound.arn);
  for (const each of rotationSteps) {
    if (each === step) break;
    await fixture.step(each, rotation);
  }
  await fixture.step(step, rotation, failure).catch(() => {});
  return { ...bound, ...rotation };
}

/** RingCX, Secrets Manager and the issuer agree on one credential that works, and nothing is left over. */
async function expectAgreement(
  place: string,
  { arn, token, versionId, authConfigId }: Awaited<ReturnType<typeof failing>>,
) {
  const { current } = fixture.labels(arn);
  expect([versionId, token], place).toContain(current);
  expect(fixture.inForce(authConfigId), place).toMatchObject({
    apiKey: current === token ? `issued-${token}` : "first",
  });
  if (current === token)
    expect(fixture.issuer.valid.has(`id-${token}`), `${place}: the current one is valid`).toBe(true);
  else expect(fixture.issuer.valid.has(`id-${token}`), `${place}: what was given up is revoked`).toBe(false);
  expect((await fixture.record(authConfigId)).state, place).toMatchObject({
    kind: "APPLIED",
    applied: { versionId: current },
  });
  // No label is left that would keep the next rotation from succeeding.
  const next = await fixture.rotate(arn);
  expect(fixture.inForce(authConfigId), place).toMatchObject({ apiKey: `issued-${next}` });
}

async function callsOf(step: (typeof rotationSteps)[number]): Promise<number> {
  const counting = new CrashPoint();
  const { arn } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  for (const each of rotationSteps) {
    await fixture.step(each, rotation, each === step ? counting : undefined);
    if (each === step) break;
  }
  await fixture.retire(arn);
  return counting.calls;
}

/** All of it takes minutes; the last step, which cannot be undone, is always tried with every kind. */
const kindsOf = (step: string) =>
  Object.entries(failures).filter(([kind]) => isLongRun || step === "finishSecret" || kind === "a lost answer");

describe.each(rotationSteps)("a rotation in which one call of %s fails once while the process lives on", (step) => {
  it.each(kindsOf(step))(
    "%s: all agree on one living credential, tried again or not",
    async (_, [when, error]) => {
      const calls = await callsOf(step);
      expect(calls).toBeGreaterThan(5);
      for (let call = 1; call <= calls; call += 1) {
        if (!isChosen(call, step === "finishSecret" ? 2 : 4)) continue;
        const left = rotationSteps.slice(rotationSteps.indexOf(step));
        for (const isTriedAgain of isLongRun ? [true, false] : [call % 4 === 0]) {
          const rotation = await failing(step, new FailurePoint(call, when, error));
          if (isTriedAgain) {
            for (const each of left) await fixture.step(each, rotation).catch(() => {});
          }
          for (let tick = 0; tick < 7; tick += 1) await fixture.tick();
          await expectAgreement(`${step}, call ${call}${isTriedAgain ? ", tried again" : ""}`, rotation);
          await fixture.retire(rotation.arn);
        }
      }
    },
    120_000,
  );
});

describe("a person makes a version the current one again whose credential was revoked", () => {
  it("RingCX keeps the one that works, the reason is told once, and the report calls for somebody", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const revoked = await fixture.rotate(arn);
    const living = await fixture.rotate(arn);
    await fixture.clock.sleep(61 * 60_000); // the overlap
    await fixture.tick();
    expect(fixture.issuer.valid.has(`id-${revoked}`)).toBe(false);
    fixture.published.length = 0;
    await fixture.makeCurrent(arn, revoked, living);
    await fixture.clock.sleep(31 * 60_000); // no view of the labels is that old
    for (let tick = 0; tick < 5; tick += 1) await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${living}` });
    expect(fixture.published).toMatchObject([{ status: "FAILED", summary: expect.stringContaining("was revoked") }]);
    expect(await fixture.tick()).toMatchObject({
      diverged: 1,
      lines: [{ authConfigId, concerns: ["DIVERGED", "FAILING"], failure: "CREDENTIAL_REVOKED" }],
    });
  });
});

it("a version that Secrets Manager does not know yet a moment after it was put ends no rotation", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  await fixture.step("createSecret", rotation);
  const { secrets } = fixture;
  const send = secrets.send.bind(secrets);
  let misses = 2;
  const lagging = Object.assign(Object.create(secrets), {
    send: (command: { input: { VersionId?: string } }) => {
      if (command.input.VersionId !== rotation.token || misses === 0) return send(command as never);
      misses -= 1;
      return Promise.reject(aws("ResourceNotFoundException")());
    },
  });
  const dependencies = { ...fixture.dependencies(), secrets: lagging };
  const invocation = { requestId: "lagging", deadline: fixture.clock.now() + 120_000 };
  await runStep(dependencies, invocation, { Step: "setSecret", SecretId: arn, ClientRequestToken: rotation.token });
  expect(misses).toBe(0);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
  expect(fixture.published.filter(({ status }) => status === "FAILED")).toEqual([]);
});
