import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { secretsInUse } from "../../../shared/records/credential/secret-intent.ts";
import { canarySecret, carried, keyConfig, linkByHand, onEachRequest, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
const start = async (v1AuthLink = true) => {
  fixture = await startFixture({
    simulator: { v1AuthLink },
    allowedHosts: ["good.example", "other.example", "evil.example"],
  });
  fixture.secrets.set("good", canarySecret("good", "good.example"));
  fixture.secrets.set("other", canarySecret("other", "other.example"));
  fixture.secrets.set("both", canarySecret("both", "good.example other.example"));
};
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };
const goodConfig = keyConfig("Key", "good");
const linked = (more: object = {}) => serviceAt("good.example", "S", { authConfig: "Key", ...more });

/** The problems of a message that is refused before anything is written. */
async function refusalOf(resources: readonly object[], event: object = {}) {
  const before = carried(fixture);
  fixture.operations();
  const outcome = await fixture.send(applyMessage(resources, { event }));
  expect(outcome.status).toBe("REJECTED");
  expect(fixture.operations().filter((name) => !/^get/i.test(name))).toEqual([]);
  expect(carried(fixture)).toEqual(before);
  return outcome.problems ?? [];
}

describe.each([true, false])("with links that v1 shows: %s", (v1AuthLink) => {
  beforeEach(() => start(v1AuthLink));

  test("1. another secret for an auth config is checked against the services that are linked already", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked()]));
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
    expect(await refusalOf([keyConfig("Key", "other")])).toMatchObject([
      {
        path: "data.resources[0].secretId",
        message: expect.stringMatching(
          /^the service G\/S uses .*other may not be sent to good\.example: .*names other\.example/,
        ),
      },
    ]);
    expect((await fixture.send(applyMessage([keyConfig("Key", "both")]))).status).toBe("SUCCEEDED");
  });

  test.each(["AccessDeniedException", "ResourceNotFoundException", "InvalidRequestException"])(
    "2. a secret that cannot be described for good (%s) goes nowhere new",
    async (name) => {
      await fixture.send(applyMessage([group, goodConfig, linked()]));
      Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: name });
      expect(await refusalOf([linked({ httpServiceConfig: { url: "https://evil.example/" } })])).toMatchObject([
        { path: "data.resources[0].httpServiceConfig.url", message: expect.stringContaining("is not known") },
      ]);
      expect(await refusalOf([serviceAt("evil.example", "S")])).toHaveLength(1);
    },
  );

  test("2. nor one that is deleted, or without tags", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked()]));
    const moved = [serviceAt("evil.example", "S")];
    Object.assign(fixture.secrets.get("good") ?? {}, { isDeleted: true });
    expect(await refusalOf(moved)).toMatchObject([{ message: expect.stringContaining("it is deleted") }]);
    fixture.secrets.set("good", { ...canarySecret("good", "good.example"), tags: {} });
    expect(await refusalOf(moved)).toMatchObject([
      { message: expect.stringContaining("its tag ringcx:hosts names none") },
    ]);
  });

  test("2. while it cannot be described for a moment, the message waits, and is not counted as failed", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked()]));
    const secret = fixture.secrets.get("good");
    Object.assign(secret ?? {}, { describeFails: "ThrottlingException" });
    const message = applyMessage([serviceAt("evil.example", "S")]);
    await fixture.deliver([message]);
    for (let turn = 0; turn < 7; turn += 1) {
      fixture.skip(60_000);
      await fixture.work();
      expect(await fixture.open()).toHaveLength(1);
    }
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
    Object.assign(secret ?? {}, { describeFails: undefined });
    fixture.skip(60_000);
    await fixture.work();
    expect(fixture.outcomes.at(-1)).toMatchObject({ cause: { id: message.id }, status: "REJECTED" });
  });

  test("3. an auth config that a secret's own tags bind is confined, too", async () => {
    await fixture.send(applyMessage([group, keyConfig("Key", "both"), serviceAt("good.example", "S")]));
    const [config] = fixture.simulator.state().authConfigs;
    // Rotation has given it another secret's value, which that secret's tags asked for.
    if (config) config.apiKey = "canary-good";
    await fixture.table.update(authConfigStateKey("123456", config?.authConfigId ?? ""), {
      secretArn: "arn:secret:good",
    });
    const [problem] = await refusalOf([serviceAt("other.example", "S", { authConfig: "Key" })]);
    expect(problem?.message).toContain("arn:secret:good may not be sent to other.example");
  });

  test("4. what a superseded auth config really has is what counts", async () => {
    await fixture.send(applyMessage([group, goodConfig]));
    const early = { time: "2020-01-01T00:00:00Z" };
    const resources = [keyConfig("Key", "other"), serviceAt("other.example", "New", { authConfig: "Key" })];
    const [problem] = await refusalOf(resources, early);
    expect(problem?.message).toContain("arn:secret:good may not be sent to other.example");
  });

  test("5. a service that was linked by hand is neither moved nor cloned to another host", async () => {
    await fixture.send(applyMessage([group, goodConfig, serviceAt("good.example", "S")]));
    linkByHand(fixture, "S", "Key");
    expect(await refusalOf([serviceAt("evil.example", "S")])).toMatchObject([
      {
        path: "data.resources[0].httpServiceConfig.url",
        message: expect.stringContaining("may not be sent to evil.example"),
      },
    ]);
    const copy = {
      ...applyMessage([]),
      type: "ringcx.copy.v1",
      data: {
        accountId: "123456",
        from: { groupName: "G", serviceDescription: "S" },
        to: { serviceDescription: "Clone" },
        overrides: { urls: [{ from: "https://good.example", to: "https://evil.example" }] },
      },
    };
    expect((await fixture.send(copy)).status).toBe("REJECTED");
    expect(carried(fixture)).toEqual(["S, good.example, good"]);
  });

  test("5. what a person has linked wrongly is not cloned, not for a moment either", async () => {
    await fixture.send(applyMessage([group, goodConfig, keyConfig("Evil", "good"), serviceAt("evil.example", "S")]));
    linkByHand(fixture, "S", "Key");
    const copy = {
      ...applyMessage([]),
      type: "ringcx.copy.v1",
      data: {
        accountId: "123456",
        from: { groupName: "G", serviceDescription: "S" },
        to: { serviceDescription: "Clone" },
        overrides: { urls: [{ from: "https://evil.example", to: "https://good.example" }] },
      },
    };
    expect(await fixture.send(copy)).toMatchObject({
      status: "REJECTED",
      problems: [{ message: expect.stringContaining("may not be sent to evil.example") }],
    });
  });

  test("6. the old credential never meets the new URL, whatever the order of writes", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked({ isEnabled: true })]));
    const met = new Set<string>();
    onEachRequest(fixture, () => {
      for (const edge of carried(fixture, { withInactive: false })) met.add(edge);
    });
    const moved = serviceAt("other.example", "S", { authConfig: "New" });
    const outcome = await fixture.send(applyMessage([keyConfig("New", "other"), moved]));
    expect(outcome).toMatchObject({ status: "SUCCEEDED" });
    for (const edge of carried(fixture, { withInactive: false })) met.add(edge);
    expect([...met]).toEqual(["S, good.example, good", "S, other.example, other"]);
    expect(carried(fixture, { withInactive: false })).toEqual(["S, other.example, other"]);
  });

  test("a new secret and a new host for one live auth config are told apart in what is refused", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked()]));
    const moved = linked({ httpServiceConfig: { url: "https://other.example/" } });
    expect(await refusalOf([keyConfig("Key", "other"), moved])).toMatchObject([
      {
        path: "data.resources[0].secretId",
        message: expect.stringMatching(/^the service G\/S is still elsewhere .*other may not be sent to good\.example/),
        hint: expect.stringContaining("an auth config of its own"),
      },
    ]);
  });

  test("a service whose place is not clear is not written to, and the hint says what to mend", async () => {
    await fixture.send(applyMessage([group, goodConfig, serviceAt("good.example", "S")]));
    linkByHand(fixture, "S", "Key");
    const { groups, accountId } = fixture.simulator.state();
    const place = groups.flatMap(({ serviceGroupId, services }) =>
      services.map(({ serviceId }) => ({ accountId, serviceGroupId, serviceId })),
    )[0];
    const httpServiceConfig = '{"url":"https://evil.example/","url":"https://good.example/"}';
    if (place) fixture.simulator.editService(place, { httpServiceConfig });
    expect(await refusalOf([keyConfig("Key", "both")])).toMatchObject([
      {
        message: expect.stringContaining("a host that its URL does not tell"),
        hint: expect.stringContaining("write the service's URL in RingCX"),
      },
    ]);
  });

  test("a secret that was made again under its name is applied and bound, or refused by its tags", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked()]));
    const again = { ...canarySecret("again", "good.example"), arn: "arn:secret:good-again" };
    fixture.secrets.set("good", again);
    expect(await fixture.send(applyMessage([goodConfig]))).toMatchObject({
      status: "SUCCEEDED",
      resources: [{ changes: ["credential (another secret of the same name)"] }],
    });
    expect(carried(fixture)).toEqual(["S, good.example, again"]);
    expect(await fixture.table.query(secretPartition("arn:secret:good-again"))).toMatchObject([
      { sk: expect.stringMatching(/^AUTH#/), secretArn: "arn:secret:good-again" },
    ]);
    expect((await fixture.send(applyMessage([goodConfig]))).status).toBe("NO_CHANGE");
    fixture.secrets.set("good", { ...canarySecret("third", "evil.example"), arn: "arn:secret:good-third" });
    expect(await refusalOf([goodConfig])).toHaveLength(1);
  });
});

describe("where v1 keeps no links", () => {
  beforeEach(() => start(false));

  test("a service is not meant twice in one message, by its name and by its name from before", async () => {
    await fixture.send(
      applyMessage([group, keyConfig("K1", "good"), serviceAt("good.example", "Z", { authConfig: "K1" })]),
    );
    const outcome = await fixture.send(
      applyMessage([
        keyConfig("K2", "good"),
        keyConfig("K1", "both"),
        serviceAt("other.example", "Y", { authConfig: "K1", previousName: "Z" }),
        serviceAt("good.example", "Z", { authConfig: "K2" }),
      ]),
    );
    expect(outcome.resources?.filter(({ kind }) => kind === "httpService")).toMatchObject([
      {
        result: "FAILED",
        problems: [
          { message: "is the same in RingCX as data.resources[3]: one has its name, or its name from before" },
        ],
      },
      { result: "FAILED" },
    ]);
    expect(carried(fixture)).toEqual(["Z, good.example, both"]);
  });

  test("6. a link that v2 refuses leaves URL and link as they were, the service active", async () => {
    await fixture.send(applyMessage([group, goodConfig, linked({ isEnabled: true })]));
    fixture.simulator.faults.add({ kind: "status", status: 400, match: { method: "PUT", path: "*/v2/*" } });
    const moved = serviceAt("other.example", "S", { authConfig: "New" });
    const outcome = await fixture.send(applyMessage([keyConfig("New", "other"), moved]));
    expect(outcome.status).toBe("PARTIAL");
    expect(carried(fixture, { withInactive: false })).toEqual(["S, good.example, good"]);
  });
});

test("after a lost answer both secrets count, until one is known to be there", async () => {
  await start();
  await fixture.send(applyMessage([group, keyConfig("Key", "both"), linked()]));
  const [config] = fixture.simulator.state().authConfigs;
  const key = authConfigStateKey("123456", config?.authConfigId ?? "");
  await fixture.table.update(key, { intendedSecretArn: "arn:secret:good" });
  const [problem] = await refusalOf([serviceAt("other.example", "S")]);
  expect(problem?.message).toContain("arn:secret:good may not be sent to other.example");
  await fixture.send(applyMessage([keyConfig("Key", "good")]));
  await fixture.send(applyMessage([keyConfig("Key", "both")]));
  expect(secretsInUse(await fixture.table.get(key))).toEqual(["arn:secret:both"]);
});

test("before a swap is sent both secrets are known as those that RingCX may have, until its answer is known", async () => {
  await start();
  await fixture.send(applyMessage([group, keyConfig("Key", "both")]));
  const [config] = fixture.simulator.state().authConfigs;
  fixture.simulator.faults.add({ kind: "lost-answer", match: { method: "PATCH" }, times: 1 });
  const swap = applyMessage([keyConfig("Key", "good")]);
  const seen: string[][] = [];
  const update = fixture.table.update.bind(fixture.table);
  const key = authConfigStateKey("123456", config?.authConfigId ?? "");
  fixture.table.update = async (...args) => {
    const result = await update(...args);
    seen.push(secretsInUse(await fixture.table.get(key)));
    return result;
  };
  await fixture.send(swap);
  expect(seen).toContainEqual(["arn:secret:both", "arn:secret:good"]);
  expect(secretsInUse(await fixture.table.get(key))).toEqual(["arn:secret:good"]);
});
