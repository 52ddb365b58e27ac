import { expect, test } from "vitest";
import type { Assumption } from "../../../../../infra/local/ringcx-simulator/assumptions/assumption.ts";
import {
  answersOf,
  assumptionNames,
  catalogue,
} from "../../../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import {
  defaultProfile,
  profileFrom,
  readProfile,
  singleAlternatives,
} from "../../../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { startRingCxSimulator } from "../../../../../infra/local/ringcx-simulator/server.ts";

test("the catalogue has at least forty assumptions with a hundred alternatives in all", () => {
  expect(assumptionNames.length).toBeGreaterThanOrEqual(40);
  expect(assumptionNames.flatMap(answersOf).length).toBeGreaterThanOrEqual(100);
});

test.each(assumptionNames)(
  "%s has a question, a reason for its default, a source and somebody who depends on it",
  (name) => {
    const said: Assumption = catalogue[name];
    expect(answersOf(name).length).toBeGreaterThan(1);
    expect(said.question).toMatch(/\?$/);
    for (const text of [said.why, said.source, said.dependsOn]) expect(text.length).toBeGreaterThan(5);
    expect(answersOf(name)[0]).toBe(said.default);
  },
);

test("a profile has the default for what it leaves open", () => {
  expect(profileFrom({})).toEqual(defaultProfile);
  expect(profileFrom({ "services.born": "active" })).toEqual({ ...defaultProfile, "services.born": "active" });
});

test("a profile file that answers an assumption twice, or is no JSON, is refused", () => {
  expect(readProfile('{"services.born": "active"}')).toEqual({ "services.born": "active" });
  const doubled = '{"services.born": "active", "services.b\\u006frn": "asSent"}';
  expect(() => readProfile(doubled)).toThrow("services.born: answered twice, and only one answer can hold");
  expect(() => readProfile("{")).toThrow("it is not valid JSON");
});

test.each([
  [
    { "services.authlink": "kept" },
    "services.authlink: is no assumption of the catalogue; the nearest is services.authLink",
  ],
  [
    { "services.authLink": "drop" },
    'services.authLink: "drop" is none of kept, dropped, hidden; the nearest is dropped',
  ],
  [
    { "CONSISTENCY.SINGLE": "stale" },
    "CONSISTENCY.SINGLE: is no assumption of the catalogue; the nearest is consistency.single",
  ],
  [{ consistency: "stale" }, "consistency: is no assumption of the catalogue; the nearest is consistency."],
  [{ "services.born": "ACTIVE" }, 'services.born: "ACTIVE" is none of asSent, active; the nearest is active'],
  [{ "services.born": true }, "services.born: true is none of asSent, active"],
  [{ toString: "x" }, "toString: is no assumption"],
  [[], "a profile is a JSON object"],
  ["kept", "a profile is a JSON object"],
  [null, "a profile is a JSON object"],
])("%j is refused, naming the nearest", (given, message) => {
  expect(() => profileFrom(given)).toThrow(message);
});

test("everything that is wrong is named at once, and the simulator does not start", async () => {
  const wrong = { "rate.windows": "x", "names.case": "y" } as object;
  await expect(startRingCxSimulator({ profile: wrong })).rejects.toThrow(/rate\.window;.*names\.case: "y"/);
});

test("each alternative differs from the default in one answer", () => {
  for (const { name, answer, profile } of singleAlternatives()) {
    expect(profile).toEqual({ ...defaultProfile, [name]: answer });
    expect(answer).not.toBe(defaultProfile[name]);
  }
});
