import { afterEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, group, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

/** Another environment on the same RingCX account: it chooses the same ids, and its table knows nothing of what is there. */
async function otherEnvironment(profile: Parameters<typeof startFixture>[0] = {}) {
  fixture = await startFixture(profile);
  expect(await fixture.send(applyMessage([group, authConfig]))).toMatchObject({ status: "SUCCEEDED" });
  for (const { pk, sk } of await fixture.table.query("ACCOUNT#123456")) await fixture.table.delete({ pk, sk });
  fixture.operations();
}
const writes = () => fixture.operations().filter((operation) => /^(create|update|delete|set)/i.test(operation));

test("what another environment has made is not overwritten, though it has the id that this one would choose", async () => {
  await otherEnvironment();
  const outcome = await fixture.send(applyMessage([authConfig]));
  expect(outcome).toMatchObject({
    status: "REJECTED",
    resources: [
      {
        problems: [
          {
            message: expect.stringMatching(/an auth config of this name exists already .* was not made by a message/),
            hint: expect.stringContaining('say "adopt": true'),
          },
        ],
      },
    ],
  });
  expect(writes()).toEqual([]);
});

test.each([authConfig, group])("nor what its list does not show yet: $kind", async (resource) => {
  await otherEnvironment({ simulator: { profile: { "consistency.lists": "stale", "consistency.single": "stale" } } });
  const before = JSON.stringify(fixture.simulator.state());
  const outcome = await fixture.send(applyMessage([resource]));
  expect(outcome, outcome.summary).toMatchObject({ status: "REJECTED" });
  expect(outcome.summary).toMatch(/exists already/);
  expect(JSON.stringify(fixture.simulator.state())).toBe(before);
});

test("nor deleted", async () => {
  await otherEnvironment();
  const { providerName } = authConfig;
  const retire = applyMessage([{ kind: "authConfig", providerName }], { event: { type: "ringcx.retire.v1" } });
  expect(await fixture.send(retire)).toMatchObject({ status: "REJECTED" });
  expect(writes()).toEqual([]);
});
