import { afterEach, beforeEach, expect, test } from "vitest";
import { deleteServiceRecords } from "../../../functions/provision-services/write/delete-service-records.ts";
import { renameServiceRecords } from "../../../functions/provision-services/write/service-record.ts";
import { serviceRecordFromItem, serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { Key, StateTable } from "../../../shared/state/table.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

/** Held before what of the table is read or written that a test names; `undefined` where it runs on. */
let hold: ((operation: string, key: Pick<Key, "sk">) => Promise<void>) | undefined;
let fixture: Fixture;
beforeEach(async () => {
  hold = undefined;
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const named = (serviceDescription: string) => ({ accountId, groupName: "CRM", serviceDescription });
const down = { passed: false, kind: "UNREACHABLE", because: "nobody answers" } as const;

/** The table, which asks {@link hold} before each of its operations. */
function heldTable(): StateTable {
  const { table } = fixture;
  return new Proxy(table, {
    get: (_, operation: keyof StateTable) => async (first: Key | string, second: unknown, third: unknown) => {
      const key = typeof first === "string" ? { sk: String(second) } : first;
      await hold?.(operation, key);
      return (table[operation] as (...args: unknown[]) => unknown)(first, second, third);
    },
  });
}

/** A service that is out by its probe alone. */
async function outByProbe(isOut = true) {
  const service = await fixture.service("lookup", { watch: "probe" });
  if (isOut) Object.assign(fixture.probe, { result: down });
  await fixture.minutes(4);
  expect(service.isActive()).toBe(!isOut);
  fixture.takeOutcomes();
  return service;
}

const rename = (table: StateTable, [from, to]: readonly [string, string] = ["lookup", "found"]) =>
  renameServiceRecords({ table, clock: fixture.clock }, named(from), named(to));

/** Runs it while something else happens before each of its writes, and at its end. */
async function interrupted(run: (table: StateTable) => Promise<unknown>, meanwhile: () => Promise<unknown>) {
  let writes = 0;
  hold = async (operation) => {
    if (!["put", "update", "delete"].includes(operation)) return;
    writes += 1;
    await meanwhile();
  };
  await run(heldTable());
  hold = undefined;
  await meanwhile();
  return writes;
}

const items = async (prefix: string) => (await fixture.table.query(`ACCOUNT#${accountId}`, prefix)).map(({ sk }) => sk);

test("a sweep before each write of a rename says nothing, and the service comes back under its new name", async () => {
  const service = await outByProbe();
  const summaries: string[] = [];
  const writes = await interrupted(rename, async () => {
    await fixture.clock.sleep(60_000);
    const { errors } = await fixture.sweep();
    expect(errors).toEqual([]);
    summaries.push(...fixture.takeOutcomes().map(({ summary }) => summary));
  });
  expect(writes).toBeGreaterThan(4);
  expect(summaries).toEqual([]);
  expect(await items("SERVICE#")).toEqual(["SERVICE#CRM/found"]);
  Object.assign(fixture.probe, { result: { passed: true, ms: 1 } });
  await fixture.minutes(8);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes().map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^CRM\/found activated: /),
  ]);
});

test("an outage that begins before any write of a rename is not lost, whichever name it begins under", async () => {
  const service = await outByProbe(false);
  let before = 0;
  const writes = await interrupted(rename, async () => {
    before += 1;
    if (before === 1) Object.assign(fixture.probe, { result: down });
    await fixture.clock.sleep(60_000);
    await fixture.sweep();
  });
  expect(writes).toBeGreaterThan(4);
  await fixture.minutes(4);
  expect(service.isActive()).toBe(false);
  expect((await fixture.dependencies.activation.get(named("found"))).reasons).toMatchObject([{ kind: "OUTAGE" }]);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "SUCCEEDED", resources: [{ changes: ["deactivated"] }] }]);
});

test.each(["SERVICE#", "ACTIVATION#"])("a rename between a sweep's reads, %s last, is no news", async (last) => {
  const service = await outByProbe();
  const { query } = fixture.table;
  let isRenamed = false;
  fixture.table.query = async function (pk, prefix) {
    const isLast = prefix === last && !isRenamed;
    if (isLast) {
      isRenamed = true;
      await rename(fixture.table);
    }
    return query.call(this, pk, prefix);
  };
  await fixture.minutes(1);
  fixture.table.query = query;
  expect(isRenamed).toBe(true);
  await fixture.minutes(1);
  expect(fixture.takeOutcomes()).toEqual([]);
  expect(service.isActive()).toBe(false);
});

test("a sweep that a rename overtakes after its reads writes nothing under the old name", async () => {
  const service = await outByProbe(false);
  const { check } = fixture.dependencies.probe;
  let asked = 0;
  fixture.dependencies.probe.check = async () => {
    asked += 1;
    if (asked === 1) await rename(fixture.table);
    return down;
  };
  await fixture.minutes(1);
  expect((await fixture.table.get({ pk: `ACCOUNT#${accountId}`, sk: "ACTIVATION#CRM/lookup" }))?.isEnded).toBe(true);
  await fixture.minutes(3);
  fixture.dependencies.probe.check = check;
  expect(service.isActive()).toBe(false);
  expect(fixture.takeOutcomes()).toMatchObject([{ resources: [{ name: "CRM/found", changes: ["deactivated"] }] }]);
});

test("a command in the middle of a rename waits for its end", async () => {
  await outByProbe(false);
  const answers: string[][] = [];
  await interrupted(rename, async () => {
    const { batchItemFailures } = await fixture.command("deactivate", "found");
    const told = fixture.takeOutcomes().map(({ status, summary }) => `${status} ${summary}`);
    answers.push(batchItemFailures.length > 0 ? ["again"] : told);
  });
  const [last] = answers.splice(-1);
  expect(last?.[0]).toMatch(/^(SUCCEEDED|NO_CHANGE) CRM\/found /);
  expect(answers.flat().filter((one) => /SUCCEEDED/.test(one)).length).toBeLessThanOrEqual(1);
});

test("a service whose records are deleted is seen by no sweep in between, nor afterwards", async () => {
  await outByProbe();
  const record = serviceRecordFromItem(await fixture.table.get(serviceRecordKey(named("lookup"))));
  await interrupted(
    (table) => deleteServiceRecords({ table, clock: fixture.clock }, named("lookup"), record),
    async () => {
      await fixture.minutes(1);
    },
  );
  expect(fixture.takeOutcomes()).toEqual([]);
  expect(await items("SERVICE#")).toEqual([]);
});

test("a rename leaves no mark on what it has moved: another service may get the old name", async () => {
  await outByProbe();
  const { serviceGroupId } = await fixture.undeclared("other");
  await interrupted(rename, async () => undefined);
  const { activation, table } = fixture.dependencies;
  await table.put({ ...serviceRecordKey(named("lookup")), serviceGroupId, serviceId: 1, manifest: named("lookup") });
  await activation.change(named("lookup"), { lastAppliedState: true });
  expect((await activation.get(named("lookup"))).isEnded).toBeUndefined();
  expect((await activation.get(named("found"))).reasons).toMatchObject([{ kind: "OUTAGE" }]);
});

test("no outcome carries ids of which none is known", async () => {
  const { serviceId } = await outByProbe();
  await fixture.table.delete(serviceRecordKey(named("lookup")));
  await fixture.minutes(2);
  const told = fixture.takeOutcomes();
  expect(told.map(({ summary }) => summary)).toEqual([expect.stringContaining("it waits for a command")]);
  expect(told.flatMap(({ resources = [] }) => resources.map(({ ids }) => ids))).toEqual([undefined]);
  expect(serviceId).toBeGreaterThan(0);
});
