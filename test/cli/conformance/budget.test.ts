import { expect, test } from "vitest";
import { profileOf } from "../../../cli/conformance/findings/all.ts";
import { groupState, runOf } from "../../../cli/conformance/own-names.ts";
import { mostRequests } from "../../../cli/conformance/plan.ts";
import type { AssumptionName, Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { isChosen } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

/** Whatever makes a run take more requests, all at once. */
const dear: Partial<Profile> = {
  "services.inactivePut": "conflict",
  "services.inactiveInputs": "conflict",
  "services.inactiveClone": "conflict",
  "services.inactiveDelete": "conflict",
  "names.duplicates": "allowed",
  "lists.longestPage": "rows100",
  "consistency.lists": "stale",
  "consistency.single": "stale",
  "errors.cutAnswers": "tenth",
  "tokens.life": "minute1",
};

const accounts = [
  { account: "an account with some auth configs", authConfigs: 20, atLeast: 48 },
  { account: "one with a thousand, in pages of a hundred", authConfigs: 1_000, atLeast: 36 },
  { account: "one with two thousand", authConfigs: 2_000, atLeast: 10 },
].filter((_, index) => isChosen(index, 3, 2));

test.each(accounts)(
  "$account takes no more than was said, however RingCX makes it cost",
  async ({ authConfigs, atLeast }) => {
    const account = await startAccount(dear, { authConfigs });
    try {
      const { findings, exchanges } = await account.run();
      expect(exchanges.length).toBeLessThanOrEqual(mostRequests());
      const told = Object.entries(profileOf(findings));
      expect(told.length).toBeGreaterThanOrEqual(atLeast);
      const wrong = told.filter(([name, answer]) => (dear[name as AssumptionName] ?? answer) !== answer);
      expect(wrong).toEqual([]);
      expect(findings.get("lists.withChildren")).toMatchObject({
        because: expect.stringMatching(/^not asked: budget \(/),
      });
      const { groups, authConfigs: configs } = account.simulator.state();
      const services = groups.flatMap((group) => (groupState(group.groupName) ? group.services : []));
      expect([...services, ...configs.filter(runOf)]).toEqual([]);
    } finally {
      await account.simulator.stop();
    }
  },
);

/** What a stranger's account answered. */
const short: Partial<Profile> = {
  ...{ "lists.defaultPage": "rows25", "lists.withChildren": "first20", "lists.firstPage": "zero" },
  ...{ "consistency.lists": "stale", "consistency.single": "stale" },
  ...{ "names.duplicates": "allowed", "names.case": "insensitive", "names.blanks": "trimmed" },
  ...{ "authConfigs.id": "replaced", "authConfigs.idCase": "upper", "services.createAnswer": "nothing" },
  ...{
    "services.inactivePut": "conflict",
    "services.inactiveDelete": "conflict",
    "services.inactiveClone": "conflict",
  },
  ...{ "services.born": "active", "clones.state": "active" },
  ...{ "errors.badInput": "serverError", "errors.missing": "forbidden" },
};

test.each([3, 30, 120])(
  "a default page of 25 rows is found in a stranger's account with %i auth configs",
  async (authConfigs) => {
    const account = await startAccount(short, { authConfigs });
    try {
      const { findings, exchanges } = await account.run();
      expect(findings.get("lists.defaultPage")).toMatchObject({ answer: "rows25" });
      expect(exchanges.length).toBeLessThanOrEqual(mostRequests());
    } finally {
      await account.simulator.stop();
    }
  },
);

/** Where a token lives a minute and a tenth of the answers is cut: what it takes grows as the group is filled up. */
const growing: Partial<Profile> = {
  ...{ "lists.defaultPage": "rows25", "lists.withChildren": "first20" },
  ...{ "errors.cutAnswers": "tenth", "tokens.life": "minute1", "errors.missing": "forbidden" },
  ...{ "consistency.lists": "stale", "services.put": "merges", "names.case": "insensitive" },
};

/** What the last part asks about. */
const pages = ["lists.defaultPage", "lists.withChildren", "lists.firstPage"] as const;

test.each([0, 3, 6, 20])(
  "where each answer may cost another, a group is not filled up for nothing (%i auth configs)",
  async (authConfigs) => {
    const account = await startAccount(growing, { authConfigs });
    try {
      const { findings, exchanges } = await account.run();
      expect(exchanges.length).toBeLessThanOrEqual(mostRequests());
      const told = pages.filter((name) => findings.get(name)?.answer !== undefined);
      const fillers = exchanges.filter(({ label }) => label === "page.filler").length;
      expect(told).toContain("lists.defaultPage");
      expect(fillers).toBeGreaterThan(20);
      for (const name of pages.filter((one) => !told.includes(one))) {
        expect(findings.get(name)).toMatchObject({
          because: expect.stringMatching(
            /^not asked: budget \(it takes \d+ services in a group, which had \d+: [1-9]\d? requests? w(as|ere) missing\)$/,
          ),
        });
      }
    } finally {
      await account.simulator.stop();
    }
  },
);

test("where the group could not be filled up, it is told how many services it had and how many requests were missing", async () => {
  const account = await startAccount({ ...short, "errors.cutAnswers": "tenth" }, { authConfigs: 3 });
  try {
    const { findings } = await account.run();
    expect(findings.get("lists.defaultPage")).toMatchObject({
      because: expect.stringMatching(
        /^not asked: budget \(it takes 26 services in a group, which had \d+: [1-9]\d? requests? w(as|ere) missing\)$/,
      ),
    });
  } finally {
    await account.simulator.stop();
  }
});

test.each(["copied", "absent"] as const)(
  "that inputs of a clone are %s is found where a save of inputs replaces them, and none is deleted of an inactive service",
  async (inputs) => {
    const account = await startAccount({
      "inputs.save": "replaces",
      "inputs.sameName": "conflict",
      "services.inactiveInputs": "conflict",
      "clones.inputs": inputs,
    });
    try {
      const { findings } = await account.run();
      expect(findings.get("clones.inputs")).toMatchObject({ answer: inputs });
      expect(findings.get("services.inactiveInputs")).toMatchObject({ answer: "conflict" });
    } finally {
      await account.simulator.stop();
    }
  },
);
