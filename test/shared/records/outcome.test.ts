import { expect, test } from "vitest";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { dailyOutcomesPartition, fromItem, outcomeKey, toItems } from "../../../shared/records/outcome.ts";

const outcome: Outcome = {
  specversion: "1.0",
  type: "ringcx.outcome.v1",
  source: "/ringcx-automation/test",
  id: "/crm/42",
  time: "2030-01-02T03:04:05.000Z",
  datacontenttype: "application/json",
  data: { status: "SUCCEEDED", summary: "done", cause: { source: "/crm", id: "42", type: "ringcx.apply.v1" } },
};

test("an outcome is stored by its cause and by its day, and is read back from either", () => {
  const [byCause, byDay] = toItems(outcome);
  expect(byCause).toMatchObject(outcomeKey("/crm", "42"));
  expect(byDay.pk).toBe(dailyOutcomesPartition("2030-01-02"));
  for (const item of [byCause, byDay]) expect(fromItem({ ...item, version: 1 })).toEqual(outcome);
});

test("what a later version says of an outcome is kept, and a status that is not known here is none of our business", () => {
  const later = { ...outcome, data: { ...outcome.data, status: "EXPLAINED", chapters: ["one"] } };
  expect(fromItem({ ...outcomeKey("/crm", "42"), version: 1, outcome: later })).toEqual(later);
});

test("an outcome that cannot be read is named", () => {
  const read = () => fromItem({ ...outcomeKey("/crm", "42"), version: 1, outcome: "gone" });
  expect(read).toThrow(expect.objectContaining({ code: "ITEM_UNREADABLE" }));
  expect(read).toThrow(/OUTCOME#\/crm.*42.*outcome/);
});
