import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newCarrier, withIntent } from "../../../shared/activation/intents.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { oldestReadMs } from "../../../shared/ringcx/client/unshown.ts";
import { openQuota } from "../../support/client-fakes.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

type Service = Awaited<ReturnType<Fixture["service"]>>;

const alarms = ["arn:aws:cloudwatch:eu-central-1:000000000000:alarm:crm"];
let fixture: Fixture;
/** When one of us has written last, epoch milliseconds. */
let wroteAt: number | undefined;
/** Services that the lists of RingCX do not show yet. */
const hidden = new Set<number>();
/** What the lists say, where they are old. */
let old: Awaited<ReturnType<RingCxAccount["groups"]["listWithChildren"]>> | undefined;

beforeEach(async () => {
  wroteAt = undefined;
  hidden.clear();
  old = undefined;
  fixture = await startFixture({}, { quota: () => ({ ...openQuota(), lastWriteAt: async () => wroteAt }) });
  const { ringcxFor } = fixture.dependencies;
  fixture.dependencies.ringcxFor = (id) => {
    const ringcx = ringcxFor(id);
    const account: typeof ringcx.account = (...options) => {
      const real = ringcx.account(...options);
      const listWithChildren: typeof real.groups.listWithChildren = async () => {
        const tree = old ?? (await real.groups.listWithChildren());
        return tree.map((group) => ({
          ...group,
          services: group.services?.filter(({ serviceId }) => !hidden.has(serviceId)),
        }));
      };
      return { ...real, groups: { ...real.groups, listWithChildren } };
    };
    return { ...ringcx, account };
  };
});
afterEach(() => fixture.stop());

const summaries = () => fixture.takeOutcomes().map(({ summary }) => summary);

/** Provisioning has just made it, and is about to activate it. */
async function beingActivated({ name }: Service): Promise<void> {
  const { activation, clock } = fixture.dependencies;
  fixture.setAlarm("crm", "OK");
  const before = await activation.change(name, { lastAppliedState: false });
  const now = clock.now();
  const because = { words: "a message" };
  const outcomeOf = () => ({
    status: "SUCCEEDED" as const,
    summary: "x",
    accountId,
    cause: { source: "/x", id: "x", type: "x" },
  });
  const { change } = withIntent(before, {}, { carrier: newCarrier(now + 600_000), now, because, outcomeOf });
  await activation.changeIf(name, before, change);
  wroteAt = now;
}

async function outOfOrder({ name }: Service): Promise<void> {
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(await fixture.dependencies.activation.get(name)).toMatchObject({ reasons: [{ kind: "OUTAGE" }] });
  summaries();
}

const remove = ({ serviceGroupId, serviceId }: Service) =>
  fixture.dependencies
    .ringcxFor(accountId)
    .account(accountId, { priority: "bulk" })
    .services.delete(serviceGroupId, serviceId);

describe("a service that the tree does not show is gone", () => {
  test.each<{ when: string; begin(service: Service): Promise<void>; isGone: boolean; told: RegExp[] }>([
    { when: "never while it is just being activated", begin: beingActivated, isGone: false, told: [] },
    { when: "never because of a list alone, in an outage", begin: outOfOrder, isGone: false, told: [] },
    {
      when: "once RingCX says so of it, in an outage",
      begin: outOfOrder,
      isGone: true,
      told: [/^CRM\/lookup is not in RingCX any more: somebody deleted it while its outage was open\. /],
    },
    {
      when: "once RingCX says so of it, about to be activated: no word of an outage",
      begin: beingActivated,
      isGone: true,
      told: [/^CRM\/lookup is not in RingCX any more: somebody deleted it before it was activated\. /],
    },
  ])("$when", async ({ begin, isGone, told }) => {
    const service = await fixture.service("lookup", { alarms }, { isProbed: false });
    await begin(service);
    if (isGone) await remove(service);
    hidden.add(service.serviceId);
    wroteAt = fixture.clock.now();
    for (let second = 0; second < oldestReadMs; second += 5_000) {
      expect(await fixture.sweep()).toMatchObject({ errors: [] });
      await fixture.clock.sleep(5_000);
    }
    expect(summaries()).toEqual([]);
    fixture.takeRequests();
    await fixture.sweep();
    await fixture.clock.sleep(5_000);
    expect(await fixture.sweep()).toMatchObject({ errors: [] });
    expect(summaries()).toEqual(told.map((words) => expect.stringMatching(words)));
    // What was told is not asked for again.
    expect(fixture.takeRequests().filter((one) => one === "getHttpService")).toHaveLength(isGone ? 1 : 2);
    // It stands while something is written to the account, and until it is there again, or retired.
    wroteAt = fixture.clock.now();
    await fixture.sweep();
    expect(summaries()).toEqual([]);
    await fixture.table.delete(serviceRecordKey(service.name));
    await fixture.table.delete({ pk: `ACCOUNT#${accountId}`, sk: "ACTIVATION#CRM/lookup" });
    await fixture.sweep();
    expect(summaries()).toHaveLength(told.length);
  });

  test("and may be, where the tree still shows it, and a PUT to it finds nothing", async () => {
    const service = await fixture.service("lookup", { alarms }, { isProbed: false });
    await outOfOrder(service);
    const account = fixture.dependencies.ringcxFor(accountId).account(accountId, { priority: "bulk" });
    old = await account.groups.listWithChildren();
    await remove(service);
    fixture.setAlarm("crm", "OK");
    for (let minute = 0; minute < 6; minute += 1) {
      await fixture.clock.sleep(60_000);
      await fixture.sweep();
    }
    old = undefined;
    await fixture.sweep();
    const [refused, ...others] = summaries().sort();
    expect(refused).toMatch(/either somebody deleted it a moment ago, which the next sweep tells/);
    expect(others).toEqual([
      expect.stringMatching(/is not in RingCX any more: somebody deleted it/),
      expect.stringMatching(/RingCX refuses it no more, or it is no longer due/),
    ]);
  });

  test("at once where a PUT to it found nothing, whatever else was written", async () => {
    const service = await fixture.service("lookup", { alarms }, { isProbed: false });
    await outOfOrder(service);
    await remove(service);
    fixture.setAlarm("crm", "OK");
    for (let second = 0; second < 400; second += 20) {
      await fixture.clock.sleep(20_000);
      wroteAt = fixture.clock.now();
      expect(await fixture.sweep()).toMatchObject({ errors: [] });
    }
    expect(summaries()).toEqual([
      expect.stringMatching(/is not in RingCX any more: somebody deleted it while its outage was open/),
    ]);
  });
});

describe("a command for a service that nothing of ours knows", () => {
  const visibility = () => fixture.hidden.splice(0);

  test("waits while lists may be older than our own last write, and is done once they show it", async () => {
    await fixture.service("watched", { alarms });
    const { group, made } = await makeUnknown();
    hidden.add(made.serviceId);
    wroteAt = fixture.clock.now();
    const command = { command: "deactivate", serviceDescription: "unknown" };
    await fixture.command(command.command, command.serviceDescription);
    expect(fixture.takeOutcomes()).toEqual([]);
    expect(visibility()).toEqual([10]);
    hidden.clear();
    await fixture.command(command.command, command.serviceDescription);
    expect(fixture.takeOutcomes()).toMatchObject([{ status: "SUCCEEDED" }]);
    expect(
      fixture.simulator.state(accountId).groups.find((one) => one.serviceGroupId === group)?.services,
    ).toContainEqual(expect.objectContaining({ serviceDescription: "unknown", isEnabled: false }));
  });

  test("is rejected once it surely is not there", async () => {
    await fixture.service("watched", { alarms });
    wroteAt = fixture.clock.now();
    await fixture.command("deactivate", "nowhere");
    expect(fixture.takeOutcomes()).toEqual([]);
    await fixture.clock.sleep(oldestReadMs);
    await fixture.command("deactivate", "nowhere");
    expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED" }]);
  });
});

test("a tag for a service that the tree does not show yet is neither refused nor taken off", async () => {
  await fixture.service("watched", { alarms });
  const { group, made } = await makeUnknown();
  hidden.add(made.serviceId);
  const arn = `${alarms[0]}`;
  fixture.setAlarm("crm", "OK");
  wroteAt = fixture.clock.now();
  fixture.tags.push({ alarmArn: arn, value: `${accountId}/${group}/${made.serviceId}` });
  for (let second = 0; second < oldestReadMs; second += 5_000) {
    if (second === 10_000) hidden.clear();
    expect(await fixture.sweep()).toMatchObject({ errors: [] });
    await fixture.clock.sleep(5_000);
  }
  expect(summaries()).toEqual([]);
  await fixture.minutes(6);
  expect(await fixture.table.get({ pk: `ACCOUNT#${accountId}`, sk: "TAGGED#CRM/unknown" })).toMatchObject({
    alarms: [arn],
  });
});

/** A service that no manifest and no tag names. */
async function makeUnknown() {
  const account = fixture.dependencies.ringcxFor(accountId).account(accountId, { priority: "urgent" });
  const [group] = await account.groups.listWithChildren();
  const { serviceGroupId = 0, services = [] } = group ?? {};
  const { serviceId: _, ...like } = services[0] ?? { serviceId: 0 };
  const made = await account.services.create(serviceGroupId, {
    ...like,
    accountId,
    serviceDescription: "unknown",
    isEnabled: true,
  } as never);
  await account.services.setActive(serviceGroupId, made.serviceId, true);
  return { group: serviceGroupId, made };
}
