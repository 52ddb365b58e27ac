import { afterEach, beforeEach, expect, it } from "vitest";
import { renameServiceRecords } from "../../../functions/provision-services/write/service-record.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { publishableData } from "../../../shared/outcomes/publishable.ts";
import { publishableText } from "../../../shared/primitives/publishable-text.ts";
import { heldEdge, heldEdgesAttribute } from "../../../shared/records/account/confinement-hold.ts";
import { edgeAuditFromItem, edgeAuditKey, namedEdgeId } from "../../../shared/records/account/edge-audit.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { Crash, CrashPoint } from "../../support/crash.ts";
import { type Fixture, startFixture } from "./fixture.ts";

const hosts = { "ringcx:hosts": "crm.example.com" };
const right = "https://crm.example.com/lookup";
const wrong = "https://other.example.net/lookup";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  fixture.script.onViolation = "deactivate";
});
afterEach(() => fixture.stop());

async function audit() {
  for (let tick = 0; tick < 3; tick += 1) await fixture.tick();
}

const activation = () => createActivationStore(fixture);
const told = () =>
  fixture.published.filter(({ cause }) => cause.type === "ringcx.confinement").map(({ cause }) => cause.id);
/** Without the number of the change. */
const kindsTold = () => told().map((id) => /begun|ended|deactivated/.exec(id)?.[0]);
/** As the commands `release` and `activate` change the record, and then RingCX by hand. */
const release = (name: ServiceName) => activation().change(name, { remove: ["KEEP_INACTIVE"], lastAppliedState: true });

async function strayed(name = "lookup") {
  const { authConfigId, arn } = await fixture.bind("APIKEY", "secret", hosts);
  const service = await fixture.addService(name, right, authConfigId);
  await audit();
  fixture.published.length = 0;
  service.move(wrong);
  return { service, arn };
}

it("a service at a host that the secret does not name is held inactive, and its record says by whom and why", async () => {
  const { service } = await strayed();
  await audit();
  expect(service.isActive()).toBe(false);
  const { reasons, lastAppliedState } = await activation().get(service.name);
  expect(reasons).toMatchObject([
    { kind: "KEEP_INACTIVE", by: "ringcx-automation (confinement)", why: expect.stringContaining("other.example.net") },
  ]);
  expect(lastAppliedState?.isActive).toBe(false);
  await audit();
  expect(kindsTold()).toEqual(["begun", "deactivated"]);
});

it("a release stands as long as the edge is the same, and no longer", async () => {
  const { service } = await strayed();
  await audit();
  await release(service.name);
  await audit();
  await audit();
  expect((await activation().get(service.name)).reasons).toEqual([]);
  service.move("https://third.example.org/");
  await audit();
  expect((await activation().get(service.name)).reasons).toMatchObject([{ why: expect.stringContaining("third") }]);
  await release(service.name);
  service.move(right);
  await audit();
  service.move(wrong);
  await audit();
  expect((await activation().get(service.name)).reasons).toHaveLength(1);
});

it("a release stands when the service and its group are renamed, and by what an earlier release held", async () => {
  const { service } = await strayed();
  await audit();
  await release(service.name);
  const to = { ...service.name, groupName: "CRM", serviceDescription: "look it up" };
  await renameServiceRecords(fixture, service.name, to);
  await service.rename(to.groupName, to.serviceDescription);
  await audit();
  expect((await activation().get(to)).reasons).toEqual([]);
  const [edge] = edgeAuditFromItem(await fixture.table.get(edgeAuditKey(to.accountId))).edges;
  if (!edge) throw new Error("no edge");
  const held = heldEdgesAttribute([heldEdge(namedEdgeId(edge), edge.since)]);
  await activation().change(to, { writerAttributes: held });
  await audit();
  expect((await activation().get(to)).reasons).toEqual([]);
  expect(kindsTold()).toEqual(["begun", "deactivated"]);
});

it("one that somebody activates in RingCX all the same is deactivated again, and that is told as another thing", async () => {
  const { service } = await strayed();
  await audit();
  await activation().change(service.name, { observed: true });
  await audit();
  expect(service.isActive()).toBe(false);
  expect(kindsTold()).toEqual(["begun", "deactivated", "deactivated"]);
  expect(new Set(told()).size).toBe(3);
});

it("is not brought back by the automation when the edge has ended: a person released it or did not", async () => {
  const { service } = await strayed();
  await audit();
  service.move(right);
  await audit();
  expect(service.isActive()).toBe(false);
});

it("a service that a person holds inactive is left to them, until they release it", async () => {
  const { service } = await strayed();
  const hold = { kind: "KEEP_INACTIVE", by: "anna", why: "maintenance", since: "2026-01-01T00:00:00Z" } as const;
  await activation().change(service.name, { add: [hold], lastAppliedState: false });
  await audit();
  expect((await activation().get(service.name)).reasons).toEqual([hold]);
  await release(service.name);
  await audit();
  expect((await activation().get(service.name)).reasons).toMatchObject([{ by: "ringcx-automation (confinement)" }]);
});

it("hands off: it is held in the record, and RingCX is left alone", async () => {
  const { service } = await strayed();
  const handsOff = { by: "anna", why: "incident", since: "2026-01-01T00:00:00Z" };
  await activation().change(service.name, { handsOff });
  await audit();
  expect(service.isActive()).toBe(true);
  expect((await activation().get(service.name)).reasons).toHaveLength(1);
});

it("by default it is only told, and held as soon as the settings say so", async () => {
  fixture.script.onViolation = "report";
  const { service } = await strayed();
  await audit();
  expect(service.isActive()).toBe(true);
  expect((await activation().get(service.name)).reasons).toEqual([]);
  fixture.script.onViolation = "deactivate";
  await audit();
  expect(service.isActive()).toBe(false);
});

it("RingCX refuses the change: it is tried again by the next run, and keeps no other service in use", async () => {
  const { service } = await strayed("a");
  service.move(right);
  const { service: other } = await strayed("b");
  service.move(wrong);
  fixture.simulator.faults.add({ kind: "status", status: 400, match: { method: "PUT" } });
  await fixture.tick();
  expect([service, other].map((one) => one.isActive())).toEqual([true, false]);
  await fixture.tick();
  expect(service.isActive()).toBe(false);
});

it.each(["before", "after"] as const)(
  "an audit that dies %s any of its calls is finished, and told once",
  async (when) => {
    const counting = new CrashPoint();
    const tickTwice = async () => {
      for (let tick = 0; tick < 2; tick += 1) await fixture.tick();
    };
    await strayed("counted");
    await tickTwice();
    await fixture.tick(counting);
    for (let call = 1; call <= counting.calls; call += 1) {
      const { service, arn } = await strayed(`service ${call}`);
      await tickTwice();
      await fixture.tick(new CrashPoint(call, when)).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      await audit();
      expect(service.isActive(), `call ${call}`).toBe(false);
      await release(service.name);
      await audit();
      expect((await activation().get(service.name)).reasons, `call ${call}`).toEqual([]);
      expect(new Set(kindsTold()), `call ${call}`).toEqual(new Set(["begun", "deactivated"]));
      expect(new Set(told()).size, `call ${call}`).toBe(2);
      await fixture.retire(arn);
      service.link(undefined);
      await audit();
    }
  },
);

it.each([
  ["with control characters", "look\u0000up\u001b[31m\ufffe"],
  ["of ten thousand characters", "x".repeat(10_000)],
  ["that JavaScript knows", "__proto__"],
  ["with slashes and percents", "a/b%2Fc"],
])("a service with a name %s is held, told and released as any other", async (_what, name) => {
  const { service } = await strayed(name);
  await audit();
  expect(service.isActive()).toBe(false);
  const texts = fixture.published.map((data) => JSON.stringify(publishableData(data)));
  expect(texts.length).toBeGreaterThan(1);
  for (const text of texts) {
    expect(publishableText(JSON.parse(text).summary)).toBe(JSON.parse(text).summary);
    expect(text).not.toMatch(/\\u00[01]/);
  }
  expect(new Set(texts.map((text) => JSON.parse(text).cause.id)).size).toBe(texts.length);
  await release(service.name);
  await audit();
  expect((await activation().get(service.name)).reasons).toEqual([]);
});
