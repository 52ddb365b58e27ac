import { expect, test } from "vitest";
import { consequencesOf } from "../../../cli/conformance/findings/all.ts";
import type { AnyFinding } from "../../../cli/conformance/findings/finding.ts";
import { findingsText } from "../../../cli/view/conformance.ts";
import {
  type AssumptionName,
  answersOf,
  assumptionNames,
} from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { noticed } from "../../matrix/noticed.ts";

const foundTo = (be: Partial<Record<AssumptionName, string>>) =>
  new Map(assumptionNames.map((name): [AssumptionName, AnyFinding] => [name, finding(be[name])]));

function finding(answer: string | undefined): AnyFinding {
  return answer === undefined ? { answer, because: "it was not looked at" } : { answer, how: "seen" };
}

test("nothing has to be done about the defaults, nor about what was not found out", () => {
  const defaults = Object.fromEntries(assumptionNames.map((name) => [name, answersOf(name)[0]]));
  expect(consequencesOf(foundTo(defaults))).toEqual([]);
  expect(consequencesOf(foundTo({}))).toEqual([]);
  expect(findingsText(foundTo(defaults))).toContain("This version works with every answer that was found, as it is.");
});

test("what the matrix sees noticed is what the report calls not served, and a copy of an inactive service", () => {
  const notServed = assumptionNames.flatMap((name) =>
    answersOf(name).flatMap((answer) => {
      const consequences = consequencesOf(foundTo({ [name]: answer }));
      return consequences.flatMap(({ is }) => (is === "NOT_SERVED" ? [`${name}: ${answer}`] : []));
    }),
  );
  // The matrix copies active services only, and its names are short.
  const beside = ["services.inactiveClone: conflict", "names.length: cut"];
  expect(notServed.toSorted()).toEqual([...Object.keys(noticed), ...beside].toSorted());
});

test("the report says what is not served, what to do, and what to set", () => {
  const text = findingsText(foundTo({ "services.inactiveInputs": "conflict", "rate.scope": "user" }));
  expect(text).toMatch(
    /NOT SERVED: services\.inactiveInputs is "conflict"\. inputs of a new service: stops before harm/,
  );
  expect(text).toMatch(/Save its inputs in the admin page, then send the message again\./);
  expect(text).toMatch(/TO SET: rate\.scope is "user"\.\n {2}Set "quota": \{"scope": "connection"\} at the connection/);
});
