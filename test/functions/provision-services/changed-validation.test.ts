import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import type { ProbeRequest, ProbeResult } from "../../../shared/probe/probe.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const asked: ProbeRequest[] = [];
let answers: ProbeResult;
let fixture: Fixture;
beforeEach(async () => {
  asked.length = 0;
  answers = { passed: true, ms: 1 };
  fixture = await startFixture({
    probe: {
      check: async (request) => {
        asked.push(request);
        return answers;
      },
    },
  });
});
afterEach(() => fixture.stop());

const refused: ProbeResult = { passed: false, kind: "DIFFERENT", because: "it answered 200, expected 204" };
const notAsked: ProbeResult = { passed: false, kind: "NOT_ASKED", because: "its name has no address" } as never;
const activation = () => createActivationStore({ table: fixture.table, clock: { ...systemClock, now: fixture.now } });

/** A service without an auth config and inputs, whose right answer has this status. */
const send = (status: number, more: object = {}, event: object = {}) => {
  const { authConfig: _none, httpServiceInputs: _inputs, ...rest } = service(fixture.crm);
  const message = applyMessage([
    group,
    { ...rest, health: { watch: "probe" }, validation: { method: "GET", expect: { status } }, ...more },
  ]);
  return fixture.send({ ...message, data: { ...message.data, ...event } });
};
const stored = async () =>
  (await fixture.table.get(serviceRecordKey(name)))?.manifest as { validation?: { expect: { status: number } } };
const isActive = () => fixture.simulator.state().groups[0]?.services[0]?.isEnabled;

async function live(more: object = {}) {
  expect(await send(200, more)).toMatchObject({ status: "SUCCEEDED" });
  expect(isActive()).toBe(true);
  asked.length = 0;
  fixture.operations();
}

describe("a validation that alone is changed is asked before it counts", () => {
  test.each([
    ["refused", refused, {}],
    ["that cannot be asked", notAsked, {}],
    ["refused, of a service with inputs", refused, { httpServiceInputs: [{ name: "ani", type: "PARAMETER" }] }],
    ["refused, in mode observe", refused, { health: { mode: "observe" } }],
    ["refused, in mode off", refused, { health: { mode: "off" } }],
  ])("%s: nothing is stored, the service is as it was, and that is told", async (_what, answer, more) => {
    await live(more);
    answers = answer;
    const outcome = await send(204, more);
    expect(outcome).toMatchObject({
      status: "PARTIAL",
      resources: [
        {},
        {
          result: "FAILED",
          problems: [
            { path: "data.resources[1].validation", hint: expect.stringMatching(/^the live service is as it/) },
          ],
        },
      ],
    });
    expect((await stored()).validation?.expect.status).toBe(200);
    expect(asked).toHaveLength(1);
    expect(isActive()).toBe(true);
    expect(fixture.operations().filter((operation) => /^(create|update|set)/i.test(operation))).toEqual([]);
  });

  test("passed: it is stored, and was asked once", async () => {
    await live();
    expect(await send(204)).toMatchObject({ status: "SUCCEEDED", resources: [{}, { changes: ["validation.expect"] }] });
    expect(asked.map(({ expect: { status } }) => status)).toEqual([204]);
    expect((await stored()).validation?.expect.status).toBe(204);
  });

  test("of a service that is adopted, too", async () => {
    const { authConfig: _none, validation: _no, httpServiceInputs: _inputs, ...rest } = service(fixture.crm);
    await fixture.send(applyMessage([group, rest]));
    await fixture.table.delete(serviceRecordKey(name));
    answers = refused;
    expect(await send(204, { adopt: true })).toMatchObject({ resources: [{}, { result: "FAILED" }] });
    expect(await stored()).toBeUndefined();
  });
});

test("what is as it was is not asked, nor is a dry run or a change of how it is watched", async () => {
  await live();
  answers = refused;
  expect(await send(200)).toMatchObject({ status: "NO_CHANGE" });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren"]);
  expect(await send(204, {}, { dryRun: true })).toMatchObject({ status: "PLANNED" });
  expect(await send(200, { health: { watch: "probe", recovery: "manual" } })).toMatchObject({ status: "SUCCEEDED" });
  expect(asked).toEqual([]);
});

describe("who mends a validation in an outage is not kept from it", () => {
  const outage = { kind: "OUTAGE" as const, since: new Date(0).toISOString(), alarms: [], confirmedByProbe: true };
  test.each([
    ["that took the service out", { add: [outage], lastAppliedState: false }, false],
    ["despite which it is kept active", { add: [outage], override: { by: "a", why: "b", since: outage.since } }, true],
    ["that is suppressed", { writerAttributes: failoverAttributes({ memory: { suppressed: outage } }) }, true],
  ])("%s", async (_what, change, isLeftActive) => {
    await live();
    await activation().change(name, change);
    if (!isLeftActive) {
      const [made] = fixture.simulator.state().groups;
      const { serviceGroupId = 0, services = [] } = made ?? {};
      await (await fixture.account()).services.setActive(serviceGroupId, services[0]?.serviceId ?? 0, false);
      fixture.skip(60_000);
    }
    answers = refused;
    await send(204);
    expect((await stored()).validation?.expect.status).toBe(204);
    expect(isActive()).toBe(isLeftActive);
  });
});
