import { expect, test } from "vitest";
import { profileOf } from "../../../cli/conformance/findings/all.ts";
import { mostRequests } from "../../../cli/conformance/plan.ts";
import { type AssumptionName, assumptionNames } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { profileFrom, singleAlternatives } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { isChosen } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

/** What nobody can see from outside, and what takes `--measure-limit`. */
const never: readonly AssumptionName[] = [
  "rate.window",
  "rate.scope",
  "rate.refused",
  "rate.unauthorized",
  "rate.notFound",
  "rate.retryAfter",
  "services.workflows",
  "errors.denied",
  "tokens.sessions",
];

/** What cannot be told apart where RingCX behaves so. */
const unseenUnder: Readonly<Record<string, readonly AssumptionName[]>> = {
  "names.duplicates: allowed": ["names.case"],
  "inputs.save: replaces": ["inputs.answer"],
  "services.inactiveClone: conflict": ["clones.state"],
  "lists.longestPage: rows100": ["lists.defaultPage"],
  "errors.missing: forbidden": ["authConfigs.gone"],
};

async function found(profile: Record<string, string>) {
  const account = await startAccount(profile);
  try {
    const result = await account.run();
    return { result, account };
  } finally {
    await account.simulator.stop();
  }
}

test.for([
  { name: undefined, answer: "the default" },
  // It takes the most requests.
  ...singleAlternatives().filter(({ answer }, index) => answer === "rows25" || isChosen(index, 16)),
])("$name: $answer is found, and the defaults for the rest", async ({ name, answer }) => {
  const profile = name === undefined ? {} : { [name]: answer };
  const { result } = await found(profile);
  const unseen = [...never, ...(unseenUnder[`${name}: ${answer}`] ?? [])];
  const expected = Object.fromEntries(
    Object.entries(profileFrom(profile)).filter(([one]) => !unseen.includes(one as AssumptionName)),
  );
  expect(profileOf(result.findings)).toEqual(expected);
  for (const one of assumptionNames.filter((other) => unseen.includes(other))) {
    expect(result.findings.get(one)).toMatchObject({ because: expect.stringMatching(/\w/) });
  }
  expect(result.exchanges.length).toBeLessThanOrEqual(mostRequests());
  expect(result.left).toHaveLength(1);
});

test.each(["forbidden", "notFound", "nothing"] as const)(
  "what an auth config that is gone answers (%s) is not what a user without the permission is answered",
  async (gone) => {
    const { result } = await found({ "authConfigs.gone": gone, "errors.denied": "notFound" });
    expect(result.findings.get("authConfigs.gone")).toMatchObject({ answer: gone });
  },
);

const limits = singleAlternatives()
  .filter(({ name }) => /^rate\.|^tokens\.sessions/.test(name))
  .filter((_, index) => isChosen(index, 6));

test.for([{ name: undefined, answer: "the default" }, ...limits])(
  "--measure-limit: $name: $answer is found, and the defaults for the rest of the rate",
  async ({ name, answer }) => {
    const profile = name === undefined ? {} : { [name]: answer };
    const account = await startAccount(profile, { authConfigs: 3 });
    try {
      const { findings, exchanges } = await account.run(undefined, { measuresLimit: true });
      expect(exchanges.length).toBeLessThanOrEqual(mostRequests(true));
      const names = [...never.filter((one) => /^rate\.|^tokens/.test(one)), "rate.headers" as const];
      const isInvisible = (one: AssumptionName) => one === "rate.refused" && name === "rate.window";
      const expected = Object.entries(profileFrom(profile)).filter(
        ([one]) => names.includes(one as AssumptionName) && !isInvisible(one as AssumptionName),
      );
      const all = profileOf(findings);
      expect(expected.map(([one]) => [one, all[one as AssumptionName]])).toEqual(expected);
    } finally {
      await account.simulator.stop();
    }
  },
);

test("links are found out also where a POST under a UUID in use takes the place of what is there", async () => {
  const account = await startAccount({
    "authConfigs.id": "replaced",
    "authConfigs.answer": "nothing",
    "authConfigs.usedId": "overwritten",
    "services.authLink": "hidden",
  });
  try {
    const { findings } = await account.run();
    expect(profileOf(findings)).toMatchObject({
      "authConfigs.id": "replaced",
      "authConfigs.usedId": "overwritten",
      "services.authLink": "hidden",
      "clones.authLink": "copied",
      "authConfigs.deleteInUse": "conflict",
    });
  } finally {
    await account.simulator.stop();
  }
});
