import { expect, test } from "vitest";
import { outcomesText } from "../../../cli/view/outcome.ts";
import { plain } from "../../../cli/view/paint.ts";
import { countPlan, planText } from "../../../cli/view/plan.ts";

const planned = (...resources: object[]) => ({
  id: "1",
  time: "2026-03-01T12:00:00Z",
  data: { status: "PLANNED", summary: "", cause: { source: "/a", id: "1", type: "ringcx.apply.v1" }, resources },
});
const resource = (result: string, changes: readonly string[] = [], more: object = {}) => ({
  kind: "httpService",
  name: "CRM/Lookup",
  result,
  changes,
  ...more,
});

test.each([
  ["create", "+", resource("PLANNED", ["created", "activated"])],
  ["create", "+", resource("PLANNED", ["cloned from CRM/Other"])],
  ["change", "~", resource("PLANNED", ["httpServiceConfig.url (drift corrected)"])],
  ["change", "~", resource("PLANNED", ["adopted", "credential"])],
  ["remove", "-", resource("PLANNED", ["deleted"])],
  ["adopt", "=", resource("PLANNED", ["adopted"])],
  ["refused", "!", resource("FAILED", [], { problems: [{ path: "data.x", message: "is wrong", hint: "mend it" }] })],
] as const)("%s is marked %s", (deed, mark, one) => {
  const text = planText([planned(one)], plain);
  expect(text.startsWith(`${mark} httpService CRM/Lookup\n`)).toBe(true);
  expect(countPlan([planned(one)])).toMatchObject({ [deed]: 1, keep: 0 });
});

test("what stays is counted and not shown; how to mend what is refused is", () => {
  const refused = resource("FAILED", [], { problems: [{ path: "data.x", message: "is wrong", hint: "mend it" }] });
  expect(planText([planned(resource("UNCHANGED"), refused)], plain)).toBe(
    "! httpService CRM/Lookup\n    data.x: is wrong (mend it)\n\nPlan: 0 to create, 0 to change, 0 to delete, 1 unchanged, 1 problem.",
  );
});

test("a message that was refused as a whole is a problem", () => {
  const rejected = { ...planned(), data: { ...planned().data, status: "REJECTED", summary: "Rejected: type." } };
  expect(planText([rejected], plain)).toMatch(/^! Rejected: type\.\n[\s\S]*1 problem\.$/);
  const problems = [
    { path: "data.from", message: "is not known", hint: "name it" },
    { path: "data.to", message: "is the same" },
  ];
  expect(
    planText([{ ...rejected, data: { ...rejected.data, problems } }], plain)
      .split("\n")
      .slice(0, 3),
  ).toEqual(["! Rejected: type.", "    data.from: is not known (name it)", "    data.to: is the same"]);
});

test("of an outcome of a later version what can be read is told", () => {
  const later = planned({ kind: "flow", name: "F", result: "PLANNED", changes: ["created"], more: 1 });
  expect(planText([later], plain)).toMatch(/^\+ flow F\n\s+would be created\n/);
  expect(countPlan([{ ...later, data: { ...later.data, resources: "?" } }])).toMatchObject({ create: 0 });
});

test("plans and outcomes for several accounts name each one's account, those for one do not", () => {
  const of = (accountId: string, status = "PLANNED") => {
    const outcome = planned(resource("PLANNED", ["created"]));
    return { ...outcome, data: { ...outcome.data, accountId, status, summary: "as it is" } };
  };
  const several = [of("700001"), of("700002"), of("700003", "REJECTED")];
  expect(planText(several, plain)).toMatch(
    /^\+ 700001 httpService CRM\/Lookup\n[^+]*\+ 700002 httpService CRM\/Lookup\n[^!]*! 700003 as it is\n/,
  );
  expect(planText(several.slice(0, 1), plain)).toMatch(/^\+ httpService/);
  expect(outcomesText(several, plain)).toMatch(/^PLANNED 700001: as it is\n[\s\S]*\nREJECTED 700003: as it is\n/);
  expect(outcomesText(several.slice(0, 1), plain)).toMatch(/^PLANNED: as it is\n/);
});
