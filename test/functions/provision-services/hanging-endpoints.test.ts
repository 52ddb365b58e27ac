import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Probe } from "../../../shared/probe/probe.ts";
import { IdleTime } from "../../support/idle-time.ts";
import { canarySecret, keyConfig, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

/** As long as an endpoint may take. */
const hangsMs = 5_000;

let time: IdleTime;
let fixture: Fixture;
/** What was asked of endpoints: host and path. */
let asked: string[];
/** When each message was told, in milliseconds after the beginning. */
let toldAt: Map<string, number>;

beforeEach(async () => {
  time = new IdleTime();
  asked = [];
  toldAt = new Map();
  const probe: Probe = {
    async check({ url }) {
      const { host, pathname } = new URL(url);
      asked.push(`${host}${pathname}`);
      if (!host.startsWith("hangs")) return { passed: true, ms: 1 };
      await time.take(hangsMs);
      return { passed: false, kind: "UNREACHABLE", because: `${host} did not answer`, isUnanswered: true };
    },
  };
  fixture = await startFixture({
    simulator: { limit: 10_000 },
    quota: { limit: 10_000, guardMs: 0 },
    allowedHosts: ["good.example", "*.example"],
    clock: time.clock,
    probe,
  });
  fixture.secrets.set("good", canarySecret("good", "hangs.example"));
  await fixture.send(applyMessage([group]));
  const { publish } = fixture.outcomeTopic;
  const startedAt = fixture.now();
  fixture.outcomeTopic.publish = (data) => {
    toldAt.set(data.cause.id, fixture.now() - startedAt);
    return publish(data);
  };
});
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };
const validation = { method: "GET", expect: { status: 200 } };
const validated = (host: string, name: string, more: object = {}) =>
  serviceAt(host, name, { isEnabled: true, validation, ...more });
const outcomeOf = ({ id }: { id: string }) => fixture.outcomes.find(({ cause }) => cause.id === id);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Works until all of these are told. */
async function play(messages: readonly { id: string }[]): Promise<void> {
  await fixture.deliver(messages);
  for (let wake = 0; wake < 40 && messages.some((message) => !outcomeOf(message)); wake += 1) {
    fixture.skip(fixture.wakes().at(-1)?.inMs ?? 0);
    await fixture.work();
  }
}

describe("an endpoint that hangs keeps its own message waiting and no other", () => {
  test.each<[what: string, hanging: () => { id: string }[]]>([
    ["five messages", () => range(5).map((n) => applyMessage([validated("hangs.example", `H${n}`)]))],
    ["twenty messages", () => range(20).map((n) => applyMessage([validated("hangs.example", `H${n}`)]))],
    [
      "forty, each with a host of its own",
      () => range(40).map((n) => applyMessage([validated(`hangs${n}.example`, `H${n}`)])),
    ],
    [
      "one message with fifty services",
      () => [applyMessage(range(50).map((n) => validated(`hangs${n % 5}.example`, `H${n}`)))],
    ],
    [
      "five messages with ten services each",
      () => range(5).map((m) => applyMessage(range(10).map((n) => validated("hangs.example", `H${m}-${n}`)))),
    ],
  ])("%s", async (_what, hanging) => {
    const strangers = hanging();
    const plain = applyMessage([serviceAt("good.example", "Plain")], { event: { source: "/b" } });
    const proven = applyMessage([validated("good.example", "Proven")], { event: { source: "/c" } });
    await play([...strangers, plain, proven]);
    expect(outcomeOf(plain)).toMatchObject({ status: "SUCCEEDED" });
    expect(outcomeOf(proven)).toMatchObject({ status: "SUCCEEDED" });
    expect(toldAt.get(plain.id)).toBeLessThan(15_000);
    expect(toldAt.get(proven.id)).toBeLessThan(15_000);
    for (const message of strangers) {
      const { status, resources = [] } = outcomeOf(message) ?? {};
      expect(status).toBe("PARTIAL");
      expect(new Set(resources.map(({ result }) => result))).toEqual(new Set(["CREATED"]));
      const problems = resources.flatMap((resource) => resource.problems ?? []);
      expect(problems.map((problem) => problem.message.replace(/\d+/, ""))).toEqual(
        resources.map(() => "hangs.example did not answer"),
      );
    }
  });

  test("also where a credential is proven at live services that hang", async () => {
    const placed = { ...validation, credential: { in: "HEADER", name: "x-key" } };
    const live = range(5).map((n) => validated("good.example", `L${n}`, { authConfig: "Key", validation: placed }));
    fixture.secrets.set("good", canarySecret("good", "good.example hangs.example"));
    fixture.secrets.set("next", canarySecret("next", "good.example hangs.example"));
    await fixture.send(applyMessage([keyConfig("Key", "good"), ...live]));
    const messages = range(4).map((n) =>
      applyMessage([
        keyConfig("Key", "next"),
        validated("good.example", `L${n}`, { validation: { ...placed, url: `https://hangs.example/${n}` } }),
      ]),
    );
    const plain = applyMessage([serviceAt("good.example", "Plain")], { event: { source: "/b" } });
    const startedAt = fixture.now();
    await play([...messages, plain]);
    expect(outcomeOf(plain)).toMatchObject({ status: "SUCCEEDED" });
    // The first of the four hangs; the others come after it, as they are about the same auth config.
    expect((toldAt.get(plain.id) ?? 0) - (toldAt.get(messages[0]?.id ?? "") ?? 0)).toBeLessThan(0);
    expect(fixture.now()).toBeGreaterThan(startedAt);
  });

  test("the order of messages for one resource stays", async () => {
    const first = applyMessage([validated("hangs.example", "A")]);
    const second = applyMessage([serviceAt("hangs.example", "A", { isDebug: true })], { event: { source: "/b" } });
    const third = applyMessage([serviceAt("good.example", "B")], { event: { source: "/c" } });
    await play([first, second, third]);
    expect([...toldAt.keys()]).toEqual([third.id, first.id, second.id]);
  });
});

test("what hangs is asked once, though its message has several turns, and nothing is read or written twice", async () => {
  const message = applyMessage(range(3).map((n) => validated(`hangs${n}.example`, `H${n}`)));
  fixture.operations();
  await play([message]);
  expect(asked).toEqual(range(3).map((n) => `hangs${n}.example/look-up`));
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren", ...Array(3).fill("createHttpService")]);
});

test("the same message, sent again, asks again", async () => {
  for (const message of range(2).map(() => applyMessage([validated("hangs.example", "A")]))) await play([message]);
  expect(asked).toHaveLength(2);
});

test("what is under way when the worker's time is over is given up, and asked anew by the next one", async () => {
  const message = applyMessage([validated("hangs.example", "A")]);
  await fixture.deliver([message], { forMs: 17_000 });
  expect([asked.length, outcomeOf(message)]).toEqual([1, undefined]);
  await play([]);
  fixture.skip(10_000);
  await fixture.work();
  expect([asked.length, outcomeOf(message)?.status]).toEqual([2, "PARTIAL"]);
});

test("a new service that is not validated is said to be left inactive with the reason alone", async () => {
  const message = applyMessage([validated("hangs.example", "A")]);
  await play([message]);
  const changes = outcomeOf(message)?.resources?.[0]?.changes ?? [];
  expect(changes.filter((line) => line.startsWith("left"))).toEqual([
    "left inactive: not validated (hangs.example did not answer)",
  ]);
});
