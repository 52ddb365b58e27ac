import { expect, test } from "vitest";
import type { Outcome } from "../../shared/contract/outcome.ts";
import { seeded } from "../support/virtual-time.ts";
import { providerName, type SoakMessage, servicesOf, soakMessages, urlOf } from "./plan.ts";
import { growthOf, type Seen, type ShownAccount, violationsIn } from "./verdict.ts";

const endpoint = "http://127.0.0.1:1";
const size = { accounts: ["1", "2"], services: 30, messages: 40 };
const sent = [...soakMessages(size, { endpoint, alarmArn: (number) => `alarm-${number}` }, seeded(1))];

/** What a system that does everything right comes to. */
function seenAfter(messages: readonly SoakMessage[]): Seen {
  const services = servicesOf(size);
  const last = new Map(messages.flatMap(({ wants }) => wants.map(({ service, mark }) => [service.index, mark])));
  const accounts = size.accounts.map((accountId): ShownAccount => {
    const own = services.filter((one) => one.accountId === accountId && typeof last.get(one.index) === "number");
    const groups = [...new Set(own.map(({ groupName }) => groupName))].map((groupName) => ({
      groupName,
      services: own
        .filter((one) => one.groupName === groupName)
        .map((one) => ({
          serviceDescription: one.serviceDescription,
          isEnabled: true,
          httpServiceConfig: JSON.stringify({ url: urlOf(one, Number(last.get(one.index)), endpoint) }),
        })),
    }));
    return { accountId, groups, authConfigs: [{ providerName, apiKey: "sha256:now" }] };
  });
  const outcomes = messages.map(({ event, expects }) => ({
    id: `${event.source}/${event.id}`,
    data: { status: expects === "rejected" ? "REJECTED" : "SUCCEEDED", summary: event.id },
  })) as Outcome[];
  const places = { services, endpoint, currentFingerprint: "sha256:now", limit: 120, windowMs: 5_000 };
  return { sent: messages, outcomes, accounts, requests: [], ...places };
}
const right = seenAfter(sent);
const [account] = right.accounts;
const [group] = account?.groups ?? [];
const [service] = group?.services ?? [];
if (!account || !group || !service) throw new Error("there is a service");
const withServices = (...services: (typeof service)[]): Partial<Seen> => ({
  accounts: [{ ...account, groups: [{ ...group, services: [...services, ...group.services.slice(1)] }] }],
});

test("a soak sends of everything, and finds nothing where all is as it was wanted", () => {
  const types = new Set(sent.map(({ event, expects }) => `${event.type} ${expects}`));
  expect(types.size).toBe(4);
  expect(sent.some(({ isTwice }) => isTwice)).toBe(true);
  expect(violationsIn(right)).toEqual([]);
});

test.each<[string, Partial<Seen>, RegExp]>([
  ["an outcome that nobody got", { outcomes: right.outcomes.slice(1) }, /nobody was told what became of apply-0/],
  [
    "an id with two contents",
    { outcomes: [...right.outcomes, { ...right.outcomes[0], data: { summary: "another" } } as Outcome] },
    /was told as apply-0 and as another/,
  ],
  ["a service that is not there", withServices(), /is not there/],
  ["a second service", withServices(service, service), /has two: service/],
  ["a service that stays inactive", withServices({ ...service, isEnabled: false }), /is inactive/],
  ["an older URL", withServices({ ...service, httpServiceConfig: "{}" }), /has not the URL of mark/],
  [
    "an old credential",
    { accounts: [{ ...account, authConfigs: [{ providerName, apiKey: "sha256:old" }] }] },
    /has not the current value/,
  ],
  [
    "a window that is too full",
    { requests: Array.from({ length: 121 }, () => ({ at: 1, status: 200, accountId: "1" })) },
    /more than 120 requests within 5000 ms/,
  ],
  ["a request that was refused for its rate", { requests: [{ at: 1, status: 429 }] }, /refused for their rate/],
])("%s is found", (_, wrong, words) => {
  expect(violationsIn({ ...right, ...wrong }).join("\n")).toMatch(words);
});

test("growth is that of the last quarter over the second, whatever the first did", () => {
  const flat = [100, 500, 300, 300, 300, 300, 300, 300].map((host) => ({ host, function: host / 2 }));
  expect(growthOf(flat, ["host", "function"])).toEqual({ host: 0, function: 0 });
  const growing = Array.from({ length: 8 }, (_, at) => ({ host: 100 * at, function: 0 }));
  expect(growthOf(growing, ["host"]).host).toBeGreaterThan(300);
});
