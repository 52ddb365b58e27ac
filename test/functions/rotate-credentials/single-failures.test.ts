import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { runStep } from "../../../functions/rotate-credentials/steps/run-step.ts";
import { type AuthType, authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { CrashPoint, FailurePoint } from "../../support/crash.ts";
import { isChosen, isLongRun } from "../../support/runs.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, issuerArn, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

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

/** What a secret that rotates may look like. */
interface World {
  authType: AuthType;
  /** `issuer` makes its credentials, or they are made at random. */
  by: "issuer" | "random";
  authConfigs: number;
}

const worlds: readonly World[] = authTypes.flatMap((authType) =>
  (["issuer", "random"] as const)
    // What runs inside RingCX has no field that could be random: such a rotation does not begin, as a test below says.
    .filter((by) => !(authType === "CUSTOM_AUTH" && by === "random"))
    .flatMap((by) => [1, 2, 3].map((authConfigs) => ({ authType, by, authConfigs }))),
);

/** Secrets in sync, each with the auth configs that it feeds. */
async function rotated({ authType, by, authConfigs }: World, count = 1) {
  const bound = [];
  while (bound.length < count) {
    const ids = [];
    while (ids.length < authConfigs) ids.push(await fixture.createAuthConfig(authType));
    const secret = await fixture.createSecret({
      value: credentials[authType].value("first"),
      tags: {
        "ringcx:auth-config": ids.join(" "),
        "ringcx:auth-type": authType,
        "ringcx:issuer": by === "random" ? "random" : issuerArn,
      },
    });
    fixture.letRotate(secret.arn);
    bound.push({ ...secret, ids, authType, by });
  }
  await fixture.tick();
  return bound;
}

type Bound = Awaited<ReturnType<typeof rotated>>[number];

/** What the rotation of a secret in sync looks like when one call of one step has failed once. */
async function failing(bound: Bound, step: (typeof rotationSteps)[number], failure: FailurePoint) {
  const rotation = fixture.begin(bound.arn);
  for (const each of rotationSteps) {
    if (each === step) break;
    await fixture.step(each, rotation);
  }
  await fixture.step(step, rotation, failure).catch(() => {});
  return { ...bound, ...rotation };
}

type Failed = Awaited<ReturnType<typeof failing>>;

/** RingCX has, for each auth config, what the secret calls current, and the records say so. */
async function expectInForce(place: string, { arn, ids, authType }: Pick<Failed, "arn" | "ids" | "authType">) {
  const { current = "" } = fixture.labels(arn);
  const { shown } = credentials[authType];
  const value = JSON.parse(fixture.store.get(arn).versions.get(current)?.value?.string ?? "{}");
  expect(value[shown], place).toBeDefined();
  for (const id of ids) {
    expect(fixture.inForce(id), place).toMatchObject({ [shown]: value[shown] });
    const { state } = await fixture.record(id);
    expect(state, place).toMatchObject({ kind: "APPLIED", applied: { versionId: current } });
  }
}

/** RingCX, Secrets Manager and the issuer agree on one credential that works, and nothing is left over. */
async function expectAgreement(place: string, failed: Failed) {
  const { arn, token, versionId, by } = failed;
  const { current } = fixture.labels(arn);
  expect([versionId, token], place).toContain(current);
  await expectInForce(place, failed);
  if (by === "issuer") {
    // The current one is valid, or what was given up is revoked.
    expect(fixture.issuer.valid.has(`id-${token}`), `${place}: is the candidate valid?`).toBe(current === token);
  }
  // No label is left that would keep the next rotation from succeeding.
  const next = await fixture.rotate(arn);
  expect(fixture.labels(arn).current, place).toBe(next);
  await expectInForce(`${place}, and rotated again`, failed);
}

async function callsOf(world: World, step: (typeof rotationSteps)[number]): Promise<number> {
  const counting = new CrashPoint();
  const [{ arn } = { arn: "" }] = await rotated(world);
  const rotation = fixture.begin(arn);
  for (const each of rotationSteps) {
    await fixture.step(each, rotation, each === step ? counting : undefined);
    if (each === step) break;
  }
  await fixture.retire(arn);
  return counting.calls;
}

/** All of it takes most of an hour: a usual run tries the simplest world thoroughly, the others each in one step, at a call here and there. */
const simplest: World = { authType: "APIKEY", by: "issuer", authConfigs: 1 };
const places = worlds
  .flatMap((world, index) =>
    rotationSteps.map((step) => ({ ...world, step, world, index, isSimplest: isDeepStrictEqual(world, simplest) })),
  )
  .filter(({ step, index, isSimplest }) => isSimplest || isChosen(rotationSteps.indexOf(step), 4, index));

/** The last step, which cannot be undone, is always tried with every kind. */
function isTried({ step, index, isSimplest }: (typeof places)[number], kind: string, call: number): boolean {
  const isLast = step === "finishSecret";
  if (!isSimplest) return isChosen(call + Object.keys(failures).indexOf(kind) * 5, isLast ? 83 : 131, index * 13);
  // Every call fails somehow, and every kind of failure meets calls all over the step.
  const ofKind = Object.keys(failures).indexOf(kind);
  return (isLongRun || isLast || kind === "a lost answer") && isChosen(call + ofKind, isLast ? 9 : 7);
}

/** The failures of one call that are tried, each left alone afterwards or with the step tried again, as Secrets Manager does. */
function casesOf(place: (typeof places)[number], call: number) {
  const isTriedAgain = isLongRun ? [true, false] : [call % (place.isSimplest ? 4 : 2) === 0];
  return Object.entries(failures)
    .filter(([kind]) => isTried(place, kind, call))
    .flatMap(([kind, [when, error]]) =>
      isTriedAgain.map((again) => ({
        name: `${kind}, call ${call}${again ? ", tried again" : ""}`,
        failure: () => new FailurePoint(call, when, error),
        isTriedAgain: again,
      })),
    );
}

let cases = 0;
afterAll(() => {
  if (isLongRun) process.stdout.write(`${cases} cases of single failures\n`);
});

it.each(places)(
  "a rotation in which one call of $step fails once while the process lives on ($authType, $by, $authConfigs): all agree on one living credential, tried again or not",
  async (place) => {
    const { world, step } = place;
    const calls = await callsOf(world, step);
    expect(calls).toBeGreaterThan(5);
    const left = rotationSteps.slice(rotationSteps.indexOf(step));
    for (let call = 1; call <= calls; call += 1) {
      const tried = casesOf(place, call);
      if (tried.length === 0) continue;
      // Each has a secret of its own; a tick takes no longer for twelve than for one.
      const secrets = await rotated(world, tried.length);
      const all = [];
      for (const [index, { name, failure, isTriedAgain }] of tried.entries()) {
        const failed = await failing(secrets[index] as Bound, step, failure());
        if (isTriedAgain) {
          for (const each of left) await fixture.step(each, failed).catch(() => {});
        }
        all.push({ name, failed });
      }
      for (let tick = 0; tick < 7; tick += 1) await fixture.tick();
      for (const { name, failed } of all) {
        await expectAgreement(name, failed);
        await fixture.retire(failed.arn);
      }
      cases += tried.length;
    }
  },
  isLongRun ? 3_600_000 : 120_000,
);

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

it("a credential that has no issuer and no field that could be random is not rotated, and nothing of it is left", async () => {
  const { arn, authConfigId, versionId } = await fixture.rotated("CUSTOM_AUTH", { "ringcx:issuer": "random" });
  await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "ISSUER_MISSING" });
  for (let tick = 0; tick < 7; tick += 1) await fixture.tick();
  expect(fixture.labels(arn)).toEqual({ current: versionId, previous: undefined, pending: undefined });
  expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
  expect(fixture.published).toMatchObject([
    { status: "FAILED", details: { reason: "ISSUER_MISSING" } },
    { status: "NO_CHANGE", details: { kind: "ISSUER_MISSING" } },
  ]);
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
  const dependencies = { ...fixture.stepDependencies(), secrets: lagging };
  const invocation = { requestId: "lagging", deadline: fixture.clock.now() + 120_000 };
  await runStep(dependencies, invocation, { Step: "setSecret", SecretId: arn, ClientRequestToken: rotation.token });
  expect(misses).toBe(0);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
  expect(fixture.published.filter(({ status }) => status === "FAILED")).toEqual([]);
});
