import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noNewEdges } from "../../../functions/provision-services/edges/permit-edges.ts";
import { authConfigRecordKey } from "../../../shared/records/account/auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretsInUse } from "../../../shared/records/credential/secret-intent.ts";
import { PermittedEdges } from "../../../shared/secrets/edges.ts";
import { canarySecret, carried, keyConfig, linkByHand, onEachRequest, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
const start = async (v1AuthLink: boolean) => {
  fixture = await startFixture({
    simulator: { v1AuthLink, limit: 10_000 },
    quota: { limit: 10_000 },
    allowedHosts: ["good.example", "other.example", "evil.example"],
  });
  fixture.secrets.set("good", canarySecret("good", "good.example"));
  fixture.secrets.set("other", canarySecret("other", "other.example"));
  fixture.secrets.set("both", canarySecret("both", "good.example other.example"));
};
afterEach(async () => {
  vi.restoreAllMocks();
  await fixture.stop();
});

const group = { kind: "httpServiceGroup", groupName: "G" };
const linked = serviceAt("good.example", "S", { authConfig: "Key" });
const copyOf = (serviceDescription: string, to: string) => ({
  ...applyMessage([]),
  type: "ringcx.copy.v1",
  data: { accountId: "123456", from: { groupName: "G", serviceDescription }, to: { serviceDescription: to } },
});
const placeOf = (name: string) => {
  const { groups, accountId } = fixture.simulator.state();
  for (const { serviceGroupId, services } of groups) {
    const service = services.find(({ serviceDescription }) => serviceDescription === name);
    if (service) return { accountId, serviceGroupId, serviceId: service.serviceId };
  }
  throw new Error(`no service ${name}`);
};
const moveByHand = (name: string, host: string) =>
  fixture.simulator.editService(placeOf(name), {
    httpServiceConfig: JSON.stringify({ url: `https://${host}/look-up` }),
  });
/** One that is linked, and one that a person may link. */
const twoServices = () =>
  fixture.send(
    applyMessage([
      group,
      keyConfig("Key", "good"),
      serviceAt("good.example", "S"),
      serviceAt("good.example", "T", { authConfig: "Key" }),
    ]),
  );
/** Does something once, when the request for this service alone arrives. */
const onceAsked = (name: string, api: "v1" | "v2", act: () => void) => {
  const { serviceId } = placeOf(name);
  let isDone = false;
  onEachRequest(fixture, ({ method, path }) => {
    const isIt =
      method === "GET" && path.endsWith(`/httpServices/${serviceId}`) && path.includes("/v2/") === (api === "v2");
    if (isDone || !isIt) return;
    isDone = true;
    act();
  });
  return () => isDone;
};

describe.each([true, false])("with links that v1 shows: %s", (v1AuthLink) => {
  beforeEach(() => start(v1AuthLink));

  // Were an edge ever not computed, its write would be the last that could stop it.
  test.each<[what: string, before: readonly object[], message: () => object]>([
    ["an auth config is made", [], () => applyMessage([keyConfig("Key", "good")])],
    ["an auth config gets another secret", [keyConfig("Key", "good")], () => applyMessage([keyConfig("Key", "both")])],
    ["a service is made with a link", [keyConfig("Key", "good")], () => applyMessage([linked])],
    ["a service is linked", [keyConfig("Key", "good"), serviceAt("good.example", "S")], () => applyMessage([linked])],
    [
      "a linked service moves",
      [keyConfig("Key", "both"), linked],
      () => applyMessage([serviceAt("other.example", "S")]),
    ],
    [
      "a linked service moves with another link",
      [keyConfig("Key", "good"), keyConfig("New", "other"), linked],
      () => applyMessage([serviceAt("other.example", "S", { authConfig: "New" })]),
    ],
    ["a linked service is cloned", [keyConfig("Key", "good"), linked], () => copyOf("S", "Clone")],
  ])("what was not checked is not written: %s", async (_what, before, message) => {
    await fixture.send(applyMessage([group, ...before]));
    const edges = carried(fixture);
    const written = fixture.simulator.state().authConfigs.map(({ apiKey }) => apiKey);
    vi.spyOn(PermittedEdges, "check").mockReturnValue({ permitted: noNewEdges });
    const outcome = await fixture.send(message());
    expect(JSON.stringify(outcome)).toContain("was not checked against the secret's tags");
    expect(outcome.status).toBe("REJECTED");
    expect(carried(fixture)).toEqual(edges);
    expect(fixture.simulator.state().authConfigs.map(({ apiKey }) => apiKey)).toEqual(written);
  });

  test("a link that a person makes while a service moves does not go along", async () => {
    await twoServices();
    const isDone = onceAsked("S", "v1", () => linkByHand(fixture, "S", "Key"));
    const outcome = await fixture.send(applyMessage([serviceAt("evil.example", "S")]));
    expect(isDone()).toBe(true);
    expect(outcome).toMatchObject({
      status: "REJECTED",
      problems: [{ message: expect.stringContaining("evil.example") }],
    });
    expect(carried(fixture)).toEqual(["S, good.example, good", "T, good.example, good"]);
  });

  test("a link that a person made after the account was read does not go along in a later message of the batch", async () => {
    await twoServices();
    // The first message reads all links of the group; the person links before the second one.
    const isDone = onceAsked("S", "v1", () => linkByHand(fixture, "S", "Key"));
    const messages = [applyMessage([serviceAt("other.example", "U")]), applyMessage([serviceAt("evil.example", "S")])];
    await fixture.deliver(messages);
    expect(isDone()).toBe(true);
    expect(carried(fixture).filter((edge) => edge.includes("evil"))).toEqual([]);
    fixture.skip(60_000);
    await fixture.work();
    const outcome = fixture.outcomes.find(({ cause }) => cause.id === messages[1]?.id);
    expect(outcome).toMatchObject({ status: "REJECTED" });
    expect(carried(fixture).filter((edge) => edge.includes("evil"))).toEqual([]);
  });

  test("a service that a person moves while it is linked is not linked there", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "S")]));
    const isDone = onceAsked("S", v1AuthLink ? "v1" : "v2", () => moveByHand("S", "evil.example"));
    await fixture.send(applyMessage([linked]));
    expect(isDone()).toBe(true);
    expect(carried(fixture).filter((edge) => edge.includes("evil"))).toEqual([]);
  });

  test("a source that a person links or moves while it is cloned is not cloned there", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), linked]));
    const isDone = onceAsked("S", "v1", () => moveByHand("S", "evil.example"));
    await fixture.deliver([copyOf("S", "Clone")]);
    expect(isDone()).toBe(true);
    expect(carried(fixture)).toEqual(["S, evil.example, good"]);
  });

  test.each([
    ["a message", false],
    ["a secret's tags", true],
  ])("a link is followed to the secret that %s gave, however its id is spelled", async (_who, isByTags) => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "S")]));
    if (isByTags) await fixture.table.delete(authConfigRecordKey("123456", "Key"));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    fixture.simulator.editService(placeOf("S"), { authConfigId: id.toUpperCase() });
    expect(await fixture.send(applyMessage([serviceAt("evil.example", "S")]))).toMatchObject({
      status: "REJECTED",
      problems: [{ message: expect.stringContaining("arn:secret:good may not be sent to evil.example") }],
    });
  });

  test("an auth config's record says whose value it has where its state does not", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "S")]));
    linkByHand(fixture, "S", "Key");
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    await fixture.table.update(authConfigStateKey("123456", id), { secretArn: undefined });
    expect(await fixture.send(applyMessage([serviceAt("evil.example", "S")]))).toMatchObject({
      status: "REJECTED",
      problems: [{ message: expect.stringContaining("arn:secret:good may not be sent to evil.example") }],
    });
  });

  test("before another secret's value is sent, the table says that RingCX may have it", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "both"), linked]));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    fixture.simulator.faults.add({ kind: "lost-answer", match: { method: "PATCH" }, times: 1 });
    fixture.simulator.faults.add({ kind: "status", status: 503, match: { method: "PATCH" }, times: 100 });
    await fixture.deliver([applyMessage([keyConfig("Key", "good")])]);
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
    expect(secretsInUse(await fixture.table.get(authConfigStateKey("123456", id)))).toContain("arn:secret:good");
  });
});

describe("where v1 shows no links", () => {
  beforeEach(() => start(false));

  const moved = serviceAt("other.example", "S", { authConfig: "New" });

  test("one that a person has changed is put right without the table's word", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), keyConfig("Both", "both"), linked]));
    linkByHand(fixture, "S", "Both");
    const outcome = await fixture.send(applyMessage([{ ...linked, isDebug: true }]));
    expect(outcome.status).toBe("SUCCEEDED");
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
  });

  test("one that a person makes meets the new URL not even until it is replaced", async () => {
    const before = [keyConfig("Key", "good"), keyConfig("New", "other")];
    await fixture.send(applyMessage([group, ...before, serviceAt("good.example", "S")]));
    const met = new Set<string>();
    onEachRequest(fixture, () => {
      for (const edge of carried(fixture)) met.add(edge);
    });
    const isDone = onceAsked("S", "v1", () => linkByHand(fixture, "S", "Key"));
    expect((await fixture.send(applyMessage([moved]))).status).toBe("SUCCEEDED");
    expect(isDone()).toBe(true);
    expect([...met]).toContain("S, good.example, good");
    expect([...met]).not.toContain("S, other.example, good");
    expect(carried(fixture)).toEqual(["S, other.example, other"]);
  });

  test("what was not checked is not written: a link before its service moves", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "good"), keyConfig("New", "other"), linked]));
    const key = fixture.simulator.state().authConfigs.find(({ providerName }) => providerName === "Key");
    const refused = [
      {
        service: "G/S",
        authConfigId: key?.authConfigId ?? "",
        secretArn: "arn:secret:good",
        url: undefined,
        message: "",
        hint: "",
      },
    ];
    vi.spyOn(PermittedEdges, "check").mockReturnValue({ permitted: noNewEdges }).mockReturnValueOnce({ refused });
    await fixture.deliver([applyMessage([moved])]);
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
  });
});
