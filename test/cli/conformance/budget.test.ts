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
