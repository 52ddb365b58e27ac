import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../support/runs.ts";
import { canarySecret, carried, keyConfig, linkByHand, onEachRequest, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

const hosts = ["a.example", "b.example", "c.example"];
const secretNames = ["s1", "s2", "s3"];
const configNames = ["K1", "K2"];
const serviceNames = ["X", "Y", "Z"];

const host = fc.constantFrom(...hosts);
const someHosts = fc.subarray(hosts, { minLength: 0 }).map((some) => some.join(" "));
const configName = fc.constantFrom(...configNames);
const serviceName = fc.constantFrom(...serviceNames);

const config = fc.record({
  kind: fc.constant("authConfig" as const),
  name: configName,
  secret: fc.constantFrom(...secretNames),
});
const service = fc.record({
  kind: fc.constant("httpService" as const),
  name: serviceName,
  host,
  link: fc.option(configName, { nil: undefined }),
  previousName: fc.option(serviceName, { nil: undefined, freq: 5 }),
  isEnabled: fc.option(fc.boolean(), { nil: undefined }),
});

/** What may happen to an account. */
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("apply" as const),
      resources: fc.uniqueArray(fc.oneof(config, service), {
        minLength: 1,
        maxLength: 4,
        selector: ({ name }) => name,
      }),
      isLate: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("clone" as const),
      from: serviceName,
      to: serviceName,
      host,
      link: fc.option(configName, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("link by hand" as const), name: serviceName, link: configName }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("retire" as const),
      name: serviceName,
      delete: fc.constantFrom(undefined, "inputs", "service"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("tag" as const),
      secret: fc.constantFrom(...secretNames),
      hosts: someHosts,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("describe" as const),
      secret: fc.constantFrom(...secretNames),
      fails: fc.constantFrom(undefined, "ThrottlingException", "AccessDeniedException"),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;

function messageOf(event: Extract<Action, { do: "apply" | "clone" | "retire" }>): object {
  if (event.do === "retire") {
    const { name, delete: what } = event;
    const resource = { kind: "httpService", groupName: "G", serviceDescription: name, ...(what && { delete: what }) };
    return { ...applyMessage([resource]), type: "ringcx.retire.v1" };
  }
  if (event.do === "apply") {
    const resources = event.resources.map((one) =>
      one.kind === "authConfig"
        ? keyConfig(one.name, one.secret)
        : serviceAt(one.host, one.name, {
            ...(one.link !== undefined && { authConfig: one.link }),
            ...(one.previousName !== undefined && one.previousName !== one.name && { previousName: one.previousName }),
            ...(one.isEnabled !== undefined && { isEnabled: one.isEnabled }),
            adopt: true,
          }),
    );
    const time = event.isLate ? { event: { time: "2020-01-01T00:00:00Z" } } : {};
    return applyMessage([{ kind: "httpServiceGroup", groupName: "G", adopt: true }, ...resources], time);
  }
  return {
    ...applyMessage([]),
    type: "ringcx.copy.v1",
    data: {
      accountId: "123456",
      from: { groupName: "G", serviceDescription: event.from },
      to: { serviceDescription: `${event.to} clone` },
      overrides: {
        urls: hosts.map((from) => ({ from: `https://${from}`, to: `https://${event.host}` })),
        ...(event.link !== undefined && {
          authConfigs: configNames.map((from) => ({ from, providerName: event.link })),
        }),
      },
    },
  };
}

/** Plays the events; no edge that a message makes may be one that its secret does not allow at that time. */
async function play(fixture: Fixture, events: readonly Action[]): Promise<void> {
  const isAllowed = (edge: string) => {
    const [, at = "", secret = ""] = edge.split(", ");
    return (fixture.secrets.get(secret)?.tags["ringcx:hosts"] ?? "").split(" ").includes(at);
  };
  // What was there before, by hand or by an earlier tag, is not the message's doing.
  let known = new Set<string>();
  const wrong = (withInactive: boolean) =>
    carried(fixture, { withInactive, by: "serviceId" }).filter((edge) => !known.has(edge) && !isAllowed(edge));
  const seen: string[] = [];
  onEachRequest(fixture, () => seen.push(...wrong(false)));
  for (const event of events) {
    known = new Set(carried(fixture, { by: "serviceId" }));
    switch (event.do) {
      case "tag":
        Object.assign(fixture.secrets.get(event.secret)?.tags ?? {}, { "ringcx:hosts": event.hosts });
        break;
      case "describe":
        Object.assign(fixture.secrets.get(event.secret) ?? {}, { describeFails: event.fails });
        break;
      case "link by hand":
        linkByHand(fixture, event.name, event.link);
        break;
      default:
        await fixture.deliver([messageOf(event)]);
        expect([...seen, ...wrong(true)], `after ${JSON.stringify(event)}`).toEqual([]);
    }
  }
}

test("no message brings a canary to a host that its secret does not name at that time", async () => {
  const account = fc.record({
    v1AuthLink: fc.boolean(),
    tags: fc.tuple(someHosts, someHosts, someHosts),
    events: fc.array(action, { minLength: 2, maxLength: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(account, async ({ v1AuthLink, tags, events }) => {
      const quota = { limit: 10_000 };
      const fixture = await startFixture({ simulator: { v1AuthLink, limit: 10_000 }, allowedHosts: hosts, quota });
      try {
        for (const [index, name] of secretNames.entries()) {
          fixture.secrets.set(name, canarySecret(name, tags[index] ?? ""));
        }
        await play(fixture, events);
      } finally {
        await fixture.stop();
      }
    }),
    { numRuns: runs(25) },
  );
}, 3_600_000);
