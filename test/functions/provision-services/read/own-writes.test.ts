import { afterEach, expect, test } from "vitest";
import { OwnWrites } from "../../../../functions/provision-services/read/own-writes.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "../fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

/** Counts what is read of inputs, and fails where a test says so. */
class WatchedTable extends MemoryStateTable {
  reads = 0;
  fails = false;

  override get: MemoryStateTable["get"] = (key) => {
    if (key.sk.startsWith("INPUTS#")) this.reads += 1;
    return super.get(key);
  };

  override put: MemoryStateTable["put"] = async (...written) => {
    const result = await super.put(...written);
    if (this.fails) throw new Error("its answer is lost");
    return result;
  };
}

const input = (name: string, value: string, rank: number) => ({
  name,
  type: "PARAMETER",
  simpleDataType: "STRING",
  value,
  rank: String(rank),
});

test("what is known of a service's inputs is read once, however much is written to them", async () => {
  const table = new WatchedTable();
  fixture = await startFixture({ table });
  const { crm } = fixture;
  const inputs = (...httpServiceInputs: object[]) => service(crm, { httpServiceInputs });
  await fixture.send(applyMessage([group, authConfig, inputs(input("a", "1", 0), input("b", "2", 1))]));
  table.reads = 0;
  fixture.operations();
  expect(await fixture.send(applyMessage([inputs(input("a", "9", 0), input("c", "3", 1))]))).toMatchObject({
    status: "SUCCEEDED",
  });
  // One save, and two that are deleted.
  const isWrite = (name: string) => /^(create|delete)/.test(name);
  expect(fixture.operations().filter(isWrite)).toHaveLength(3);
  expect(table.reads).toBe(1);
});

test("after a write of unknown fate it is read again", async () => {
  const table = new WatchedTable();
  const own = new OwnWrites({ table, clock: { now: () => 1_000 } }, "1");
  const before = [{ inputId: 1, name: "a" }];
  await own.endInputs(7, before);
  table.fails = true;
  await expect(own.beginInputs(7, before)).rejects.toThrow("its answer is lost");
  expect(await own.inputs(7)).toMatchObject({ isKnown: false });
});

test("what others may have written since is read again where all else is", async () => {
  const table = new WatchedTable();
  const [own, other] = [1, 2].map(() => new OwnWrites({ table, clock: { now: () => 1_000 } }, "1"));
  expect(await own?.inputs(7)).toBeUndefined();
  await other?.beginInputs(7, []);
  own?.invalidate();
  expect(await own?.inputs(7)).toMatchObject({ isKnown: false });
});
