import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFindAlarmTags } from "../../../../functions/fail-over-services/watchlist/find-alarm-tags.ts";
import { activationKey } from "../../../../shared/records/account/activation.ts";
import { accountPartition } from "../../../../shared/records/service-name.ts";
import { accountId, arnOf, type Fixture, startFixture } from "../fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({
    guards: {
      flap: { openings: 3, withinMinutes: 60, quietMinutes: 30 },
      blastRadius: { share: 1, withinMinutes: 15 },
    },
  });
});
afterEach(() => fixture.stop());

const roleArn = "arn:aws:iam::111122223333:role/reader";
const foreign = (name: string) => arnOf(name).replace("000000000000", "111122223333");
const because = `AccessDeniedException: no. Grant tag:GetResources to ${roleArn}`;
const refused = { region: "eu-central-1", account: "111122223333", roleArn, because };
const tag = (alarmArn: string, { ids }: { ids: string }) => fixture.tags.push({ alarmArn, value: ids });
/** CloudWatch's word for an alarm by its ARN, whatever account it is in. */
const alarmIs = (arn: string, state: "OK" | "ALARM") => fixture.setAlarm(arn, state, `${state}.`);
const refuse = () => {
  fixture.unread.push(refused);
  const kept = fixture.tags.filter(({ alarmArn }) => !alarmArn.includes("111122223333"));
  fixture.tags.splice(0, Infinity, ...kept);
};

test("one place that refuses keeps no tagged alarm of another place from acting", async () => {
  const service = await fixture.undeclared("lookup");
  fixture.unread.push(refused);
  tag(arnOf("crm"), service);
  alarmIs(arnOf("crm"), "OK");
  await fixture.minutes(5);
  alarmIs(arnOf("crm"), "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
});

test("what was known of an unreadable place stays known: its alarms act, and its outages do not end", async () => {
  const both = await fixture.undeclared("both");
  const one = await fixture.undeclared("one");
  tag(arnOf("own"), both);
  fixture.tags.push({ alarmArn: foreign("theirs"), value: `${both.ids} ${one.ids}` });
  alarmIs(arnOf("own"), "OK");
  alarmIs(foreign("theirs"), "OK");
  await fixture.minutes(5);
  refuse();
  await fixture.minutes(11);
  alarmIs(foreign("theirs"), "ALARM");
  await fixture.event([{ resources: [foreign("theirs")] }]);
  await fixture.minutes(30);
  expect([both.isActive(), one.isActive()]).toEqual([false, false]);
  alarmIs(foreign("theirs"), "OK");
  await fixture.minutes(7);
  expect([both.isActive(), one.isActive()]).toEqual([true, true]);
});

test("a tag that is taken away in a readable place no longer counts meanwhile", async () => {
  const service = await fixture.undeclared("lookup");
  tag(arnOf("own"), service);
  tag(foreign("theirs"), service);
  alarmIs(arnOf("own"), "OK");
  alarmIs(foreign("theirs"), "OK");
  await fixture.minutes(5);
  refuse();
  fixture.tags.splice(0);
  await fixture.minutes(5);
  alarmIs(arnOf("own"), "ALARM");
  await fixture.minutes(2);
  expect(service.isActive()).toBe(true);
  alarmIs(foreign("theirs"), "ALARM");
  await fixture.minutes(1);
  expect(service.isActive()).toBe(false);
});

test("a refusal is told once with region, role and permission, counted each minute, and its end is told once", async () => {
  await fixture.service("lookup");
  fixture.unread.push(refused);
  const counts: number[] = [];
  for (let minute = 0; minute < 12; minute += 1) {
    await fixture.clock.sleep(60_000);
    const { errors, notAsked } = await fixture.sweep();
    expect(errors).toEqual([]);
    counts.push(notAsked);
  }
  expect(counts).toEqual(Array.from({ length: 12 }, () => 1));
  expect(fixture.takeOutcomes()).toEqual([
    expect.objectContaining({
      status: "FAILED",
      summary:
        "The tags of alarms in eu-central-1 of account 111122223333 cannot be seen: " +
        `${because}. What was known of them stays known, and other places are read as usual.`,
    }),
  ]);
  fixture.unread.splice(0);
  await fixture.minutes(12);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      status: "NO_CHANGE",
      summary: expect.stringMatching(/^The tags of alarms in eu-central-1 of account 111122223333: .*read again/),
    },
  ]);
  expect((await fixture.sweep()).notAsked).toBe(0);
});

test("a mistake in a tag that was told is not told again when its place can be read again", async () => {
  await fixture.service("lookup");
  fixture.tags.push({ alarmArn: foreign("theirs"), value: "nonsense" });
  await fixture.minutes(5);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED" }]);
  refuse();
  await fixture.minutes(5);
  fixture.unread.splice(0);
  fixture.tags.push({ alarmArn: foreign("theirs"), value: "nonsense" });
  await fixture.minutes(5);
  expect(fixture.takeOutcomes().map(({ status }) => status)).toEqual(["FAILED", "NO_CHANGE"]);
});

test("a mistake in a tag that was told is not told again when its account can be read again", async () => {
  await fixture.service("lookup");
  fixture.tags.push({ alarmArn: arnOf("crm"), value: `${accountId}/1/987654` });
  await fixture.minutes(5);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED" }]);
  const { ringcxFor } = fixture.dependencies;
  fixture.dependencies.ringcxFor = () => {
    throw new Error("ETIMEDOUT");
  };
  await fixture.minutes(6);
  fixture.dependencies.ringcxFor = ringcxFor;
  await fixture.minutes(12);
  expect(fixture.takeOutcomes()).toEqual([]);
});

test("an item that cannot be read is not written anew from a part of the tags", async () => {
  const service = await fixture.undeclared("lookup");
  tag(arnOf("own"), service);
  tag(foreign("theirs"), service);
  await fixture.minutes(5);
  const key = (await fixture.table.query(accountPartition(service.name.accountId), "TAGGED#"))[0];
  if (!key) throw new Error("no item of a tagged service");
  await fixture.table.update({ pk: key.pk, sk: key.sk }, { alarms: 7 });
  refuse();
  await fixture.minutes(10);
  expect(await fixture.table.get({ pk: key.pk, sk: key.sk })).toMatchObject({ alarms: 7 });
  fixture.unread.splice(0);
  tag(foreign("theirs"), service);
  await fixture.minutes(6);
  expect(await fixture.table.get({ pk: key.pk, sk: key.sk })).toMatchObject({
    alarms: [arnOf("own"), foreign("theirs")].sort(),
  });
});

test("where the account's tree cannot be read, the tags of known services count, and none reads as gone", async () => {
  const known = await fixture.undeclared("known");
  const unread = await fixture.undeclared("unread");
  tag(arnOf("one"), known);
  tag(arnOf("two"), unread);
  alarmIs(arnOf("one"), "OK");
  alarmIs(arnOf("two"), "OK");
  alarmIs(arnOf("three"), "OK");
  await fixture.minutes(5);
  // Its item of the table cannot be read for a while, so that the sweep does not know its id.
  const key = activationKey(unread.name);
  const whole = await fixture.table.get(key);
  await fixture.table.update(key, { handsOff: 7 });
  await fixture.minutes(1);
  fixture.takeOutcomes();
  const { ringcxFor } = fixture.dependencies;
  fixture.dependencies.ringcxFor = () => {
    throw new Error("ETIMEDOUT");
  };
  const later = await fixture.undeclared("later");
  fixture.tags.splice(0, Infinity, { alarmArn: arnOf("three"), value: `${known.ids} ${later.ids}` });
  tag(arnOf("two"), unread);
  await fixture.minutes(5);
  fixture.dependencies.ringcxFor = ringcxFor;
  expect(fixture.takeOutcomes()).toEqual([]);
  await fixture.table.delete(key);
  await fixture.table.put({ ...whole, ...key });
  alarmIs(arnOf("three"), "ALARM");
  alarmIs(arnOf("two"), "ALARM");
  await fixture.events("two", "three");
  expect([known.isActive(), unread.isActive()]).toEqual([false, false]);
});

test("a service whose only tag is gone stays watched until its open outage is over", async () => {
  const service = await fixture.undeclared("lookup");
  tag(arnOf("crm"), service);
  alarmIs(arnOf("crm"), "ALARM");
  await fixture.minutes(6);
  expect(service.isActive()).toBe(false);
  fixture.tags.splice(0);
  await fixture.minutes(6);
  expect((await fixture.sweep()).inactive).toBe(1);
  alarmIs(arnOf("crm"), "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
  await fixture.minutes(6);
  alarmIs(arnOf("crm"), "ALARM");
  await fixture.events("crm");
  await fixture.minutes(2);
  expect(service.isActive()).toBe(true);
});

test("an account of which the table says nothing keeps no other account from being swept", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  const [connection] = fixture.dependencies.connections;
  if (!connection) throw new Error("no connection");
  fixture.dependencies.connections = [{ ...connection, accountIds: ["999", ...connection.accountIds] }];
  const { ofAccount } = fixture.dependencies.activation;
  fixture.dependencies.activation.ofAccount = async (accountId) => {
    if (accountId === "999") throw new Error("ProvisionedThroughputExceededException");
    return ofAccount(accountId);
  };
  alarmIs(arnOf("crm"), "ALARM");
  const { errors } = await fixture.sweep();
  expect(service.isActive()).toBe(false);
  expect(errors.map(({ message }) => message)).toEqual([
    "The sweep of account 999 failed: ProvisionedThroughputExceededException",
  ]);
});

test("what was read of a place before it refused counts, and the place is unread all the same", async () => {
  const client = new ResourceGroupsTaggingAPIClient({ region: "eu-central-1" });
  client.send = async ({ input }: { input: { PaginationToken?: string } }) => {
    if (input.PaginationToken !== undefined) {
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    }
    const Tags = [{ Key: "ringcx:services", Value: "1/2/3" }];
    return { PaginationToken: "more", ResourceTagMappingList: [{ ResourceARN: arnOf("crm"), Tags }] };
  };
  const place = { region: "eu-central-1", account: "000000000000", roleArn: undefined };
  expect(await createFindAlarmTags([{ ...place, client }])()).toEqual({
    tags: [{ alarmArn: arnOf("crm"), value: "1/2/3" }],
    unread: [{ ...place, because: "ThrottlingException: Rate exceeded" }],
  });
});
