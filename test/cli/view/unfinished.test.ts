import { expect, test } from "vitest";
import { unfinishedMessages } from "../../../cli/view/unfinished.ts";

const problems = [{ path: "data.resources[1].authConfig", message: "is not known" }];
const failed = { kind: "httpService", name: "CRM/Lookup", result: "FAILED", problems };
const made = { kind: "httpServiceGroup", name: "CRM", result: "CREATED" };

function outcome(at: number, status: string, resources: readonly object[], id = "m1", accountId = "123456") {
  const cause = { source: "/crm", id, type: "ringcx.apply.v1" };
  const time = `2026-03-01T12:00:0${at}.000Z`;
  return { id: `/crm/${id}`, time, data: { status, summary: "", accountId, cause, resources } };
}
const partial = outcome(1, "PARTIAL", [made, failed]);

test("a message that was carried out in part is told with what is missing and why", () => {
  const { time } = partial;
  expect(unfinishedMessages([partial])).toEqual([
    { accountId: "123456", source: "/crm", id: "m1", time, resources: ["CRM/Lookup"], problem: "is not known" },
  ]);
});

test.each<[string, ReturnType<typeof outcome>, number]>([
  ["the same message, sent again", outcome(2, "SUCCEEDED", [made, { ...failed, result: "CREATED", problems: [] }]), 0],
  ["another message", outcome(2, "NO_CHANGE", [{ ...failed, result: "UNCHANGED", problems: [] }], "m2"), 0],
  ["one that was refused, and is among the rejects", outcome(2, "REJECTED", [failed], "m2"), 0],
  ["one that fails again", outcome(2, "PARTIAL", [made, failed], "m2"), 1],
  ["one of another account", outcome(2, "SUCCEEDED", [{ ...made, ...failed, problems: [] }], "m2", "2"), 1],
  ["a plan", outcome(2, "PLANNED", [{ ...failed, result: "PLANNED", problems: [] }], "m2"), 1],
  ["one that says nothing of it", outcome(2, "SUCCEEDED", [made], "m2"), 1],
  ["one that left it to a later one", outcome(2, "SUPERSEDED", [{ ...failed, result: "SKIPPED", problems: [] }]), 1],
])("after it came %s", (_, later, count) => {
  expect(unfinishedMessages([later, partial])).toHaveLength(count);
});
