import { expect, it } from "vitest";
import { isWaived, waiverOf, waiverProblem } from "../../../shared/secrets/waived-version.ts";

const current = "60629848-0ddf-4757-8868-de5b76d54bb7";
const other = "11111111-0ddf-4757-8868-de5b76d54bb7";
const capitals = current.toUpperCase();
const about = "ringcx:accept-unproven";
const ofCurrent = `${about} ${current}`;

/** What the tag says; which versions the secret has; is the current one waived; what is told while it waits, and while none does. */
it.each<[string | undefined, string[], boolean, string | undefined, string | undefined]>([
  [undefined, [current], false, undefined, undefined],
  [current, [current], true, undefined, undefined],
  [` ${current} `, [current], true, undefined, undefined],
  [capitals, [current, other], true, undefined, undefined],
  [capitals, [current, capitals], false, ofCurrent, undefined],
  [current, [current, capitals], true, undefined, undefined],
  [current.replace("de5b", "De5b"), [current, capitals], false, about, about],
  [other, [current, other], false, ofCurrent, undefined],
  [other, [current], false, ofCurrent, undefined],
  ["AWSCURRENT", [current], false, about, about],
  ["yes", [current], false, about, about],
  ["", [current], false, about, about],
  [current.replaceAll("-", " "), [current], false, about, about],
  [`yes ${current}`, [current], false, about, about],
  [`${current} ${other}`, [current, other], false, about, about],
  ["x".repeat(65), [current], false, about, about],
])("ringcx:accept-unproven of %j, where the versions are %j: %s, %s, %s", (text, versionIds, waived, waiting, idle) => {
  const secret = { tags: text === undefined ? {} : { "ringcx:accept-unproven": text }, versionIds, current };
  expect(isWaived(secret, current)).toBe(waived);
  expect(waiverProblem(secret, true)?.about).toBe(waiting);
  expect(waiverProblem(secret, false)?.about).toBe(idle);
});

it.each([
  [current.replace("de5b", "De5b"), [current, capitals], `means ${current} or ${capitals}, which differ by capitals`],
  ["x".repeat(80), [current], `says "${"x".repeat(50)}", which is no version`],
  [other, [current], `names another version than ${current}`],
])("what is wrong with it is told: %j", (text, versionIds, words) => {
  const secret = { tags: { "ringcx:accept-unproven": text }, versionIds, current };
  expect(waiverProblem(secret, true)?.message).toContain(words);
});

it("a secret without a current version waits for none, and a tag that means several waives none", () => {
  const secret = { tags: { "ringcx:accept-unproven": other }, versionIds: [], current: undefined };
  expect(waiverProblem(secret, true)).toBeUndefined();
  expect(waiverOf({ tags: {}, versionIds: [current] })).toEqual({ kind: "NONE" });
});
