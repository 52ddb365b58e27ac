import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newCarrier, withIntent } from "../../../shared/activation/intents.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
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

beforeEach(async () => {
  wroteAt = undefined;
  hidden.clear();
  fixture = await startFixture({}, { quota: () => ({ ...openQuota(), lastWriteAt: async () => wroteAt }) });
  const { ringcxFor } = fixture.dependencies;
  fixture.dependencies.ringcxFor = (id) => {
    const ringcx = ringcxFor(id);
    const account: typeof ringcx.account = (...options) => {
      const real = ringcx.account(...options);
      const listWithChildren: typeof real.groups.listWithChildren = async () => {
        const tree = await real.groups.listWithChildren();
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
