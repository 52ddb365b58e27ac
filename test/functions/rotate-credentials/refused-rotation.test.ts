import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** @returns what ends it */
function rotateSecretFails(name: string): () => void {
  let isOn = true;
  fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
    if (isOn && commandName === "RotateSecretCommand") throw Object.assign(new Error("no"), { name });
    return next(request);
  });
  return () => {
    isOn = false;
  };
}

async function due() {
  const bound = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
  await fixture.clock.sleep(3_600_000);
  return bound;
}

async function ticks(count: number) {
  for (let tick = 1; tick < count; tick += 1) await fixture.tick();
  return fixture.tick();
}

const told = () => fixture.published.map(({ status, details }) => `${status} ${details?.trigger} ${details?.reason}`);

describe("a rotation of our own schedule that Secrets Manager refuses", () => {
  it.each([
    ["AccessDeniedException", 1],
    ["InvalidRequestException", 2],
    ["ThrottlingException", 5],
  ])("with %s counts as a failure, and is told once, after %i refusals", async (name, attempts) => {
    const { arn, authConfigId } = await due();
    const end = rotateSecretFails(name);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      expect(told(), `attempt ${attempt}`).toEqual([]);
      const before = (await fixture.record(authConfigId)).failure?.attempts ?? 0;
      while (((await fixture.record(authConfigId)).failure?.attempts ?? 0) === before) await fixture.tick();
    }
    expect(told()).toEqual(["FAILED DUE ROTATION_NOT_STARTED"]);
    expect(fixture.published[0]?.summary).toContain(name);
    expect(await ticks(24)).toMatchObject({ failing: 1, lines: [{ failure: "ROTATION_NOT_STARTED" }] });
    expect(told()).toHaveLength(1);
    end();
    while (fixture.begun.length === 0) await fixture.tick();
    const [rotation = { arn, token: "" }] = fixture.begun;
    for (const step of rotationSteps) await fixture.step(step, rotation);
    expect(told()).toEqual(["FAILED DUE ROTATION_NOT_STARTED", "SUCCEEDED DUE undefined"]);
    expect(await fixture.tick()).toMatchObject({ failing: 0 });
  });

  it("ends when the secret is no longer to be rotated", async () => {
    const { arn } = await due();
    rotateSecretFails("AccessDeniedException");
    expect(await ticks(3)).toMatchObject({ failing: 1 });
    await fixture.tag(arn, "ringcx:rotate-every");
    expect(await ticks(2)).toMatchObject({ failing: 0 });
  });

  it("leaves a rotation alone that began in spite of it", async () => {
    const { arn, authConfigId } = await due();
    fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
      const answer = await next(request);
      if (commandName !== "RotateSecretCommand") return answer;
      // Secrets Manager takes the first step before anybody learns that the answer is lost.
      await fixture.step("createSecret", fixture.begun.at(-1) ?? { arn, token: "" });
      throw Object.assign(new Error("lost"), { name: "TimeoutError" });
    });
    await fixture.tick();
    expect((await fixture.record(authConfigId)).failure).toBeUndefined();
    const [rotation = { arn, token: "" }] = fixture.begun;
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
    for (const step of rotationSteps.slice(1)) await fixture.step(step, rotation);
    expect(await fixture.tick()).toMatchObject({ failing: 0 });
    expect(told()).toEqual(["SUCCEEDED DUE undefined"]);
  });
});

describe("a rotation of our own schedule that comes to nothing", () => {
  const createFails = (code: string) => {
    fixture.issuer.create = async () => {
      throw new AutomationError("no", { code });
    };
  };

  /** Takes the steps of what our schedule has begun, as Secrets Manager does. */
  async function run(count: number) {
    for (let tick = 0; tick < count; tick += 1) {
      await fixture.tick();
      for (const rotation of fixture.begun.splice(0))
        await fixture.step("createSecret", rotation).catch(() => undefined);
    }
  }

  it("is told once for each cause, with what its token is", async () => {
    const { authConfigId } = await due();
    createFails("ISSUER_UNKNOWN");
    await run(12 * 12);
    expect((await fixture.record(authConfigId)).failure?.attempts).toBeGreaterThan(5);
    expect(told()).toEqual(["FAILED DUE ISSUER_UNKNOWN"]);
    expect(fixture.published[0]?.summary).toContain("RingCX was given no version of that id");
    createFails("ISSUER_FAILED");
    await run(12 * 12);
    expect(told()).toEqual(["FAILED DUE ISSUER_UNKNOWN", "FAILED DUE ISSUER_FAILED"]);
  });

  it("that a person asks for is told each time", async () => {
    const { arn } = await due();
    await fixture.tag(arn, "ringcx:rotate-every");
    createFails("ISSUER_UNKNOWN");
    for (let time = 0; time < 2; time += 1) await expect(fixture.rotate(arn)).rejects.toThrow();
    expect(told()).toEqual(Array(2).fill("FAILED ROTATE_SECRET ISSUER_UNKNOWN"));
  });
});
