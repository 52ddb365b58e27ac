import { afterEach, beforeEach, expect, test } from "vitest";
import { accountId, arnOf, type Fixture, startFixture } from "../fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ guards: { ...everything } });
});
afterEach(() => fixture.stop());

const everything = {
  flap: { openings: 3, withinMinutes: 60, quietMinutes: 30 },
  blastRadius: { share: 1, withinMinutes: 15 },
};

async function tag(alarm: string, ...services: { ids: string }[]): Promise<void> {
  fixture.tags.push({ alarmArn: arnOf(alarm), value: services.map(({ ids }) => ids).join(" ") });
  await fixture.minutes(5);
  fixture.takeOutcomes();
  fixture.takeRequests();
}

test("an alarm's tag names services that no manifest knows: out with the outage, and back", async () => {
  const service = await fixture.undeclared("lookup");
  fixture.setAlarm("crm", "OK");
  await tag("crm", service);
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes().map(({ summary }) => summary)).toEqual([
    "CRM/lookup deactivated: Down. It comes back when no alarm fires for 300 s.",
    "CRM/lookup activated: no alarm fires (it has no probe to ask), for 300 s.",
  ]);
});

test("a lost event of a tagged alarm is made up for by the sweep", async () => {
  const service = await fixture.undeclared("lookup");
  await tag("crm", service);
  fixture.setAlarm("crm", "ALARM");
  await fixture.sweep();
  expect(service.isActive()).toBe(false);
});

test("what a person had made inactive before it was tagged is not activated by an outage that ends", async () => {
  const service = await fixture.undeclared("lookup", false);
  await tag("crm", service);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(10);
  expect(service.isActive()).toBe(false);
  expect(await service.reasons()).toEqual(["MANUAL"]);
  expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
});

test("a tag adds to what a manifest declares; several alarms name one service, and one alarm several", async () => {
  const declared = await fixture.service("declared", { alarms: [arnOf("own")] });
  const other = await fixture.undeclared("other");
  fixture.setAlarm("own", "OK");
  fixture.setAlarm("two", "OK");
  fixture.tags.push({ alarmArn: arnOf("one"), value: declared.ids });
  await tag("two", declared, other);
  fixture.setAlarm("one", "ALARM");
  await fixture.events("one");
  expect([declared.isActive(), other.isActive()]).toEqual([false, true]);
  fixture.setAlarm("two", "ALARM");
  await fixture.events("two");
  expect(other.isActive()).toBe(false);
  fixture.setAlarm("one", "OK");
  await fixture.minutes(10);
  expect(declared.isActive()).toBe(false); // the other alarm still fires
});

test("a service whose group a tag names wrongly is protected, and the tag is told once", async () => {
  const service = await fixture.undeclared("lookup");
  const [account, group, id] = service.ids.split("/");
  fixture.setAlarm("crm", "OK");
  fixture.tags.push({ alarmArn: arnOf("crm"), value: `${account}/${Number(group) + 1000}/${id}` });
  await fixture.minutes(30);
  const told = fixture.takeOutcomes();
  expect(told.map(({ status }) => status)).toEqual(["REJECTED"]);
  expect(told[0]?.problems).toMatchObject([
    {
      message: expect.stringContaining(`is in group ${group}, not in ${Number(group) + 1000}`),
      hint: expect.stringContaining(`write ${service.ids} if CRM/lookup is meant`),
    },
  ]);
  fixture.takeRequests();
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
});

test("a tag that is taken away no longer counts", async () => {
  const service = await fixture.undeclared("lookup");
  const kept = await fixture.undeclared("kept");
  fixture.setAlarm("crm", "OK");
  await tag("crm", service, kept);
  fixture.tags.splice(0);
  await tag("crm", kept);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  await fixture.minutes(2);
  expect([service.isActive(), kept.isActive()]).toEqual([true, false]);
});

test("tags are read every five minutes, and the tree once in each sweep and with the tags", async () => {
  const service = await fixture.undeclared("lookup");
  await tag("crm", service);
  fixture.setAlarm("crm", "OK");
  const { findAlarmTags } = fixture.dependencies;
  let reads = 0;
  fixture.dependencies.findAlarmTags = () => {
    reads += 1;
    return findAlarmTags();
  };
  await fixture.minutes(10);
  expect(reads).toBe(2);
  expect(fixture.takeRequests()).toEqual(Array(12).fill("getHttpServiceGroupListWithChildren"));
});

test.each([
  ["a name", "crm-lookup", /"crm-lookup" is not accountId\/serviceGroupId\/serviceId/, /not names.* \(CRM\/lookup\)/],
  ["a service that is not there", `${accountId}/1/987654`, /there is no service 123456\/1\/987654/, /\(CRM\/lookup\)/],
  ["nothing", " ", /names no service/, /take the tag off/],
])("a wrong tag is reported once, with what mends it: %s", async (_, value, problem, hint) => {
  await fixture.service("lookup");
  fixture.tags.push({ alarmArn: arnOf("crm"), value });
  await fixture.minutes(20);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      status: "REJECTED",
      cause: { source: arnOf("crm") },
      problems: [
        { path: "ringcx:services", message: expect.stringMatching(problem), hint: expect.stringMatching(hint) },
      ],
    },
  ]);
});

test("what a tag says of accounts that no connection here serves is another environment's: nobody is told, what is ours counts", async () => {
  const service = await fixture.service("lookup");
  fixture.setAlarm("crm", "OK");
  fixture.setAlarm("theirs", "ALARM");
  fixture.tags.push({ alarmArn: arnOf("theirs"), value: "999/1/2 998/3/4" });
  fixture.tags.push({ alarmArn: arnOf("crm"), value: `999/1/2 ${service.ids}` });
  await fixture.minutes(20);
  expect(fixture.takeOutcomes()).toEqual([]);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
});

test("when the tags cannot be read all else is done, and the sweep says so", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  fixture.dependencies.findAlarmTags = () => Promise.reject(new Error("AccessDenied"));
  fixture.setAlarm("crm", "ALARM");
  const { errors } = await fixture.sweep();
  expect(service.isActive()).toBe(false);
  expect(errors.map(({ message }) => message)).toEqual(["The sweep of the alarms' tags failed: AccessDenied"]);
});
