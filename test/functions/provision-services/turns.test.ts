import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import { messageProgressKey } from "../../../shared/records/message-progress.ts";
import { acquireLease } from "../../../shared/state/lease.ts";
import { canarySecret, keyConfig, serviceAt } from "./accounts.ts";
import { applyMessage, group as crmGroup, type Fixture, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
const start = async (limit = 10_000) => {
  fixture = await startFixture({
    simulator: { limit: Math.max(limit, 120) },
    quota: { limit, guardMs: 0 },
    allowedHosts: ["good.example"],
  });
  fixture.secrets.set("good", canarySecret("good", "good.example"));
  fixture.secrets.set("other", canarySecret("other", "good.example"));
};
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };
const stranger = (name = "Stranger") =>
  applyMessage([group, serviceAt("good.example", name)], { event: { source: "/b" } });
const outcomeOf = ({ id }: { id: string }) => fixture.outcomes.find(({ cause }) => cause.id === id);
const named = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => serviceAt("good.example", `S${index}`, more));

describe("nobody waits for a stranger", () => {
  beforeEach(() => start());

  test.each<[what: string, hinder: () => void | Promise<void>, message: () => { id: string }]>([
    [
      "whose service RingCX fails to make",
      () =>
        fixture.simulator.faults.add({
          kind: "status",
          status: 503,
          match: { operation: "createExternalAccountAuthConfigApiKey" },
          times: "always",
        }),
      () => applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "A", { authConfig: "Key" })]),
    ],
    [
      "whose secret cannot be read at the moment",
      () => void Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: "ThrottlingException" }),
      () => applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "A", { authConfig: "Key" })]),
    ],
    [
      "whose outcome cannot be sent",
      () => {
        const publish = fixture.outcomeTopic.publish;
        fixture.outcomeTopic.publish = async (data) => {
          if (data.cause.source === "/test")
            throw Object.assign(new Error("no"), { name: "InternalErrorException", $fault: "server" });
          return publish(data);
        };
      },
      () => applyMessage([group, serviceAt("good.example", "A")]),
    ],
  ])("%s", async (_what, hinder, message) => {
    await hinder();
    const first = message();
    const second = stranger();
    const open = await fixture.deliver([first, second]);
    expect(open).toEqual([JSON.stringify(first)]);
    expect(outcomeOf(second)).toMatchObject({ status: "SUCCEEDED" });
    expect(outcomeOf(first)).toBeUndefined();
  });

  test("but the order of messages for one resource stays, whoever sends them", async () => {
    Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: "ThrottlingException" });
    const first = applyMessage([
      group,
      keyConfig("Key", "good"),
      serviceAt("good.example", "A", { authConfig: "Key" }),
    ]);
    const second = applyMessage([serviceAt("good.example", "A", { isDebug: true })], { event: { source: "/b" } });
    expect(await fixture.deliver([first, second])).toHaveLength(2);
    Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: undefined });
    fixture.skip(60_000);
    await fixture.work();
    expect(fixture.outcomes.map(({ cause }) => cause.id)).toEqual([first.id, second.id]);
  });

  test("an outcome that is refused five times is kept with its message, and keeps nobody waiting", async () => {
    let tries = 0;
    fixture.outcomeTopic.publish = async () => {
      tries += 1;
      throw Object.assign(new Error("no"), {
        name: "InvalidParameterException",
        $fault: "client",
        $metadata: { httpStatusCode: 400 },
      });
    };
    const message = applyMessage([group, serviceAt("good.example", "A")]);
    await fixture.deliver([message]);
    for (let turn = 0; turn < 6; turn += 1) {
      fixture.skip(30_000);
      await fixture.work();
    }
    expect(tries).toBe(5);
    expect(fixture.deadLetters).toMatchObject([
      {
        body: JSON.stringify(message),
        attributes: {
          reason: expect.stringMatching(/^Its outcome could not be published \(InvalidParameterException\): 2 created/),
        },
      },
    ]);
    expect(await fixture.open()).toEqual([]);
  });

  test("a message whose progress cannot be read waits alone, loudly, and goes on once it is mended", async () => {
    const broken = applyMessage([group, serviceAt("good.example", "A")]);
    const progress = messageProgressKey("/test", broken.id);
    await fixture.table.put({ ...progress, messageId: 7 });
    const message = stranger();
    expect(await fixture.deliver([broken, message])).toEqual([JSON.stringify(broken)]);
    expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
    expect(fixture.logged).toContainEqual(expect.stringContaining("message unreadable"));
    await fixture.table.delete(progress);
    fixture.skip(60_000);
    await fixture.work();
    expect(outcomeOf(broken)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("an open message that cannot be read is told, and keeps nobody waiting", async () => {
    await fixture.table.put({ pk: "ACCOUNT#123456", sk: "OPEN#0", body: 7 });
    const message = stranger();
    await fixture.deliver([message]);
    expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
    expect(fixture.logged).toContainEqual(expect.stringContaining("open message unreadable"));
  });
});

describe("a large message", () => {
  test("and a small one take turns: the small one does not wait for the end of the large one", async () => {
    await start(30);
    const large = applyMessage([group, ...named(90)]);
    await fixture.deliver([large]);
    expect(outcomeOf(large)).toBeUndefined();
    const small = stranger();
    await fixture.deliver([small]);
    for (let minute = 0; minute < 2 && !outcomeOf(small); minute += 1) {
      fixture.skip(60_000);
      await fixture.work();
    }
    expect(outcomeOf(small)).toMatchObject({ status: "SUCCEEDED" });
    expect(outcomeOf(large)).toBeUndefined();
    for (let minute = 0; minute < 8 && !outcomeOf(large); minute += 1) {
      fixture.skip(60_000);
      await fixture.work();
    }
    expect(outcomeOf(large)).toMatchObject({ status: "SUCCEEDED" });
    expect(outcomeOf(large)?.resources?.map(({ result }) => result)).toEqual(Array(91).fill("CREATED"));
  });

  test("whose process dies in the middle tells all that it did", async () => {
    await start();
    const message = applyMessage([group, ...named(4)]);
    const put = fixture.table.put.bind(fixture.table);
    let writes = 0;
    fixture.table.put = async (item, expected) => {
      if (String(item.sk).startsWith(`${message.id}\u0000`)) writes += 1;
      if (writes > 5) throw new Error("the process is gone");
      return put(item, expected);
    };
    await fixture.deliver([message]);
    fixture.table.put = put;
    expect(outcomeOf(message)).toBeUndefined();
    fixture.skip(200_000);
    await fixture.work();
    expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
    expect(outcomeOf(message)?.resources?.map(({ result }) => result)).toEqual(Array(5).fill("CREATED"));
  });
});

test("inputs whose POST arrives after our time-out are not made twice", async () => {
  await start();
  await fixture.send(applyMessage([group, serviceAt("good.example", "A")]));
  const httpServiceInputs = [{ name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }];
  fixture.simulator.faults.add({ kind: "drop", match: { operation: "createHttpServiceInput" } });
  fixture.operations();
  const message = applyMessage([serviceAt("good.example", "A", { httpServiceInputs })]);
  await fixture.deliver([message]);
  expect(fixture.operations().filter((name) => name === "createHttpServiceInput")).toHaveLength(1);
  expect(outcomeOf(message)).toBeUndefined();
  const service = () => fixture.simulator.state().groups.flatMap(({ services }) => services)[0];
  const { serviceGroupId = 0 } = fixture.simulator.state().groups.find(({ services }) => services.length > 0) ?? {};
  await fixture.account().inputs.create(serviceGroupId, service()?.serviceId ?? 0, httpServiceInputs);
  fixture.skip(400_000);
  await fixture.work();
  expect(outcomeOf(message)).toMatchObject({ status: expect.stringMatching(/SUCCEEDED|NO_CHANGE/) });
  expect(service()?.inputs.map(({ name }) => name)).toEqual(["ani"]);
});

test("a live service that moves is validated where it goes, though the message does not repeat the validation", async () => {
  fixture = await startFixture();
  await fixture.send(
    applyMessage([
      crmGroup,
      { kind: "authConfig", providerName: "CRM OAuth", authType: "OAUTH", secretId: "crm/oauth" },
      service(fixture.crm),
    ]),
  );
  const dead = `${fixture.crm.url}/nothing-here`;
  const { validation: _validation, ...moved } = service(fixture.crm, { httpServiceConfig: { url: dead } });
  const outcome = await fixture.send(applyMessage([moved]));
  expect(outcome.resources).toMatchObject([{ result: "FAILED", problems: [{ path: "data.resources[0].validation" }] }]);
  const live = fixture.simulator.state().groups.flatMap(({ services }) => services)[0];
  expect(String(live?.httpServiceConfig)).not.toContain("nothing-here");
});

describe("a validation with a URL of its own", () => {
  const validation = { url: "https://status.example/health", method: "GET", expect: { status: 200 } };
  const moved = (more: object = {}) =>
    serviceAt("good.example", "A", { httpServiceConfig: { url: "https://new.example/look-up" }, ...more });
  beforeEach(async () => {
    fixture = await startFixture({ allowedHosts: ["good.example", "new.example", "status.example"] });
    await fixture.send(applyMessage([group, serviceAt("good.example", "A", { validation })]));
  });

  test("does not prove an endpoint that moves: the message has to say how to ask", async () => {
    const before = fixture.simulator.state();
    expect((await fixture.send(applyMessage([moved()]))).resources).toMatchObject([
      {
        result: "FAILED",
        problems: [
          {
            path: "data.resources[0].validation",
            message: expect.stringContaining("asks status.example"),
            hint: expect.stringContaining("without a url it asks the endpoint"),
          },
        ],
      },
    ]);
    expect(fixture.simulator.state()).toEqual(before);
  });

  test.each([
    ["the message says so", () => moved({ validation })],
    ["the endpoint stays at its host", () => serviceAt("good.example", "A", { isDebug: true })],
    [
      "the endpoint moves to where it asks",
      () => moved({ httpServiceConfig: { url: "https://status.example/look-up" } }),
    ],
  ])("stays where %s", async (_what, resource) => {
    expect((await fixture.send(applyMessage([resource()]))).status).toBe("SUCCEEDED");
  });

  test("does not stay behind in a copy to another host either", async () => {
    const copy = (overrides: object) => ({
      ...applyMessage([]),
      type: "ringcx.copy.v1",
      data: { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" }, overrides },
    });
    const urls = [{ from: "https://good.example", to: "https://new.example" }];
    expect(await fixture.send(copy({ urls }))).toMatchObject({
      status: "REJECTED",
      problems: [{ message: expect.stringContaining("status.example"), hint: expect.stringContaining("overrides") }],
    });
    const both = [...urls, { from: "https://status.example", to: "https://new.example" }];
    expect((await fixture.send(copy({ urls: both }))).status).toBe("SUCCEEDED");
  });
});

test("a previous name beside a service that has the new one is refused, and nothing is overwritten", async () => {
  await start();
  await fixture.send(
    applyMessage([group, serviceAt("good.example", "A"), serviceAt("good.example", "B", { isDebug: true })]),
  );
  const before = fixture.simulator.state();
  expect(await fixture.send(applyMessage([serviceAt("good.example", "B", { previousName: "A" })]))).toMatchObject({
    status: "REJECTED",
    resources: [
      {
        problems: [
          {
            path: "data.resources[0].previousName",
            message: expect.stringContaining('another that is called "B" already'),
          },
        ],
      },
    ],
  });
  expect(fixture.simulator.state()).toEqual(before);
});

test("names as long as the contract takes them have their outcome in any script, and are found again", async () => {
  await start();
  const groupName = "語".repeat(150);
  const message = applyMessage([
    { kind: "httpServiceGroup", groupName },
    { ...serviceAt("good.example", "名".repeat(150)), groupName },
    { ...serviceAt("good.example", "𠀋".repeat(100)), groupName },
  ]);
  expect(await fixture.send(message)).toMatchObject({ status: "SUCCEEDED" });
  expect((await fixture.send({ ...message, id: "again" })).status).toBe("NO_CHANGE");
  for (const { sk } of await fixture.table.query("ACCOUNT#123456")) {
    expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(1_024);
  }
});

test("problems beside a rejected message are whole JSON, however many there are", async () => {
  await start();
  const wrong = Array.from({ length: 200 }, (_, index) =>
    serviceAt("elsewhere.example", `${"x".repeat(150)}${index}`, { authConfig: "none" }),
  );
  await fixture.send(applyMessage([...wrong]));
  const problems = JSON.parse(fixture.deadLetters[0]?.attributes.problems ?? "");
  expect(problems.at(-1)).toEqual({ path: "", message: expect.stringMatching(/^and \d+ more/) });
});

test("an input that is made anew keeps what the message does not name", async () => {
  await start();
  const inputs = () => fixture.simulator.state().groups.flatMap(({ services }) => services)[0]?.inputs ?? [];
  const whole = [{ name: "A", type: "PARAMETER", simpleDataType: "STRING", value: "2", rank: "1" }];
  await fixture.send(applyMessage([group, serviceAt("good.example", "A", { httpServiceInputs: whole })]));
  await fixture.send(applyMessage([serviceAt("good.example", "A", { httpServiceInputs: [{ name: "A", rank: "0" }] })]));
  expect(inputs()).toMatchObject([{ name: "A", type: "PARAMETER", simpleDataType: "STRING", value: "2", rank: "0" }]);
  const twins = [{ name: "A" }, { name: "A", value: "3" }];
  expect(
    await fixture.send(applyMessage([serviceAt("good.example", "A", { httpServiceInputs: twins })])),
  ).toMatchObject({
    problems: [{ path: "data.resources[0].httpServiceInputs[1].name" }],
  });
});

test("a service of a group that its message renames is named by the new name, and known once", async () => {
  await start();
  await fixture.send(applyMessage([group, serviceAt("good.example", "A")]));
  const renamed = { ...group, groupName: "NG", previousName: "G" };
  const outcome = await fixture.send(applyMessage([renamed, serviceAt("good.example", "A", { isDebug: true })]));
  expect(outcome.resources?.[1]).toMatchObject({
    result: "FAILED",
    problems: [{ path: "data.resources[1].groupName", message: expect.stringContaining('to "NG"') }],
  });
  const known = (await fixture.table.query("ACCOUNT#123456", "SERVICE#")).map(({ sk }) => sk);
  expect(known).toEqual(["SERVICE#NG/A"]);
});

describe("a secret that is changed while its message takes its turns", () => {
  const message = (secretId: string) =>
    applyMessage([
      group,
      keyConfig("Key", "good"),
      keyConfig("Later", secretId),
      serviceAt("good.example", "A", { authConfig: "Key" }),
    ]);
  const spoil = (secretId: string) => Object.assign(fixture.secrets.get(secretId) ?? {}, { value: "no JSON" });
  const startAndSpoil = async (sent: { id: string }, secretId: string) => {
    await fixture.deliver([sent]);
    expect(outcomeOf(sent)).toBeUndefined();
    spoil(secretId);
    fixture.skip(200_000);
    await fixture.work();
  };

  test("is no matter of the message any more, once its auth config has it", async () => {
    await start();
    fixture.simulator.faults.add({ kind: "status", status: 500, match: { operation: "createHttpService" }, times: 1 });
    const sent = message("other");
    await startAndSpoil(sent, "good");
    expect(outcomeOf(sent)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("refuses what is left of it, and what was done is told", async () => {
    await start();
    const operation = "createExternalAccountAuthConfigApiKey";
    fixture.simulator.faults.add({ kind: "status", status: 500, match: { operation }, after: 1, times: 4 });
    const sent = message("other");
    await startAndSpoil(sent, "other");
    const outcome = outcomeOf(sent);
    expect(outcome).toMatchObject({ status: "REJECTED", summary: expect.stringContaining("In part it was done") });
    expect(outcome?.resources?.map(({ name, result }) => [name, result])).toContainEqual(["Key", "CREATED"]);
  });
});

test("a copy that takes two turns tells the group that the first one made", async () => {
  await start();
  await fixture.send(applyMessage([group, serviceAt("good.example", "A")]));
  fixture.simulator.faults.add({ kind: "status", status: 500, match: { operation: "createHttpService" }, times: 4 });
  const copy = {
    ...applyMessage([]),
    type: "ringcx.copy.v1",
    data: { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" } },
  };
  const outcome = await fixture.send(copy);
  expect(fixture.deferred.length).toBeGreaterThan(0);
  expect(outcome.resources?.map(({ name, result }) => [name, result])).toEqual([
    ["H", "CREATED"],
    ["H/A", "CREATED"],
  ]);
});

test.each(["update", "delete"] as const)(
  "the group that a copy made is on record, and no longer being made, where the process dies at the record's %s",
  async (operation) => {
    await start();
    await fixture.send(applyMessage([group, serviceAt("good.example", "A")]));
    const { update, delete: remove } = fixture.table;
    const dies = (sk: string, write: () => Promise<unknown>) => {
      if (sk !== "GROUP#H" && sk !== "CREATING#GROUP#H") return write();
      throw new Error("the process is gone");
    };
    if (operation === "update")
      fixture.table.update = (key, changes) => dies(key.sk, () => update.call(fixture.table, key, changes)) as never;
    else
      fixture.table.delete = (key, expected) => dies(key.sk, () => remove.call(fixture.table, key, expected)) as never;
    const copy = {
      ...applyMessage([]),
      type: "ringcx.copy.v1",
      data: { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" } },
    };
    await fixture.deliver([copy]);
    Object.assign(fixture.table, { update, delete: remove });
    fixture.skip(200_000);
    await fixture.work();
    expect(outcomeOf(copy)).toMatchObject({ status: "SUCCEEDED" });
    const known = (await fixture.table.query("ACCOUNT#123456")).map(({ sk }) => sk);
    expect(known).toContain("GROUP#H");
    expect(known.filter((sk) => sk.startsWith("CREATING#"))).toEqual([]);
  },
);

test("what is known of a large message's resources is read at once, whatever the table takes for a read", async () => {
  await start();
  const resources = [group, ...named(100)];
  await fixture.send(applyMessage(resources));
  const { get, query } = fixture.table;
  const reads = { get: 0, query: 0 };
  fixture.table.get = async (key) => {
    reads.get += 1;
    return get.call(fixture.table, key);
  };
  fixture.table.query = async (...args) => {
    reads.query += 1;
    return query.apply(fixture.table, args);
  };
  expect((await fixture.send(applyMessage(resources))).status).toBe("NO_CHANGE");
  expect(reads.query).toBeLessThan(40);
  // The activation of each service, and nothing else of each.
  expect(reads.get).toBeLessThan(250);
});

test("a turn asks the table once what it knows of each kind of resource, a copy too", async () => {
  await start();
  const resources = [group, ...named(20)];
  await fixture.send(applyMessage(resources));
  const { query } = fixture.table;
  const asked: string[] = [];
  fixture.table.query = async (pk, prefix) => {
    asked.push(prefix ?? "");
    return query.call(fixture.table, pk, prefix);
  };
  const times = (prefix: string) => asked.splice(0).filter((one) => one === prefix).length;
  expect((await fixture.send(applyMessage(resources))).status).toBe("NO_CHANGE");
  expect(times("AUTHCONFIG#")).toBe(1);
  const data = { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" } };
  const copy = { ...applyMessage([]), type: "ringcx.copy.v1", data };
  expect((await fixture.send(copy)).status).toBe("SUCCEEDED");
  // Those of the source, those of the target.
  expect(times("AUTHCONFIG#")).toBeLessThanOrEqual(2);
});

test("whose turn it is costs no text of a message, and no text outlives its message", async () => {
  await start();
  Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: "ThrottlingException" });
  const waiting = Array.from({ length: 5 }, (_, index) => applyMessage([group, keyConfig(`Key${index}`, "good")]));
  await fixture.deliver(waiting);
  const { get, query } = fixture.table;
  let texts = 0;
  fixture.table.get = async (key) => {
    const item = await get.call(fixture.table, key);
    if (typeof item?.body === "string") texts += 1;
    return item;
  };
  fixture.table.query = async (...args) => {
    const items = await query.apply(fixture.table, args);
    texts += items.filter(({ body }) => typeof body === "string").length;
    return items;
  };
  await fixture.deliver([stranger()]);
  expect(texts).toBe(1);
  Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: undefined });
  fixture.skip(60_000);
  await fixture.work();
  expect(await fixture.open()).toEqual([]);
  expect(await query.call(fixture.table, "ACCOUNT#123456", "BODY#")).toEqual([]);
});

test("a message that an earlier release took in, its text beside the rest, is worked off", async () => {
  await start();
  const message = stranger();
  const head = { messageId: "m-old", messageGroupId: "123456", takenInAt: 0, notBefore: 0, workedAt: 0 };
  await fixture.table.put({ pk: "ACCOUNT#123456", sk: "OPEN#1", ...head, body: JSON.stringify(message) });
  await fixture.deliver([applyMessage([{ kind: "httpServiceGroup", groupName: "H" }])]);
  expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
  expect(await fixture.open()).toEqual([]);
});

test("an open message whose text is gone waits alone, loudly", async () => {
  await start();
  const head = { messageId: "m-old", messageGroupId: "123456", takenInAt: 0, notBefore: 0, workedAt: 0 };
  await fixture.table.put({ pk: "ACCOUNT#123456", sk: "OPEN#1", ...head });
  const message = stranger();
  await fixture.deliver([message]);
  expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
  expect(fixture.logged).toContainEqual(expect.stringContaining("message unreadable"));
});

test("whoever finds the account's lease held asks again in two seconds, and has it once its holder is done", async () => {
  await start();
  const dependencies = { table: fixture.table, clock: { now: fixture.now, sleep: async () => {} } };
  const invocation = { holder: "another", deadline: fixture.now() + 60_000 };
  const lease = await acquireLease(dependencies, accountLeaseKey("123456"), invocation);
  if ("heldForMs" in lease) throw new Error("the lease is held");
  const message = stranger();
  fixture.wakes();
  await fixture.deliver([message]);
  expect(outcomeOf(message)).toBeUndefined();
  expect(fixture.wakes().at(-1)).toEqual({ accountId: "123456", inMs: 2_000 });
  await lease.release();
  fixture.skip(2_000);
  await fixture.work();
  expect(outcomeOf(message)).toMatchObject({ status: "SUCCEEDED" });
  // It was released at once, not when it would have run out.
  expect("heldForMs" in (await acquireLease(dependencies, accountLeaseKey("123456"), invocation))).toBe(false);
});

test.each([
  ["a dry run", (resource: object) => applyMessage([resource], { data: { dryRun: true } })],
  [
    "a copy",
    () => ({
      ...applyMessage([]),
      type: "ringcx.copy.v1",
      data: { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" } },
    }),
  ],
] as const)("what %s has read of RingCX is not what the next message works on", async (_what, reader) => {
  await start();
  const resource = serviceAt("good.example", "A", { isDebug: true });
  await fixture.send(applyMessage([group, resource]));
  await fixture.send(reader(resource));
  const { accountId, groups } = fixture.simulator.state();
  const made = groups.find(({ groupName }) => groupName === "G");
  const [{ serviceId = 0 } = {}] = made?.services ?? [];
  fixture.simulator.editService(
    { accountId, serviceGroupId: made?.serviceGroupId ?? 0, serviceId },
    { isDebug: false },
  );
  expect(await fixture.send(applyMessage([resource]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UPDATED", changes: [expect.stringContaining("isDebug")] }],
  });
});

describe("an earlier message does not find what a later one has made", () => {
  const [limited, plenty] = [30, 10_000];
  const renamed = () => applyMessage([{ ...group, groupName: "H", previousName: "G" }]);
  const inG = () => applyMessage([serviceAt("good.example", "Late")]);
  const inGAnew = () => applyMessage([group, serviceAt("good.example", "S0")]);

  test("while it looks again whether its group is there", async () => {
    await start(plenty);
    const messages = [applyMessage([group, ...named(1)]), renamed(), inG(), inGAnew()] as const;
    await fixture.deliver(messages);
    for (let turn = 0; turn < 20 && (await fixture.open()).length > 0; turn += 1) {
      fixture.skip(5_000);
      await fixture.work();
    }
    expect(messages.map((message) => outcomeOf(message)?.status)).toEqual([
      "SUCCEEDED",
      "SUCCEEDED",
      "REJECTED",
      "SUCCEEDED",
    ]);
    const ended = fixture.outcomes.map(({ cause }) => cause.id);
    expect(ended).toEqual(messages.map(({ id }) => id));
  });

  test("while the quota has no place for it", async () => {
    await start(limited);
    const large = applyMessage(named(12).map((one) => ({ ...one, groupName: "G" })));
    await fixture.deliver([large, inGAnew()]);
    for (let turn = 0; turn < 40 && (await fixture.open()).length > 0; turn += 1) {
      fixture.skip(5_000);
      await fixture.work();
    }
    expect(fixture.outcomes.map(({ status }) => status)).toEqual(["REJECTED", "SUCCEEDED"]);
  });

  test("but nobody waits for one whose secret is closed", async () => {
    await start(plenty);
    await fixture.send(applyMessage([group, keyConfig("Key", "good")]));
    Object.assign(fixture.secrets.get("good") ?? {}, { describeFails: "ThrottlingException" });
    const closed = applyMessage([keyConfig("Other", "good"), serviceAt("good.example", "A", { authConfig: "Other" })]);
    expect(await fixture.deliver([closed, inGAnew()])).toEqual([JSON.stringify(closed)]);
  });
});
