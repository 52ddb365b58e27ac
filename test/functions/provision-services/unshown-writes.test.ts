import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { isChosen } from "../../support/runs.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const name = { groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const sent = (type: string, data: object) => {
  const { data: _data, ...event } = applyMessage([]);
  return { ...event, type: `ringcx.${type}.v1`, data: { accountId: "123456", ...data } };
};
const copy = (to: string, more: object = {}) =>
  sent("copy", { from: name, to: { serviceDescription: to }, overrides: { isEnabled: false }, ...more });
const retire = (...resources: object[]) => sent("retire", { resources });
const retiredService = { kind: "httpService", ...name, delete: "service" };
const retiredAuthConfig = { kind: "authConfig", providerName: authConfig.providerName };

type Crm = Fixture["crm"];
const one = (crm: Crm, more: object = {}) => {
  const { validation: _, ...plain } = service(crm, more);
  return plain;
};
const unlinked = (crm: Crm, more: object) => {
  const { authConfig: _, ...plain } = one(crm, more);
  return plain;
};
const make = (crm: Crm, more: object = {}) => applyMessage([group, authConfig, one(crm, more)]);
const other = { ...authConfig, providerName: "CRM OAuth, other" };

const inputs = (...named: string[]) => ({
  httpServiceInputs: named.map((one, rank) => {
    const [name, value] = one.split("=");
    return { name, type: "PARAMETER", simpleDataType: "STRING", value, rank: String(rank) };
  }),
});

/** Messages one right after the other: each rests on what the one before has written. */
const kinds: Readonly<Record<string, (crm: Crm) => object[]>> = {
  "a service, its link and its state": (crm) => [make(crm)],
  "a group, then a service of it": (crm) => [applyMessage([group, authConfig]), applyMessage([one(crm)])],
  "the same again": (crm) => [make(crm), make(crm)],
  "a change": (crm) => [make(crm), applyMessage([one(crm, { isDebug: true, httpServiceInputs: [] })])],
  "two changes of one record": (crm) => [
    make(crm),
    applyMessage([one(crm, { isDebug: true })]),
    applyMessage([one(crm, { httpServiceConfig: { url: `${crm.url}/changed` } })]),
  ],
  "another link": (crm) => [make(crm), applyMessage([other, one(crm, { authConfig: other.providerName })])],
  "another state": (crm) => [make(crm), applyMessage([one(crm, { isEnabled: false })]), applyMessage([one(crm)])],
  "a field and the URL, changed and changed back": (crm) => [
    make(crm),
    applyMessage([one(crm, { isDebug: true, httpServiceConfig: { url: `${crm.url}/changed` } })]),
    applyMessage([one(crm)]),
  ],
  "another link, and back": (crm) => [
    make(crm),
    applyMessage([other, one(crm, { authConfig: other.providerName })]),
    applyMessage([one(crm)]),
  ],
  "an auth config, changed and changed back": (crm) => [
    make(crm),
    applyMessage([{ ...authConfig, description: "changed" }]),
    applyMessage([authConfig]),
  ],
  "a group's flag, changed and changed back": () => [
    applyMessage([group]),
    ...[true, false].map((isDefault) => applyMessage([{ ...group, isDefault }])),
  ],
  "a group's flag, then its name": () => [
    applyMessage([group]),
    applyMessage([{ ...group, isDefault: true }]),
    applyMessage([{ kind: group.kind, groupName: "CRM", previousName: group.groupName }]),
  ],
  "another name of a group, and back": () => [
    applyMessage([group]),
    applyMessage([{ ...group, groupName: "CRM", previousName: group.groupName }]),
    applyMessage([{ ...group, previousName: "CRM" }]),
  ],
  "another name": (crm) => [
    make(crm),
    applyMessage([one(crm, { serviceDescription: "Lookup", previousName: name.serviceDescription })]),
    applyMessage([one(crm, { serviceDescription: "Lookup", isDebug: true })]),
  ],
  "another name of its group": (crm) => [
    make(crm),
    applyMessage([{ ...group, groupName: "CRM", previousName: group.groupName }]),
    applyMessage([one(crm, { groupName: "CRM", isDebug: true })]),
  ],
  "a clone": (crm) => [make(crm), copy("Copy")],
  "a clone of a clone": (crm) => [
    make(crm),
    copy("Copy"),
    copy("Copy of it", { from: { ...name, serviceDescription: "Copy" } }),
  ],
  "a clone that is changed": (crm) => [make(crm), copy("Copy", { overrides: { isEnabled: false, isDebug: true } })],
  "a copy of a changed service": (crm) => [
    make(crm),
    applyMessage([one(crm, { isDebug: true, httpServiceConfig: { url: `${crm.url}/changed` } })]),
    copy("Copy", { to: { groupName: "Copies", serviceDescription: "Copy" } }),
  ],
  "other inputs": (crm) => [make(crm, inputs("a=1", "b=2")), applyMessage([one(crm, inputs("a=1", "c=3"))])],
  "one input more": (crm) => [make(crm, inputs("a=1")), applyMessage([one(crm, inputs("a=1", "b=2"))])],
  "one input, changed and changed back": (crm) => [
    make(crm, inputs("a=1", "b=2")),
    ...["9", "1", "5"].map((value) => applyMessage([one(crm, inputs(`a=${value}`, "b=2"))])),
  ],
  "one input less, and back": (crm) => [
    make(crm, inputs("a=1", "b=2")),
    applyMessage([one(crm, inputs("a=1"))]),
    applyMessage([one(crm, inputs("a=1", "b=2"))]),
  ],
  "a clone of changed inputs": (crm) => [
    make(crm, inputs("a=1", "b=2")),
    applyMessage([one(crm, inputs("a=1", "c=3"))]),
    copy("Copy"),
  ],
  "the end of a service, then another one of its name": (crm) => [
    make(crm),
    retire(retiredService),
    applyMessage([one(crm, { isDebug: true, ...inputs("b=2") })]),
  ],
  "the end of a plain service, then another one of its name": (crm) => [
    applyMessage([group, unlinked(crm, inputs("a=1"))]),
    retire(retiredService),
    applyMessage([unlinked(crm, inputs("b=2"))]),
  ],
  "two names that are swapped, with their contents": (crm) => {
    const [m, n] = ["M", "N"];
    const named = (serviceDescription: string, path: string, previousName?: string) =>
      unlinked(crm, {
        serviceDescription,
        httpServiceConfig: { url: `${crm.url}/${path}` },
        ...(previousName && { previousName }),
      });
    return [applyMessage([group, named(m, "1"), named(n, "2")]), applyMessage([named(m, "n", n), named(n, "m", m)])];
  },
  "another link, then the end of the auth config from before": (crm) => [
    make(crm),
    applyMessage([other, one(crm, { authConfig: other.providerName })]),
    retire(retiredAuthConfig),
  ],
  "its end": (crm) => [make(crm), retire(retiredService)],
  "the end of a service, then that of its auth config": (crm) => [
    make(crm),
    retire(retiredService),
    retire(retiredAuthConfig),
  ],
  "its end, and once more": (crm) => [make(crm), retire(retiredService, retiredAuthConfig), make(crm)],
};

const late = ["consistency.single", "consistency.lists"] as const;
const stale: Partial<Profile>[] = [
  { [late[0]]: "stale" },
  { [late[1]]: "stale" },
  { [late[0]]: "stale", [late[1]]: "stale" },
];
/** Where a read that is old hurts most. */
const beside: Partial<Profile>[] = [
  {},
  { "services.authLink": "dropped" },
  { "services.authLink": "hidden" },
  { "errors.missing": "forbidden", "authConfigs.gone": "forbidden" },
  { "names.duplicates": "allowed" },
  { "inputs.save": "replaces" },
  { "inputs.save": "replaces", "inputs.answer": "nothing" },
  { "errors.missing": "forbidden", "services.createAnswer": "nothing" },
  {
    "errors.missing": "forbidden",
    "services.authLink": "hidden",
    "services.createAnswer": "nothing",
    "services.putAnswer": "oldRecord",
  },
  { "services.putAnswer": "nothing", "services.createAnswer": "nothing", "authConfigs.answer": "nothing" },
];
/** How the messages of a kind are sent, and what became of them. */
const ways = {
  async "one after the other"(started: Fixture, messages: readonly object[]) {
    for (const message of messages) {
      await started.send(message);
      started.skip(50);
    }
  },
  async "at once, a while after the first"(started: Fixture, [first = {}, ...messages]: readonly object[]) {
    await started.send(first);
    started.skip(40_000);
    await ways["at once"](started, messages);
  },
  async "one after the other, a while after the first"(started: Fixture, [first = {}, ...messages]: readonly object[]) {
    await started.send(first);
    started.skip(40_000);
    await ways["one after the other"](started, messages);
  },
  async "at once"(started: Fixture, messages: readonly object[]) {
    await started.deliver(messages);
    for (let turn = 0; turn < 60 && (await started.open()).length > 0; turn += 1) {
      started.skip(5_000);
      await started.work();
    }
  },
};

const cases = Object.keys(kinds)
  .flatMap((kind) =>
    stale.flatMap((one) =>
      beside.flatMap((two) =>
        (Object.keys(ways) as (keyof typeof ways)[]).map((way) => {
          const profile = { ...one, ...two };
          return { kind, profile, of: JSON.stringify(profile), way };
        }),
      ),
    ),
  )
  .filter((_, index) => isChosen(index, 131));

/** What RingCX has after the messages of a kind, and which of them did not come to a good end. */
async function endOf(kind: string, profile: Partial<Profile>, way: keyof typeof ways) {
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.1 });
  fixture = started;
  const messages = kinds[kind]?.(started.crm) ?? [];
  await ways[way](started, messages);
  const failures = started.outcomes.flatMap(({ status, summary }) =>
    ["SUCCEEDED", "NO_CHANGE"].includes(status) ? [] : [`${status}: ${summary}`],
  );
  expect(started.outcomes).toHaveLength(messages.length);
  const { groups, authConfigs } = started.simulator.state();
  const linkOf = (id: unknown) => authConfigs.find(({ authConfigId }) => authConfigId === id)?.providerName ?? "none";
  const services = groups.flatMap(({ groupName, services: all }) =>
    all.map(({ serviceDescription, isEnabled, isDebug, httpServiceConfig, authConfigId, inputs }) =>
      [
        `${groupName}/${serviceDescription}: ${isEnabled ? "active" : "inactive"}${isDebug ? " debug" : ""}`,
        String(httpServiceConfig).replace(started.crm.url, "crm:"),
        linkOf(authConfigId),
        inputs.map((input) => `${input.name}=${input.value}`).toSorted(),
      ].join(" "),
    ),
  );
  await started.stop();
  fixture = undefined;
  return {
    failures,
    // Whichever message ends first.
    told: started.outcomes
      .flatMap(({ resources = [] }) => resources.map(({ name, result }) => `${name} ${result}`))
      .toSorted(),
    groups: groups.map(({ groupName, isDefault }) => `${groupName}${isDefault ? " default" : ""}`),
    services: services.toSorted(),
    authConfigs: authConfigs.map(({ providerName, description }) => `${providerName}: ${description}`),
  };
}

test.each(cases)("$way: $kind is not told otherwise where reads are old ($of)", async ({ kind, profile, way }) => {
  const usual = await endOf(kind, {}, way);
  expect(usual.failures).toEqual([]);
  expect(await endOf(kind, profile, way)).toEqual(usual);
});

test("a dry run does not plan to make what was just made", async () => {
  const started = await startFixture({ simulator: { profile: Object.fromEntries(late.map((is) => [is, "stale"])) } });
  fixture = started;
  await started.send(make(started.crm));
  const planned = await started.send(applyMessage([group, authConfig, one(started.crm)], { data: { dryRun: true } }));
  expect(planned.resources?.map(({ result }) => result)).toEqual(["UNCHANGED", "UNCHANGED", "UNCHANGED"]);
});

test("what is really missing, or refused, is told after one wait", async () => {
  const started = await startFixture();
  fixture = started;
  await started.send(make(started.crm));
  const began = started.now();
  const from = { ...name, serviceDescription: "Never was" };
  expect(await started.send(copy("Copy", { from }))).toMatchObject({ status: "REJECTED" });
  expect(started.now() - began).toBeLessThan(35_000);
  const again = started.now();
  expect(await started.send(copy("Copy", { from }))).toMatchObject({ status: "REJECTED" });
  expect(started.now() - again).toBeLessThan(5_000);
});
