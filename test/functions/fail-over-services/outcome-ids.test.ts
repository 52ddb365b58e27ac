import { afterEach, beforeAll, expect, test } from "vitest";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
// What a first fixture does for all is no part of a test.
beforeAll(async () => (await startFixture()).stop());
afterEach(() => fixture?.stop());

/** Something that begins, is told, and ends; later it begins again. */
interface Kind {
  prepare(one: Fixture): Promise<unknown>;
  begin(one: Fixture): unknown;
  end(one: Fixture): unknown;
  /** The ids of what is told of it. */
  id: RegExp;
  /** How many things that is. @default 1 */
  things?: number;
}

const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
const unprobed = { isProbed: false };
const alarms = [arnOf("crm")];
const rings = {
  begin: (one: Fixture) => one.setAlarm("crm", "ALARM", "Down."),
  end: (one: Fixture) => one.setAlarm("crm", "OK"),
};
const place = { region: "us-east-1", account: "000000000000", roleArn: undefined, because: "AccessDenied: no" };

/** Each kind of outcome that failover tells of its own accord, and what its id is made of. */
const kinds: Record<string, Kind> = {
  "an outage: account, service, its beginning": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    ...rings,
    id: new RegExp(`^outage/${accountId}/CRM/lookup/${time}$`),
  },
  "its end: account, service, the outage's beginning": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    ...rings,
    id: new RegExp(`^recovery/${accountId}/CRM/lookup/${time}$`),
  },
  "an outage of a service that is inactive already: the same": {
    prepare: (one) => heldService(one, "deactivate"),
    ...rings,
    id: new RegExp(`^outage/${accountId}/CRM/lookup/${time}$`),
  },
  "its end, where the service stays inactive: the same as of any": {
    prepare: (one) => heldService(one, "deactivate"),
    ...rings,
    id: new RegExp(`^recovery/${accountId}/CRM/lookup/${time}$`),
  },
  "an outage from which a person holds us off: the same": {
    prepare: (one) => heldService(one, "hands-off", { until: inMinutes(one, 600) }),
    ...rings,
    id: new RegExp(`^outage/${accountId}/CRM/lookup/${time}$`),
  },
  "the end of a hold within an outage: account, service, when it ended": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    async begin(one) {
      await one.command("keep-inactive", "lookup", { until: inMinutes(one, 3) });
      rings.begin(one);
    },
    end: rings.end,
    id: new RegExp(`^hold-over/${accountId}/CRM/lookup/${time}$`),
  },
  "an outage in mode observe: the same": {
    prepare: (one) => one.service("lookup", { alarms, mode: "observe" }, unprobed),
    ...rings,
    id: new RegExp(`^outage/${accountId}/CRM/lookup/${time}$`),
  },
  "never to be deactivated: account, service, since when the alarm fires": {
    prepare: (one) => one.service("lookup", { alarms, neverDeactivate: true }, unprobed),
    ...rings,
    id: new RegExp(`^never-deactivate/${accountId}/CRM/lookup/${time}$`),
  },
  "an alarm that is missing: account, service, alarm, its beginning": {
    async prepare(one) {
      await one.service("lookup", { alarms }, unprobed);
      one.setAlarm("crm", "OK");
    },
    begin: (one) => one.deleteAlarm("crm"),
    end: (one) => one.setAlarm("crm", "OK"),
    id: new RegExp(`^missing-alarm/${accountId}/CRM/lookup/arn:.*:crm/${time}$`),
  },
  "an alarm that fires muted: account, service, alarm, its beginning": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    begin: (one) => one.setAlarm("crm", "ALARM", "Down.", "its actions are disabled"),
    end: (one) => one.setAlarm("crm", "OK"),
    id: new RegExp(`^muted-alarm/${accountId}/CRM/lookup/arn:.*:crm/${time}$`),
  },
  "an outage that waits for a command: account, service, its beginning": {
    prepare: (one) => one.service("lookup", { alarms, recovery: "manual" }, unprobed),
    async begin(one) {
      one.setAlarm("crm", "ALARM", "Down.");
      await one.minutes(1);
      one.setAlarm("crm", "OK");
    },
    end: (one) => one.command("activate", "lookup"),
    id: new RegExp(`^waits-for-command/${accountId}/CRM/lookup/${time}$`),
  },
  "what failover cannot see: account, fault, its beginning": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    begin: (one) => one.setAlarm("crm", "UNKNOWN"),
    end: (one) => one.setAlarm("crm", "OK"),
    id: new RegExp(`^own-fault/${accountId}/NOT_ASKED/.*/${time}$`),
  },
  "that it sees again: account, fault, its beginning": {
    prepare: (one) => one.service("lookup", { alarms }, unprobed),
    begin: (one) => one.setAlarm("crm", "UNKNOWN"),
    end: (one) => one.setAlarm("crm", "OK"),
    id: new RegExp(`^own-fault-over/${accountId}/NOT_ASKED/.*/${time}$`),
  },
  "a place whose tags it cannot read: place, its beginning": {
    prepare: async () => {},
    begin: (one) => one.unread.push(place),
    end: (one) => one.unread.splice(0),
    id: new RegExp(`^own-fault/TAGS_UNREAD/us-east-1/.*/${time}$`),
  },
  "a wrong tag: alarm, value, since when it is wrong": {
    prepare: async () => {},
    begin: (one) => one.tags.push({ alarmArn: arnOf("tagged"), value: "nonsense" }),
    end: (one) => one.tags.splice(0),
    id: new RegExp(`^tag/nonsense/${time}$`),
  },
  "a change in the admin page: account, service, when it was seen, its number": {
    prepare: (one) => one.service("lookup", { alarms: [] }, unprobed),
    begin: (one) => setByHand(one, false),
    end: (one) => setByHand(one, true),
    id: new RegExp(`^seen/${accountId}/CRM/lookup/${time}/\\d+$`),
    things: 2,
  },
};

async function heldService(one: Fixture, command: string, more: Record<string, unknown> = {}): Promise<void> {
  await one.service("lookup", { alarms }, unprobed);
  await one.command(command, "lookup", more);
}

function inMinutes(one: Fixture, minutes: number): string {
  return new Date(one.clock.now() + minutes * 60_000).toISOString();
}

async function setByHand(one: Fixture, isActive: boolean): Promise<void> {
  const account = one.dependencies.ringcxFor(accountId).account(accountId, { priority: "bulk" });
  const [group] = one.simulator.state(accountId).groups;
  const [service] = group?.services ?? [];
  if (group && service) await account.services.setActive(group.serviceGroupId, service.serviceId, isActive);
}

async function toldOnce(one: Fixture, { begin, end, id }: Kind): Promise<string[]> {
  await begin(one);
  await one.minutes(7);
  await end(one);
  await one.minutes(12);
  const ids = one.takeOutcomes().map(({ cause }) => cause.id);
  return [...new Set(ids.filter((each) => id.test(each)))];
}

test.each(Object.entries(kinds))("%s: one that begins twice has two ids", async (_what, kind) => {
  const one = await startFixture();
  fixture = one;
  await kind.prepare(one);
  await one.minutes(6);
  one.takeOutcomes();
  const first = await toldOnce(one, kind);
  const second = await toldOnce(one, kind);
  expect(new Set([...first, ...second]).size).toBe(2 * (kind.things ?? 1));
});

// The fixture refuses an id that comes again with other contents, or at another time.
test.each(Object.entries(kinds))("%s: told again after each crash it has one id", async (_what, kind) => {
  const one = await startFixture();
  fixture = one;
  await kind.prepare(one);
  await one.minutes(6);
  one.takeOutcomes();
  const { outcomes } = one.dependencies;
  let crashes = 0;
  one.dependencies.outcomes = {
    async publish(data, at) {
      const published = await outcomes.publish(data, at);
      // It is out, but whoever has sent it dies before that is written down.
      if (kind.id.test(data.cause.id) && crashes++ < 2) throw new Error("died");
      return published;
    },
  };
  expect(await toldOnce(one, kind)).toHaveLength(kind.things ?? 1);
  expect(crashes).toBeGreaterThan(2);
});
