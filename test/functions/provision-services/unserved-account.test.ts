import { afterEach, expect, test } from "vitest";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import { acquireLease } from "../../../shared/state/lease.ts";
import { serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };

/** A message that is taken in and not worked on, and then its account is taken out of the settings. */
async function takenInBefore() {
  fixture = await startFixture({ allowedHosts: ["good.example"] });
  const { table, simulator, connections } = fixture;
  const clock = { now: fixture.now, sleep: async () => {} };
  const lease = await acquireLease({ table, clock }, accountLeaseKey(simulator.accountId), {
    holder: "somebody",
    deadline: fixture.now() + 60_000,
  });
  const message = applyMessage([group, serviceAt("good.example", "A")]);
  await fixture.deliver([message]);
  if ("release" in lease) await lease.release();
  const served = connections[0]?.accountIds.splice(0, 1, "999999") ?? [];
  return { message, takeBack: () => connections[0]?.accountIds.push(...served) };
}

test("a message whose account is taken out of the settings is rejected and told", async () => {
  const { message } = await takenInBefore();
  fixture.skip(301_000);
  await fixture.work();
  expect(fixture.outcomes).toMatchObject([
    {
      status: "REJECTED",
      accountId: "123456",
      cause: { id: message.id },
      problems: [{ path: "data.accountId", message: "no connection may use account 123456" }],
    },
  ]);
  expect(fixture.deadLetters).toHaveLength(1);
  expect(await fixture.open()).toEqual([]);
  expect(fixture.operations()).toEqual([]);
});

test("one whose account the worker does not know yet waits, and is carried out once it does", async () => {
  const { message, takeBack } = await takenInBefore();
  fixture.skip(5_000);
  await fixture.work();
  expect(fixture.outcomes).toEqual([]);
  const last = fixture.wakes().at(-1);
  expect(last?.accountId).toBe("123456");
  expect(last?.inMs).toBeGreaterThan(59_000);
  takeBack();
  fixture.skip(61_000);
  await fixture.deliver([message]);
  expect(fixture.outcomes).toMatchObject([{ status: "SUCCEEDED", cause: { id: message.id } }]);
});

test("a rejection that cannot be told now is told later", async () => {
  await takenInBefore();
  fixture.skip(301_000);
  const { publish } = fixture.outcomeTopic;
  fixture.outcomeTopic.publish = () => Promise.reject(new Error("not now"));
  await fixture.work();
  expect(fixture.outcomes).toEqual([]);
  expect(await fixture.open()).toHaveLength(1);
  fixture.outcomeTopic.publish = publish;
  fixture.skip(30_000);
  await fixture.work();
  expect(fixture.outcomes).toMatchObject([{ status: "REJECTED" }]);
});
