import { afterEach, describe, expect, test } from "vitest";
import { profileOf } from "../../../cli/conformance/findings/all.ts";
import { createMark } from "../../../cli/conformance/mark.ts";
import { groupState, namesOf, ownGroup, runningGroupName } from "../../../cli/conformance/own-names.ts";
import { redactExchanges } from "../../../cli/conformance/redact-exchanges.ts";
import { configTextOf } from "../../../cli/conformance/steps/run.ts";
import type { AssumptionName, Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { profileFrom } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { isChosen } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

const hour = 3_600_000;
/** When the account is looked at, by its clock. */
const began = Date.UTC(2030, 0, 1);
const earlier = createMark(began - hour, () => Buffer.from("dead", "latin1"));
const earlierNames = namesOf(earlier);

let stop = async () => {};
afterEach(() => stop());

async function start(profile: Partial<Profile>, people: Parameters<typeof startAccount>[1] = {}) {
  const account = await startAccount(profile, { authConfigs: 3, ...people });
  stop = () => account.simulator.stop();
  return account;
}

const service = (serviceDescription: string, more: object = {}) => ({
  serviceType: "HTTP_GET",
  serviceDescription,
  httpServiceConfig: '{"url":"https://people.example.com/canary","headers":{"X-Api-Key":"CANARY-HEADER"}}',
  isEnabled: true,
  ...more,
});
const config = (providerName: string, digit: string, description = "CANARY-DESCRIPTION") => ({
  authType: "APIKEY",
  authConfigId: `${digit.repeat(8)}-1111-4111-8111-111111111111`,
  providerName,
  apiKey: `CANARY-KEY-${digit}`,
  description,
});

/** Digits as a mark has, without its checksum. */
const noMark = `${earlier.text.slice(0, -4)}0000`;

/** What people have whose names look like a run's, as they stand in an account: linked and active. */
const configs = [
  config("conformance API key", "a"),
  config("Conformance of ACME", "b"),
  config("conformance check of ACME", "c"),
  config("CONFORMANCE basic", "d"),
  config(` conformance ${noMark} API key`, "e"),
  // Word for word an earlier run's, but for what a person wrote into it.
  config(earlierNames.authConfigs.jwt, "f", "Ours now"),
  config(`${earlierNames.authConfigs.jwt} copy`, "1"),
  // An earlier run's own, which a person has taken into use.
  config(earlierNames.authConfigs.oauth, "2", `made by a conformance run, ${earlier.text}`),
];
const linkedWith = (index: number) => ({ authConfigId: configs[index]?.authConfigId });
const groups = [
  {
    groupName: "Conformance",
    services: [
      service("conformance main", linkedWith(0)),
      service("Conformance filler 01", linkedWith(1)),
      service(earlierNames.services.main, linkedWith(7)),
      service("conformance", linkedWith(4)),
    ],
  },
  { groupName: `${ownGroup} of ACME`, services: [service("conformance clone of an active one", linkedWith(2))] },
  { groupName: `${ownGroup.toUpperCase()}!`, services: [service("main", linkedWith(3))] },
  // In an empty group of the right name, what a killed run left.
  {
    groupName: ownGroup,
    services: [service(earlierNames.services.filler(1), { httpServiceConfig: configTextOf(earlier) })],
  },
];

const everyProfile: Partial<Profile>[] = [
  { "authConfigs.deleteInUse": "done" },
  { "authConfigs.deleteInUse": "done", "services.authLink": "hidden" },
  { "authConfigs.credential": "plain", "names.case": "insensitive", "errors.form": "text" },
  { "authConfigs.patchType": "changes", "authConfigs.usedId": "overwritten", "authConfigs.patch": "merges" },
  { "authConfigs.id": "replaced", "authConfigs.answer": "nothing", "names.duplicates": "allowed" },
  { "services.inactiveDelete": "conflict", "names.length": "cut", "consistency.lists": "stale" },
];
const profiles = everyProfile.filter((_, index) => isChosen(index, 2));

/** What is not told under a profile: with names that may be twice, none is compared. */
const notTold = (profile: Partial<Profile>): AssumptionName[] =>
  profile["names.duplicates"] === "allowed" ? ["names.case"] : [];

test.each(profiles)(
  "what people have stays as it is, whatever it is called, and the profile is found (%j)",
  async (profile) => {
    const account = await start(profile, { groups, configs });
    const state = () => {
      const { groups: all, authConfigs } = account.simulator.state();
      return JSON.stringify({ groups: all.filter(({ groupName }) => groupName !== ownGroup), authConfigs });
    };
    const before = state();
    const { findings, left, exchanges, secrets } = await account.run();
    expect(state()).toEqual(before);
    const own = account.simulator.state().groups.filter(({ groupName }) => groupName === ownGroup);
    expect(own.flatMap(({ services }) => services)).toEqual([]);
    const told = profileOf(findings);
    const given = profileFrom(profile);
    const wrong = Object.entries(told).filter(([name, answer]) => given[name as AssumptionName] !== answer);
    expect(wrong).toEqual([]);
    for (const name of Object.keys(profile) as AssumptionName[]) {
      if (!notTold(profile).includes(name)) expect([name, told[name]]).toEqual([name, profile[name]]);
    }
    // Each is named, so that nobody wonders.
    expect(left.join("\n")).toContain('the auth config "conformance check of ACME", which no run made');
    const text = JSON.stringify(redactExchanges(exchanges, { account: account.account, secrets, mark: account.mark }));
    expect(["CANARY", "ACME", "people.example", "Ours now"].filter((one) => text.includes(one))).toEqual([]);
  },
);

test("what a killed run left is removed, also of names that RingCX keeps in another form", async () => {
  const { main, long, decomposed } = earlierNames.services;
  const httpServiceConfig = configTextOf(earlier);
  const names = [main, main.toUpperCase(), long.slice(0, 64), decomposed.normalize("NFC")];
  const services = names.map((name) => service(name, { httpServiceConfig }));
  const account = await start(
    {},
    {
      groups: [{ groupName: runningGroupName(earlier), services }],
      configs: [
        config(earlierNames.authConfigs.jwt, "1", `made by a conformance run, ${earlier.text}`),
        config(earlierNames.authConfigs.basic, "2", ""),
      ],
    },
  );
  await account.run();
  const { groups: after, authConfigs } = account.simulator.state();
  expect(after.map(({ groupName, services: kept }) => [groupName, kept.length])).toEqual([
    ["Ada Lovelace's", 1],
    [ownGroup, 0],
  ]);
  expect(authConfigs.map(({ providerName }) => providerName)).toEqual(["Old 0", "Old 1", "Old 2"]);
});

describe("before the first write a run is refused", () => {
  const writes = (account: Awaited<ReturnType<typeof start>>) =>
    account.simulator.requests.filter(({ method, path }) => method !== "GET" && path.startsWith("/voice"));

  test.each([
    ["another address", service(earlierNames.services.main)],
    ["a person's name", service("A person's", { httpServiceConfig: configTextOf(earlier) })],
    ["a name with the prefix", service("conformance main")],
  ])("where a group of a run's name holds what no run made (%s)", async (_, one) => {
    const account = await start({}, { groups: [{ groupName: ownGroup, services: [one] }] });
    await expect(account.run()).rejects.toThrow(/holds what no run made: ".*nothing was changed/);
    expect(writes(account)).toEqual([]);
  });

  test("where another run is at work, until its time is over or its process is known to have ended", async () => {
    const other = createMark(began - 60_000, () => Buffer.alloc(4));
    const account = await start({}, { groups: [{ groupName: runningGroupName(other), services: [] }] });
    await expect(account.run()).rejects.toThrow(
      /Another conformance run works in account 123456 since 2029-12-31T23:59Z.*with the same --out, or anywhere after 2030-01-01T00:29Z/,
    );
    expect(writes(account)).toEqual([]);
    await account.run(undefined, { isOver: ({ text }) => text === other.text });
  });

  test("where the account is none that the login sees", async () => {
    const account = await start({});
    await expect(account.run(undefined, { accountId: "999999" })).rejects.toThrow(
      "Account 999999 is not among those that this login sees: 123456, 223456. Nothing was done.",
    );
    expect(writes(account)).toEqual([]);
  });
});

test.each<Partial<Profile>>([{}, { "names.duplicates": "allowed", "consistency.lists": "stale" }])(
  "of two runs that begin at the same moment one goes on, and finds what it would find alone (%j)",
  async (profile) => {
    const account = await start(profile);
    const results = await Promise.allSettled([account.run(), account.run()]);
    const done = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const refused = results.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect(refused).toEqual([expect.stringMatching(/Another conformance run works in account/)]);
    const told = Object.entries(profileOf(done[0]?.findings ?? new Map()));
    const given = profileFrom(profile);
    expect(told.filter(([name, answer]) => given[name as AssumptionName] !== answer)).toEqual([]);
    expect(told.length).toBeGreaterThan(45);
  },
);

test("what a person takes over while a run works is theirs: the run writes to it no more, and says that it stays", async () => {
  const account = await start({});
  let taken: { serviceGroupId: number; serviceId: number } | undefined;
  account.onRequest = () => {
    const [group] = account.simulator.state().groups.filter(({ groupName }) => groupState(groupName) !== undefined);
    const one = group?.services.at(-1);
    if (taken !== undefined || !group || !one || group.services.length < 12) return;
    taken = { serviceGroupId: group.serviceGroupId, serviceId: one.serviceId };
    account.simulator.editService({ accountId: account.account, ...taken }, { serviceDescription: "Ours now" });
  };
  const { left } = await account.attempt();
  const kept = account.simulator.state().groups.flatMap(({ services }) => services);
  expect(kept.filter(({ serviceId }) => serviceId === taken?.serviceId)).toMatchObject([
    { serviceDescription: "Ours now" },
  ]);
  expect(left.join("\n")).toContain('the service "Ours now" in the run\'s group, which no run made');
});
