import { expect, test } from "vitest";
import { assumptionNames } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { areaNames, assumptionsPage } from "./assumptions-page.ts";

test("every assumption has a section on the page", () => {
  const areas = new Set(assumptionNames.map((name) => name.split(".")[0]));
  expect([...areas].sort()).toEqual([...areaNames].sort());
});

test("docs/simulator.md says what the catalogue says", async () => {
  await expect(assumptionsPage()).toMatchFileSnapshot("../../docs/simulator.md");
});
