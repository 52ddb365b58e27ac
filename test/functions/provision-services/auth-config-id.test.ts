import { afterEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

test("an auth config that RingCX keeps under an id of its own is not made again while it may be there", async () => {
  const profile = {
    "authConfigs.id": "replaced",
    "consistency.lists": "stale",
    "consistency.single": "stale",
  } as const;
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const send = async () => (await started.send(applyMessage([authConfig]))).resources?.[0]?.problems?.[0]?.message;
  const made = () => started.simulator.state().authConfigs.map(({ authConfigId }) => authConfigId);
  const told = /ASSUMPTION_BROKEN: authConfigs\.id is "replaced"/;
  expect(await send()).toMatch(told);
  const [id = ""] = made();
  expect(await send()).toMatch(told);
  expect(made()).toEqual([id]);
  // As the advice says, it is deleted in the admin page: then the message makes one again.
  await started.account().authConfigs.delete(id);
  started.skip(61_000);
  expect(await send()).toMatch(told);
  expect(made()).toHaveLength(1);
  expect(made()).not.toContain(id);
});

test("one that RingCX made under an id of its own, and answered with nothing, is the message's own", async () => {
  const profile = {
    "authConfigs.id": "replaced",
    "authConfigs.answer": "nothing",
    "authConfigs.list": "array",
    "consistency.lists": "stale",
    "names.duplicates": "allowed",
  } as const;
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const other = { ...authConfig, providerName: "Other" };
  const told = /ASSUMPTION_BROKEN: authConfigs\.id is "replaced"/;
  for (let time = 0; time < 2; time += 1) {
    const { resources = [] } = await started.send(applyMessage([authConfig, other]));
    expect(resources).toHaveLength(2);
    for (const { problems } of resources) expect(problems?.[0]?.message).toMatch(told);
    expect(started.simulator.state().authConfigs).toHaveLength(2);
  }
  started.skip(61_000);
  expect(await started.send(applyMessage([{ ...authConfig, adopt: true }]))).toMatchObject({ status: "SUCCEEDED" });
  expect(started.simulator.state().authConfigs).toHaveLength(2);
});
