import { describe, expect, test } from "vitest";
import { plain } from "../../../cli/view/paint.ts";
import { countPlan, planText } from "../../../cli/view/plan.ts";
import { type PlannedMessage, planOrder } from "../../../cli/view/plan-order.ts";
import type { StoredOutcome } from "../../../shared/records/outcome.ts";

const time = "2026-03-01T12:00:00Z";
const body = (type: string, data: object) =>
  JSON.stringify({
    specversion: "1.0",
    id: type + JSON.stringify(data).length,
    source: "/a",
    type: `ringcx.${type}.v1`,
    time,
    data,
  });
const outcome = (type: string, data: { status: string; [field: string]: unknown }) => ({
  id: "1",
  time,
  data: { summary: "", cause: { source: "/a", id: "1", type: `ringcx.${type}.v1` }, ...data },
});

const service = (groupName: string, serviceDescription: string) => ({
  kind: "httpService",
  groupName,
  serviceDescription,
  serviceType: "HTTP_GET",
  httpServiceConfig: { url: "https://crm.example.com/" },
});
const made = (...resources: object[]) =>
  outcome("apply", {
    status: "PLANNED",
    resources: [{ kind: "httpService", name: "CRM/Lookup", result: "PLANNED", changes: ["created"] }, ...resources],
  });
const missing = { path: "data.from.serviceDescription", message: "no service of the group has this name" };
const refused = (type: string) => outcome(type, { status: "REJECTED", summary: "Rejected.", problems: [missing] });

const apply = { body: body("apply", { accountId: "1", resources: [service("CRM", "Lookup")] }), line: 1 };
const copy = (from: object, to: object = { serviceDescription: "New" }) => ({
  body: body("copy", { accountId: "1", from, to }),
  line: 2,
});
const both = (first: PlannedMessage, second: PlannedMessage) =>
  planOrder([first, second]).get(second.outcome as StoredOutcome)?.line;

describe("a plan that is refused for what an earlier line of the file makes depends on that line", () => {
  test.each([
    ["a copy of it", copy({ groupName: "CRM", serviceDescription: "Lookup" }), 1],
    ["a copy of it in another spelling", copy({ groupName: "crm", serviceDescription: "LOOKUP" }), 1],
    ["a copy of its group", copy({ groupName: "CRM" }, { groupName: "New" }), 1],
    [
      "a copy of it into another account",
      {
        body: body("copy", {
          accountId: "2",
          from: { accountId: "1", groupName: "CRM", serviceDescription: "Lookup" },
        }),
      },
      1,
    ],
    [
      "its retirement",
      {
        body: body("retire", {
          accountId: "1",
          resources: [{ kind: "httpService", groupName: "CRM", serviceDescription: "Lookup" }],
        }),
      },
      1,
    ],
    ["a service of its group", { body: body("apply", { accountId: "1", resources: [service("CRM", "Other")] }) }, 1],
    ["a copy of something else", copy({ groupName: "Billing", serviceDescription: "Pay" }), undefined],
    [
      "the same names in another account",
      {
        body: body("apply", { accountId: "2", resources: [service("CRM", "Lookup")] }),
      },
      undefined,
    ],
  ])("%s", (_, later, line) => {
    expect(both({ ...apply, outcome: made() }, { ...later, outcome: refused("copy") })).toBe(line);
  });

  test("and on none where the earlier one does nothing", () => {
    const nothing = outcome("apply", {
      status: "PLANNED",
      resources: [{ kind: "httpService", name: "CRM/Lookup", result: "UNCHANGED" }],
    });
    const later = { ...copy({ groupName: "CRM", serviceDescription: "Lookup" }), outcome: refused("copy") };
    expect(both({ ...apply, outcome: nothing }, later)).toBeUndefined();
  });

  test("and on one that itself depends on another", () => {
    const first = { ...apply, outcome: made() };
    const second = { ...copy({ groupName: "CRM", serviceDescription: "Lookup" }), outcome: refused("copy") };
    const third = {
      ...copy({ groupName: "CRM", serviceDescription: "New" }, { serviceDescription: "Newer" }),
      line: 3,
      outcome: refused("copy"),
    };
    expect([...planOrder([first, second, third]).values()].map(({ line }) => line)).toEqual([1, 2]);
  });
});

test("what depends on an earlier line is no problem, and says which", () => {
  const first = made();
  const second = refused("copy");
  const order = new Map([[second, { line: 1, isTaken: false }]]);
  expect(countPlan([first, second], order)).toMatchObject({ create: 1, refused: 0, later: 1 });
  expect(planText([first, second], plain, order).split("\n").slice(2, 4)).toEqual([
    "? ringcx.copy.v1: depends on line 1, which is not done yet; as the account is now:",
    "    data.from.serviceDescription: no service of the group has this name",
  ]);
  expect(planText([first, second], plain, order)).toMatch(/1 not known before an earlier message is done\.$/);
  expect(countPlan([first, second])).toMatchObject({ refused: 1, later: 0 });
});

test("what an earlier line makes and a later one retires is not there yet, and no line that does nothing", () => {
  const lookup = { kind: "httpService", groupName: "CRM", serviceDescription: "Lookup", delete: "service" };
  const unchanged = { kind: "httpService", name: "CRM/Lookup", result: "UNCHANGED", changes: ["there is no service"] };
  const first = { ...apply, outcome: made() };
  const second = {
    body: body("retire", { accountId: "1", resources: [lookup] }),
    line: 2,
    outcome: outcome("retire", { status: "PLANNED", resources: [unchanged] }),
  };
  const outcomes = [first.outcome, second.outcome];
  const order = planOrder([first, second]);
  expect(countPlan(outcomes, order)).toMatchObject({ create: 1, keep: 0, later: 1 });
  expect(planText(outcomes, plain, order)).toContain(
    "? httpService CRM/Lookup\n    depends on line 1, which is not done yet; as the account is now:\n    there is no service",
  );
  expect(countPlan([second.outcome])).toMatchObject({ keep: 1, later: 0 });
});

describe("nothing of a plan is known whose resource an earlier line takes away", () => {
  const planned = (changes?: string[]) =>
    outcome("apply", {
      status: "PLANNED",
      resources: [
        { kind: "httpService", name: "CRM/Lookup", result: changes ? "PLANNED" : "UNCHANGED", changes: changes ?? [] },
      ],
    });
  const group = { kind: "httpServiceGroup", groupName: "Customers", previousName: "CRM" };
  const rename = { ...service("CRM", "Find"), previousName: "Lookup" };
  const end = { kind: "httpService", groupName: "CRM", serviceDescription: "Lookup", delete: "service" };

  test.each([
    ["its group is renamed, and it is named by the old name", "apply", group, ["created"]],
    ["the same, and nothing would change", "apply", group, undefined],
    ["it is renamed, and named by its old name", "apply", rename, ["isDebug"]],
    ["it is retired, and made anew", "retire", end, undefined],
  ])("%s", (_, type, resource, changes) => {
    const first = { body: body(type, { accountId: "1", resources: [resource] }), line: 1, outcome: made() };
    const second = { ...apply, line: 2, outcome: planned(changes) };
    const outcomes = [first.outcome, second.outcome];
    const order = planOrder([first, second]);
    expect(countPlan(outcomes, order)).toMatchObject({ create: 1, change: 0, keep: 0, later: 1 });
    expect(planText(outcomes, plain, order)).toContain("? httpService CRM/Lookup\n    depends on line 1");
  });
});
