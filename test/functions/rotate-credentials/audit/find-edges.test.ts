import { describe, expect, it } from "vitest";
import {
  type AccountSeen,
  type FoundEdge,
  findWrongEdges,
  isLeftToAuthConfig,
  isUnknown,
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
    // What is kept counts.
    const other = huge.map((one, index) => ({ ...one, ids: { ...one.ids, serviceId: 1_000 + index } }));
    const kept = edges.map((edge) => ({ ...edge, endedAt: earlier }));
    expect(next(kept, { ...many, services: other })).toMatchObject({ edges: { length: kept.length }, notListed: 300 });
  });

  it("is only so much as an item takes; the others are counted, and follow when there is a place", () => {
    const many = account(300, "other.example.net");
    const { edges, notListed } = next([], many);
    expect([edges.length, notListed]).toEqual([250, 50]);
    expect(next(edges.slice(0, 200), many)).toMatchObject({ edges: { length: 250 }, notListed: 50 });
  });
});

describe("a service that has several auth configs", () => {
  it("is wrong with each whose secret does not allow it, and with no other", () => {
    const tags = { "ringcx:connection": "main", "ringcx:accounts": "1", "ringcx:hosts": "crm.example.com" };
    const wide = { ...tags, "ringcx:hosts": "*.example.net" };
    const secrets = new Map([
      ["arn", { arn: "arn", tags }],
      ["wide", { arn: "wide", tags: wide }],
      ["elsewhere", { arn: "elsewhere", tags: { ...tags, "ringcx:accounts": "2" } }],
    ]);
    const secretsOf = new Map([
      ["ab", ["arn", "not asked about"]],
      ["cd", ["wide"]],
      ["ef", ["elsewhere"]],
      ["gh", ["elsewhere"]],
      ["ij", ["not asked about"]],
    ]);
    const seen = account(1, "api.example.net", { secrets, secretsOf });
    const services = seen.services.map((one) => ({ ...one, authConfigIds: ["AB", "CD", "EF", "IJ"] }));
    const found = findWrongEdges({ ...seen, services });
    expect(found.map(({ edge, isOfAccount }) => [edge.authConfigId, edge.secretArn, isOfAccount])).toEqual([
      ["ab", "arn", false],
      ["ef", "elsewhere", true],
    ]);
  });
});

describe("an edge that was told and cannot be looked at", () => {
  const seen = account(2, "crm.example.com", {
    secretsOf: new Map([
      ["ab", ["arn"]],
      ["cd", ["other"]],
    ]),
    secrets: new Map(),
  });
  const edge = { groupName: "CRM", serviceDescription: "0", serviceId: 0, authConfigId: "AB", secretArn: "arn" };
  const asked = new Map([["arn", { arn: "arn", tags: {} }]]);

  it.each<[string, boolean, Partial<AccountSeen>, Partial<typeof edge>]>([
    ["its secret could not be asked about", true, {}, {}],
    ["its secret was", false, { secrets: asked }, {}],
    ["its auth config's item could not be read", true, { secrets: asked, unreadable: new Set(["ab", "x"]) }, {}],
    ["another's could not", false, { secrets: asked, unreadable: new Set(["x"]) }, {}],
    ["its auth config has another secret's value", false, {}, { secretArn: "other" }],
    ["another auth config has its secret's", false, {}, { authConfigId: "cd" }],
    ["no service has its auth config any more", false, { services: [] }, {}],
    ["one of several services has it", true, { services: [...account(1, "a.b").services, other()] }, {}],
    ["services have others", false, { services: [other()] }, {}],
  ])("%s: %s", (_why, unknown, more, of) => {
    expect(isUnknown({ ...edge, ...of }, { ...seen, ...more })).toBe(unknown);
  });

  function other() {
    return { ...account(1, "a.b").services[0], authConfigIds: ["x"] } as AccountSeen["services"][number];
  }

  it("one of several auth configs of a service is enough", () => {
    const services = seen.services.map((one) => ({ ...one, authConfigIds: ["x", "AB"] }));
    expect(isUnknown(edge, { ...seen, services })).toBe(true);
  });
});

describe("an edge of a secret that is of no use to the account", () => {
  const found = (isOfAccount: boolean) => ({ edge: { authConfigId: "AB" }, isOfAccount }) as FoundEdge;
  const told = (since: string, isLeft?: boolean) => ({ since, ...(isLeft !== undefined && { isLeft }) }) as ToldEdge;
  const followed = (...problems: { topic: string; endedAt?: string }[]) =>
    [
      { authConfigId: "other", problems: [] },
      { authConfigId: "ab", problems },
    ] as unknown as Parameters<typeof isLeftToAuthConfig>[2];
  const halfAnHourAgo = "2026-03-01T11:30:00.000Z";
  const lately = "2026-03-01T11:30:00.001Z";
  const lost = { topic: "FOLLOWING" };

  it.each<[string, boolean, FoundEdge, ToldEdge | undefined, Parameters<typeof isLeftToAuthConfig>[2]]>([
    ["new, and its auth config is followed", true, found(true), undefined, followed()],
    ["new, of the host alone", false, found(false), undefined, followed(lost)],
    ["new, and it is not known what is followed", true, found(true), undefined, undefined],
    ["new, and its auth config is not followed", false, found(true), undefined, []],
    ["left lately", true, found(true), told(lately, true), followed()],
    ["left half an hour ago, and nothing was told", false, found(true), told(halfAnHourAgo, true), followed()],
    ["left half an hour ago, and it is told", true, found(true), told(halfAnHourAgo, true), followed(lost)],
    [
      "left half an hour ago, and that has ended",
      false,
      found(true),
      told(halfAnHourAgo, true),
      followed({ ...lost, endedAt: lately }),
    ],
    [
      "left half an hour ago, and something else is",
      false,
      found(true),
      told(halfAnHourAgo, true),
      followed({ topic: "X" }),
    ],
    [
      "left half an hour ago, and two things are",
      true,
      found(true),
      told(halfAnHourAgo, true),
      followed({ topic: "X" }, lost),
    ],
    ["told as an edge already", false, found(true), told(lately), followed(lost)],
    ["told as an edge, expressly", false, found(true), told(lately, false), followed(lost)],
  ])("is left to its auth config where it is %s: %s", (_what, isLeft, edge, before, known) => {
    expect(isLeftToAuthConfig(edge, before, known, at)).toBe(isLeft);
  });

  it("is kept as left, and told once nobody else has", () => {
    const useless = { "ringcx:connection": "main", "ringcx:accounts": "2" };
    const seen = account(1, "crm.example.com", { secrets: new Map([["arn", { arn: "arn", tags: useless }]]) });
    const look = (before: readonly ToldEdge[], now: string) =>
      nextEdges(before, findWrongEdges(seen), { seen, followed: followed() ?? [] }, now).edges;
    const left = look([], at);
    expect(left).toEqual([expect.objectContaining({ since: at, isLeft: true })]);
    expect(left[0]).not.toHaveProperty("unpublished");
    expect(look(left, "2026-03-01T12:29:59.999Z")).toEqual(left);
    const later = look(left, "2026-03-01T12:30:00.000Z");
    expect(later).toEqual([
      expect.objectContaining({ since: "2026-03-01T12:30:00.000Z", unpublished: expect.anything() }),
    ]);
    expect(later[0]).not.toHaveProperty("isLeft");
  });
});
