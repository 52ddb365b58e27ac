import { DeleteSecretCommand, RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authConfigsOfAccount } from "../../../shared/records/account/auth-config.ts";
import { edgeAuditKey } from "../../../shared/records/account/edge-audit.ts";
import { deletedItem, writtenGroupItem, writtenServiceItem } from "../../../shared/records/account/own-writes.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { accountId, type Fixture, listRead, startFixture, treeRead } from "./fixture.ts";

const hosts = { "ringcx:hosts": "crm.example.com" };
const right = "https://crm.example.com/lookup";
const wrong = "https://other.example.net/lookup";

let fixture: Fixture;
afterEach(() => fixture.stop());

/** So many ticks that every account is looked at once. */
async function audit() {
  for (let tick = 0; tick < 2; tick += 1) await fixture.tick();
  return (await fixture.tick()).edgesNotPermitted;
}

const told = () => fixture.told("ringcx.confinement");

/** What is told of the secret's being lost; of its tags something else may be. */
const summaries = () =>
  fixture.published
    .filter(({ cause, details }) => cause.type === "ringcx.confinement" || details?.topic === "FOLLOWING")
    .map(({ summary }) => summary);
const following = () => fixture.told("ringcx.auth-config", "FOLLOWING");

async function inSync(url = right) {
  const bound = await fixture.bind("APIKEY", "secret", hosts);
  const service = await fixture.addService("lookup", url, url === right ? bound.authConfigId : undefined);
  await fixture.tick();
  fixture.published.length = 0;
  fixture.takeAllRequests();
  return { ...bound, service };
}

type Bound = Awaited<ReturnType<typeof inSync>>;
type Deed = (bound: Bound) => unknown;

const tag =
  (key: string, value?: string): Deed =>
  ({ arn }) =>
    fixture.tag(arn, key, value);
const destroy =
  (isForGood: boolean): Deed =>
  ({ arn }) =>
    fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: isForGood }));
const remake: Deed = async (bound) => {
  const { name } = fixture.store.get(bound.arn);
  await destroy(true)(bound);
  await fixture.createSecret({ name, value: { apiKey: "second" } });
};
/** What ends it. */
let endDeny = () => {};
/** As Secrets Manager denies what has lost our tag. */
async function deny({ arn }: Bound, name = "AccessDeniedException") {
  let isOn = true;
  await fixture.tag(arn, "ringcx:connection");
  fixture.secrets.middlewareStack.add(
    (next, { commandName }) =>
      (request) => {
        if (commandName !== "DescribeSecretCommand" || !isOn) return next(request);
        throw Object.assign(new Error("no"), { name });
      },
    { step: "initialize" },
  );
  endDeny = async () => {
    isOn = false;
    await fixture.tag(arn, "ringcx:connection", "main");
  };
}

describe.each([true, false])("the audit of an account whose v1 shows links: %s", (v1AuthLink) => {
  beforeEach(async () => {
    fixture = await startFixture({ v1AuthLink });
  });

  it("tells once that a person has moved a service to a host that the secret does not name, and once that it is back", async () => {
    const { service, authConfigId, arn } = await inSync();
    service.move(wrong);
    expect(await audit()).toBe(1);
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
    const [outcome] = fixture.published;
    for (const word of ["group of lookup/lookup", "other.example.net", authConfigId, arn, "ringcx:hosts names crm"]) {
      expect(outcome?.summary).toContain(word);
    }
    service.move(right);
    expect(await audit()).toBe(0);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
    service.move(wrong);
    expect(await audit()).toBe(1);
    expect(new Set(fixture.published.map(({ cause }) => cause.id)).size).toBe(3);
  });

  it("tells of a service that a person has linked", async () => {
    const { service, authConfigId } = await inSync(wrong);
    expect(await audit()).toBe(0);
    service.link(authConfigId);
    expect(await audit()).toBe(1);
    service.link(undefined);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });
});

describe("the audit of an account", () => {
  beforeEach(async () => {
    fixture = await startFixture();
  });

  it.each([
    ["ringcx:hosts", "else.example.com"],
    ["ringcx:hosts", undefined],
  ])("tells that the secret's owner has changed %s to %s, and that it is as before", async (tag, value) => {
    const { arn } = await inSync();
    const before = fixture.store.get(arn).tags.get(tag);
    await fixture.tag(arn, tag, value);
    expect(await audit()).toBe(1);
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
    await fixture.tag(arn, tag, before);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });

  describe.each<[string, Deed, Deed, RegExp]>([
    ["names another account", tag("ringcx:accounts", "654321"), tag("ringcx:accounts", accountId), /ringcx:accounts/],
    ["names no account", tag("ringcx:accounts"), tag("ringcx:accounts", accountId), /ringcx:accounts/],
    ["names another connection", tag("ringcx:connection", "other"), tag("ringcx:connection", "main"), /is not for it/],
    ["has lost its tag", tag("ringcx:connection"), tag("ringcx:connection", "main"), /has lost the tag/],
    ["may not be described", deny, () => endDeny(), /has lost the tag/],
    [
      "is deleted",
      destroy(false),
      ({ arn }) => fixture.secrets.send(new RestoreSecretCommand({ SecretId: arn })),
      /is deleted/,
    ],
    ["is deleted for good", destroy(true), ({ service }) => service.link(undefined), /was deleted for good/],
    ["is made again under its name", remake, ({ service }) => service.link(undefined), /has its name now/],
  ])("a secret that %s", (_, damage, mend, words) => {
    it("is told by its auth config alone, with the same words as ever", async () => {
      const bound = await inSync();
      await audit();
      await damage(bound);
      for (let looks = 0; looks < 4; looks += 1) expect(await audit()).toBe(0);
      expect(summaries()).toMatchObject([expect.stringMatching(words)]);
      expect(following()).toEqual(["FAILED following begun"]);
      const { edges, lines } = await fixture.tick();
      expect(edges).toEqual([]);
      expect(lines.filter(({ concerns }) => concerns.includes("NOT_FOLLOWED"))).toHaveLength(1);
      await mend(bound);
      for (let looks = 0; looks < 2; looks += 1) await audit();
      expect(told()).toEqual([]);
    });

    it("is told by the edge, with what became of it, where its auth config is left alone on purpose", async () => {
      const bound = await inSync();
      await audit();
      fixture.script.unmanagedAuthConfigs = [`${accountId}/${bound.authConfigId}`];
      await damage(bound);
      for (let looks = 0; looks < 4; looks += 1) await audit();
      expect(await audit()).toBe(1);
      expect(summaries()).toMatchObject([
        expect.stringMatching(
          new RegExp(`may not be: .*(${words.source.replace("is not for it", "is not for the conn")})`),
        ),
      ]);
      await mend(bound);
      for (let looks = 0; looks < 2; looks += 1) await audit();
      expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
    });
  });

  it("leaves to its auth config one that was closed before it was ever looked at", async () => {
    await inSync();
    const late = await fixture.bind("APIKEY", "late", hosts);
    await fixture.addService("late", right, late.authConfigId);
    await fixture.tick();
    await fixture.tag(late.arn, "ringcx:connection");
    expect(await audit()).toBe(0);
    expect(following()).toEqual(["FAILED following begun"]);
  });

  it("takes a secret that cannot be asked about for no wrong edge", async () => {
    const bound = await inSync();
    await audit();
    await deny(bound, "ThrottlingException");
    expect(await audit()).toBe(0);
    expect([...told(), ...following()]).toEqual([]);
  });

  it("tells of nothing that is no more when it looks again: somebody was in the middle of a change", async () => {
    const { service } = await inSync();
    service.move(wrong);
    const query = fixture.table.query.bind(fixture.table);
    let looks = 0;
    fixture.table.query = (pk, prefix) => {
      if (pk === accountPartition(accountId) && prefix === authConfigsOfAccount && ++looks === 2) service.move(right);
      return query(pk, prefix);
    };
    expect(await audit()).toBe(0);
    expect(looks).toBe(2);
    expect(told()).toEqual([]);
  });

  it.each([
    ["written", (serviceId: number) => writtenServiceItem(accountId, serviceId, fixture.clock.now())],
    ["deleted", (serviceId: number) => deletedItem(accountId, serviceId, fixture.clock.now())],
    [
      "renamed with its group",
      (_: number, groupId: number) => writtenGroupItem(accountId, groupId, fixture.clock.now()),
    ],
  ])("begins and ends nothing by a look that may be older than the service was %s by us", async (_, item) => {
    const { service } = await inSync();
    const due = async (url: string) => {
      await fixture.clock.sleep(16 * 60_000);
      await fixture.table.put(item(service.serviceId, service.serviceGroupId));
      service.move(url);
      const ticks: (number | undefined)[] = [];
      for (const afterMs of [1_000, 10_000, 20_000])
        ticks.push((await fixture.tick(undefined, 120_000, afterMs)).edgesNotPermitted);
      return ticks;
    };
    expect(await due(wrong)).toEqual([0, 0, 1]);
    expect(told()).toEqual(["REJECTED edge begun"]);
    expect(await due(right)).toEqual([1, 1, 0]);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });

  it("goes on with an edge whose service has another name, or is in a group with one, under that name", async () => {
    const { service } = await inSync();
    service.move(wrong);
    await audit();
    await service.rename("CRM", "look it up");
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
    expect((await fixture.tick()).edges).toMatchObject([{ service: "CRM/look it up" }]);
    service.move(right);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
    expect(fixture.published.at(-1)?.summary).toContain("CRM/look it up");
  });

  it("asks RingCX at most once in 15 minutes, and nothing where no secret's value is", async () => {
    await fixture.addService("unlinked", right);
    await fixture.tick();
    expect(fixture.takeAllRequests()).toEqual([]);
    await inSync();
    for (let tick = 0; tick < 12; tick += 1) await fixture.tick();
    const looks = [listRead, listRead, listRead, listRead, treeRead, treeRead, treeRead, treeRead];
    expect(fixture.takeAllRequests().toSorted()).toEqual(looks);
  });

  it("begins and ends nothing while RingCX cannot be asked, and still says the figure", async () => {
    const { service } = await inSync();
    service.move(wrong);
    await audit();
    service.move(right);
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match: { path: "*withChildren" } });
    expect(await audit()).toBe(1);
    fixture.simulator.faults.clear();
    expect((await fixture.tick()).edgesNotPermitted).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });

  it("names the service, its host and the secret in the report", async () => {
    const { service, authConfigId, arn } = await inSync();
    service.move(wrong);
    await audit();
    expect((await fixture.tick()).edges).toMatchObject([
      { accountId, service: "group of lookup/lookup", host: "other.example.net", authConfigId, secretArn: arn },
    ]);
  });

  it("says an item that it cannot read, keeps other accounts and the sync going", async () => {
    const { arn, authConfigId } = await inSync();
    await fixture.table.update(edgeAuditKey(accountId), { edges: "x" });
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("new");
    expect(fixture.unreadable.at(0)).toContain(`"EDGES"`);
  });
});
