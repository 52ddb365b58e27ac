import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RotationStepEvent } from "../../../functions/rotate-credentials/steps/rotation-context.ts";
import { runStep } from "../../../functions/rotate-credentials/steps/run-step.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

type Step = RotationStepEvent["Step"];

const refusal = () => Object.assign(new Error("denied by the test"), { name: "AccessDeniedException" });

/** What fails in the process of a step, each time: one call of Secrets Manager, or of the table. */
const lasting = {
  DescribeSecret: { secrets: ["DescribeSecretCommand"] },
  GetSecretValue: { secrets: ["GetSecretValueCommand"] },
  "the table's reads": { table: ["get", "query"] },
  "the table's writes": { table: ["put"] },
  "the table": { table: ["get", "query", "put", "update", "delete"] },
} satisfies Record<string, { secrets?: string[]; table?: (keyof StateTable)[] }>;

type Cause = keyof typeof lasting;

/** A step whose calls fail as long as the process lives. */
async function failingStep(step: Step, cause: Cause, { arn, token }: { arn: string; token: string }): Promise<number> {
  const { secrets = [], table = [] }: { secrets?: readonly string[]; table?: readonly string[] } = lasting[cause];
  const dependencies = fixture.stepDependencies();
  let failed = 0;
  const fail = () => {
    failed += 1;
    return Promise.reject(refusal());
  };
  const failing = <Target extends object>(target: Target, isMeant: (name: string, input: unknown) => boolean): Target =>
    new Proxy(target, {
      get(of, name) {
        const member: unknown = Reflect.get(of, name);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => (isMeant(String(name), given[0]) ? fail() : Reflect.apply(member, of, given));
      },
    });
  const its = {
    ...dependencies,
    table: failing(dependencies.table, (name) => table.includes(name)),
    secrets: failing(dependencies.secrets, (_, command) => secrets.includes(command?.constructor.name ?? "")),
  };
  const invocation = { requestId: "failing", deadline: fixture.clock.now() + 120_000 };
  const event = { Step: step, SecretId: arn, ClientRequestToken: token };
  await runStep(its, invocation, event).catch(() => undefined);
  return failed;
}

const rotations = () => fixture.published.filter(({ cause }) => cause.type === "ringcx.rotation");
const failures = () => fixture.published.filter(({ status }) => status === "FAILED");
const lines = () => fixture.logs.filter((entry) => JSON.stringify(entry).includes("rotation step failed"));

/** What a step does not call. */
const uncalled = ["GetSecretValue in finishSecret"];
const cases = rotationSteps
  .flatMap((step) => (Object.keys(lasting) as Cause[]).map((cause) => ({ step, cause })))
  .filter(({ step, cause }) => !uncalled.includes(`${cause} in ${step}`));

describe("whatever fails in a step and lasts is told once, with its cause", () => {
  it.each(cases)("$cause in $step", async ({ step, cause }) => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const before of rotationSteps.slice(0, rotationSteps.indexOf(step))) await fixture.step(before, rotation);
    fixture.logs.length = 0;
    // Twice, as Secrets Manager repeats it.
    expect(await failingStep(step, cause, rotation)).toBeGreaterThan(0);
    await failingStep(step, cause, rotation);
    expect(JSON.stringify(lines()[0])).toContain(arn);
    expect(JSON.stringify(lines()[0])).toMatch(
      cause.startsWith("the table") ? /AccessDenied/ : `${cause}: AccessDenied`,
    );
    await fixture.tick();
    // By the next run, unless what failed is what it would be written down in.
    const isNoted = cause !== "the table" && cause !== "the table's writes";
    expect(failures()).toHaveLength(isNoted ? 1 : 0);
    for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
    expect(failures()).toHaveLength(1);
    const summary = failures()[0]?.summary ?? "";
    // A person asked for it, and nothing does it again.
    expect(summary).toMatch(/rotate again/i);
    expect(summary).not.toMatch(/it is tried again/);
    if (isNoted) {
      expect(rotations()[0]?.summary).toMatch(
        cause.startsWith("the table") ? /AccessDenied/ : `${cause}: AccessDenied`,
      );
      expect(fixture.labels(arn).pending).toBeUndefined();
    } else expect(summary).toMatch(/AWSPENDING|no sign of life/);
    expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });
});

it("a first step that fails early and is repeated with success is told of no failure", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  await failingStep("createSecret", "DescribeSecret", rotation);
  for (const step of rotationSteps) await fixture.step(step, rotation);
  for (let tick = 0; tick < 4; tick += 1) await fixture.tick();
  expect(failures()).toEqual([]);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
});

it("a later step that fails early and is repeated with success, or moves on, is told of no failure", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  await fixture.step("createSecret", rotation);
  await failingStep("setSecret", "DescribeSecret", rotation);
  await fixture.step("setSecret", rotation);
  await fixture.clock.sleep(60_000);
  await fixture.tick();
  for (const step of rotationSteps.slice(2)) await fixture.step(step, rotation);
  for (let tick = 0; tick < 4; tick += 1) await fixture.tick();
  expect(failures()).toEqual([]);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
});

it("a first step of our own schedule that fails early is not taken for one that never came, and is tried again", async () => {
  const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
  await fixture.clock.sleep(3_600_000);
  await fixture.tick();
  const [begun = { arn, token: "" }] = fixture.begun.splice(0);
  await failingStep("createSecret", "DescribeSecret", begun);
  while (fixture.begun.length === 0) await fixture.tick();
  expect(rotations().map(({ details }) => `${details?.trigger} ${details?.reason}`)).toEqual(["DUE SECRET_UNREADABLE"]);
});
