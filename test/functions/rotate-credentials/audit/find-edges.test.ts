import { describe, expect, it } from "vitest";
import {
  type AccountSeen,
  findWrongEdges,
  nextEdges,
} from "../../../../functions/rotate-credentials/audit/find-edges.ts";
import type { ToldEdge } from "../../../../shared/records/account/edge-audit.ts";

const at = "2026-03-01T12:00:00.000Z";
const earlier = "2026-03-01T11:00:00.000Z";

/** So many services at a host, all of them with one auth config. */
function account(services: number, host: string, more: Partial<AccountSeen> = {}): AccountSeen {
  const tags = { "ringcx:connection": "main", "ringcx:accounts": "1", "ringcx:hosts": "crm.example.com" };
  return {
    accountId: "1",
    connection: { name: "main" },
    services: Array.from({ length: services }, (_, index) => ({
      name: `CRM/${index}`,
      service: { accountId: "1", groupName: "CRM", serviceDescription: `${index}` },
      ids: { serviceGroupId: 1, serviceId: index },
      url: `https://${host}/`,
      authConfigIds: ["AB"],
    })),
    secretsOf: new Map([["ab", ["arn"]]]),
    unreadable: new Set(),
    secrets: new Map([["arn", { arn: "arn", tags }]]),
    ...more,
  };
}

/** What is kept once an account was looked at. */
const next = (before: readonly ToldEdge[], seen: AccountSeen) =>
  nextEdges(before, findWrongEdges(seen), { seen, followed: [] }, at);
const told = (seen: AccountSeen): ToldEdge[] => next([], seen).edges.map((edge) => ({ ...edge, since: earlier }));

describe("wrong edges", () => {
  it("are those of services at a host that the secret does not name, and of ones whose host cannot be told", () => {
    expect(findWrongEdges(account(2, "crm.example.com"))).toEqual([]);
    expect(findWrongEdges(account(2, "other.example.net")).map(({ edge }) => edge.host)).toEqual(
      Array(2).fill("other.example.net"),
    );
    const [found] = findWrongEdges(account(1, "{{host}}"));
    expect(found?.edge).not.toHaveProperty("host");
  });

  it("are none where no secret's value is, or where nobody could be asked about the secret", () => {
    expect(findWrongEdges(account(1, "other.example.net", { secretsOf: new Map() }))).toEqual([]);
    expect(findWrongEdges(account(1, "other.example.net", { secrets: new Map() }))).toEqual([]);
  });
});

describe("what is kept of them", () => {
  const seen = account(1, "other.example.net");

  it("begins with what is to be published, goes on as it is, and ends with when", () => {
    expect(next([], seen).edges).toMatchObject([{ since: at, unpublished: { hint: expect.any(String) } }]);
    expect(next(told(seen), seen).edges).toMatchObject([{ since: earlier }]);
    expect(next(told(seen), account(1, "crm.example.com")).edges).toMatchObject([{ since: earlier, endedAt: at }]);
  });

  it("stays as it is where the secret cannot be asked about, or the auth config's item cannot be read", () => {
    const before = told(seen);
    expect(next(before, account(1, "other.example.net", { secrets: new Map() })).edges).toEqual(before);
    const unreadable = { secretsOf: new Map(), unreadable: new Set(["AB"]) };
    expect(next(before, account(1, "crm.example.com", unreadable)).edges).toEqual(before);
  });

  it("begins anew when it ended before that was published", () => {
    const ended = told(seen).map((edge) => ({ ...edge, endedAt: earlier }));
    expect(next(ended, seen).edges.map(({ since, endedAt }) => [since, endedAt])).toEqual([
      [earlier, earlier],
      [at, undefined],
    ]);
  });

  it("is only so much as an item takes, however long RingCX's names are", () => {
    const many = account(300, "other.example.net");
    const huge = many.services.map((one, index) => ({
      ...one,
      service: { ...one.service, serviceDescription: `${index} ${"電".repeat(10_000)}` },
    }));
    const { edges, notListed } = next([], { ...many, services: huge });
    expect(edges.length).toBeGreaterThan(0);
    expect(edges.length + notListed).toBe(300);
    expect(Buffer.byteLength(JSON.stringify(edges))).toBeLessThan(250_000);
  });

  it("is only so much as an item takes; the others are counted, and follow when there is a place", () => {
    const many = account(300, "other.example.net");
    const { edges, notListed } = next([], many);
    expect([edges.length, notListed]).toEqual([250, 50]);
    expect(next(edges.slice(0, 200), many)).toMatchObject({ edges: { length: 250 }, notListed: 50 });
  });
});
