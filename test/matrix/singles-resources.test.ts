import { expect, test } from "vitest";
import { assumptionNames } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { isLongRun } from "../support/runs.ts";
import { runStory } from "./run-story.ts";
import { testSingles } from "./singles.ts";

test("by default the story comes to its end", async () => {
  const { states, harm, stuck } = await runStory({});
  expect({ harm, stuck }).toEqual({ harm: [], stuck: [] });
  expect(states.retire).toEqual([
    "123456 CRM enrichment",
    "123456 CRM enrichment / Lookup, new: inactive debug, crm:/customers/lookup, link CRM OAUTH, inputs agent#1 ani#0",
    "123456 CRM enrichment / Lookup: active debug, crm:/customers/lookup, link CRM OAUTH, inputs agent#1 ani#0",
    "123456 CRM enrichment / Send BASIC: inactive, crm:/changed, link CRM BASIC, inputs ani#0",
    "123456 CRM enrichment / Send JWT: inactive, crm:/send, link CRM JWT, inputs ani#0",
    "123456 CRM enrichment / Send by key: inactive, crm:/send, link CRM APIKEY, inputs ani#0",
    "123456 auth CRM APIKEY APIKEY: the secret's value",
    "123456 auth CRM BASIC BASIC: the secret's value",
    "123456 auth CRM JWT JWT: the secret's value",
    "123456 auth CRM OAUTH OAUTH: the secret's value",
    "223456 CRM enrichment",
    "223456 CRM enrichment / Lookup: active debug, crm:/customers/lookup, link CRM OAUTH, inputs agent#1 ani#0",
    "223456 auth CRM OAUTH OAUTH: the secret's value",
  ]);
});

const areas = ["services", "inputs", "clones", "authConfigs"];
testSingles(areas, { isWhole: isLongRun });

test("every area is in one of the two files", () => {
  const others = ["rate", "tokens", "errors", "consistency", "lists", "names"];
  const found = new Set(assumptionNames.map((name) => name.split(".")[0]));
  expect([...found].sort()).toEqual([...areas, ...others].sort());
});
