import { expect, it } from "vitest";
import type { FunctionRegistry } from "../../../../infra/local/functions/function-registry.ts";
import type { AccessControl } from "../../../../infra/local/iam/access-control.ts";
import { Rotation } from "../../../../infra/local/secrets-manager/rotation.ts";
import { moveStage, type Secret, versionWith } from "../../../../infra/local/secrets-manager/secret.ts";
import { SecretStore } from "../../../../infra/local/secrets-manager/secret-store.ts";

/** Two secrets whose step `setSecret` fails so often, and then nothing does. */
function failing(
  failures: number,
  {
    onFailure = () => undefined,
    // Pauses of 1, 2, 4 and 8 ms.
    clockFactor = 20_000,
  }: { onFailure?: (arn: string) => void; clockFactor?: number } = {},
) {
  const store = new SecretStore("us-east-1", "000000000000");
  const secretCalled = (name: string): Secret =>
    Object.assign(store.create({ name, value: { string: "{}" } }), {
      rotation: { isEnabled: true, functionArn: "rotator" },
    });
  const taken: { Step: string; SecretId: string }[] = [];
  const invoke = async (event: { Step: string; SecretId: string }) => {
    taken.push(event);
    const isFailure = event.Step === "setSecret" && failures-- > 0;
    if (isFailure) onFailure(event.SecretId);
    return { outcome: { status: isFailure ? "failed" : "succeeded" } };
  };
  const functions = { get: () => ({ invoke }) } as unknown as FunctionRegistry;
  const access = { checkService: () => undefined } as unknown as AccessControl;
  return {
    rotation: new Rotation(functions, access, clockFactor),
    secret: secretCalled("crm"),
    other: secretCalled("erp"),
    stepsOf: ({ arn }: Secret) => taken.flatMap(({ Step, SecretId }) => (SecretId === arn ? [Step] : [])),
  };
}

const half = ["createSecret", "setSecret"];
const whole = [...half, "testSecret", "finishSecret"];

it.each([
  [2, [...half, ...half, ...whole]],
  [99, [...half, ...half, ...half, ...half, ...half]],
])(
  "a rotation of which a step failed is tried again from the first, %i times, and not for ever",
  async (failures, all) => {
    const { rotation, secret, stepsOf } = failing(failures);
    const token = rotation.start(secret);
    await expect.poll(() => stepsOf(secret)).toEqual(all);
    expect([rotation.busy, versionWith(secret, "AWSPENDING")?.versionId]).toEqual([0, token]);
    await rotation.stop();
  },
);

it("one whose version has lost its label is not tried again", async () => {
  const { rotation, secret, other, stepsOf } = failing(99, {
    onFailure: (arn) => arn === secret.arn && moveStage(secret, "AWSPENDING", undefined),
  });
  rotation.start(secret);
  rotation.start(other);
  await expect.poll(() => stepsOf(other)).toHaveLength(10);
  await rotation.stop();
  expect(stepsOf(secret)).toEqual(half);
});

it("one that waits to be tried again keeps nobody busy, and ends with its host", async () => {
  const { rotation, secret, stepsOf } = failing(99, { clockFactor: 1 });
  rotation.start(secret);
  await expect.poll(() => [rotation.busy, ...stepsOf(secret)]).toEqual([0, ...half]);
  await rotation.stop();
  expect(stepsOf(secret)).toEqual(half);
});
