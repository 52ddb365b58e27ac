import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventClaimKey } from "../../../shared/records/event-claim.ts";
import { canarySecret, keyConfig, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ simulator: { limit: 10_000 }, allowedHosts: ["good.example"] });
  fixture.secrets.set("good", canarySecret("good", "good.example"));
});
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };
const first = (more: object = {}) => applyMessage([group, serviceAt("good.example", "A", more)]);
/** Another body under the same source and id. */
const reused = (message: ReturnType<typeof first>) => ({
  ...message,
  data: { ...message.data, resources: [group, serviceAt("good.example", "B")] },
});
const names = () =>
  fixture.simulator
    .state()
    .groups.flatMap(({ services }) => services)
    .map(({ serviceDescription }) => serviceDescription);
const statuses = () => fixture.outcomes.map(({ status, cause }) => [cause.id, status]);
/** Keeps a message open: its secret cannot be read. */
const hold = (describeFails: string | undefined) => Object.assign(fixture.secrets.get("good") ?? {}, { describeFails });
const held = () =>
  applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "A", { authConfig: "Key" })]);
const goOn = async () => {
  hold(undefined);
  fixture.skip(60_000);
  await fixture.work();
};

describe("another event under an id that is taken", () => {
  test("is refused with its reason, kept aside, and told under an id of its own", async () => {
    const message = first();
    await fixture.deliver([message]);
    const other = reused(message);
    await fixture.deliver([other]);
    expect(statuses()).toEqual([
      [message.id, "SUCCEEDED"],
      [`${message.id}#m-3`, "REJECTED"],
    ]);
    expect(fixture.outcomes[1]).toMatchObject({
      problems: [
        { path: "id", message: expect.stringContaining("another content"), hint: expect.stringMatching(/id/) },
      ],
      details: { code: "EVENT_ID_REUSED", eventId: message.id },
    });
    expect(fixture.deadLetters).toMatchObject([{ body: JSON.stringify(other) }]);
    expect(names()).toEqual(["A"]);
  });

  test("neither replaces nor hinders the first while that is open", async () => {
    hold("ThrottlingException");
    const message = held();
    await fixture.deliver([message, reused(message)]);
    expect(statuses()).toEqual([[`${message.id}#m-2`, "REJECTED"]]);
    await goOn();
    expect(statuses()[1]).toEqual([message.id, "SUCCEEDED"]);
    expect(names()).toEqual(["A"]);
  });

  test.each([
    ["is no valid message", (message: object) => ({ ...message, data: { accountId: "123456", resources: [{}] } })],
    ["is about an account that nobody has", (message: object) => ({ ...message, data: { accountId: "9" } })],
    ["comes from the future", (message: object) => ({ ...message, time: "2099-01-01T00:00:00Z" })],
  ])("that %s does not replace the first one's outcome either", async (_what, make) => {
    hold("ThrottlingException");
    const message = held();
    await fixture.deliver([message, make(message)]);
    await goOn();
    expect(statuses()).toEqual([
      [`${message.id}#m-2`, "REJECTED"],
      [message.id, "SUCCEEDED"],
    ]);
  });

  test("has its refusal told once more, and no other one, when that could not be published", async () => {
    const message = first();
    await fixture.deliver([message]);
    const { publish } = fixture.outcomeTopic;
    fixture.outcomeTopic.publish = async () => {
      throw Object.assign(new Error("no"), { name: "InternalErrorException", $fault: "server" });
    };
    const body = JSON.stringify(reused(message));
    expect(await fixture.redeliver("again", body)).toEqual(["again"]);
    fixture.outcomeTopic.publish = publish;
    expect(await fixture.redeliver("again", body)).toEqual([]);
    expect(statuses()[1]).toEqual([`${message.id}#again`, "REJECTED"]);
  });

  test("may have it once the outcome of the first is forgotten", async () => {
    const message = first();
    await fixture.deliver([message]);
    fixture.skip(50 * 86_400_000);
    await fixture.deliver([reused(message)]);
    expect(statuses().at(-1)).toEqual([message.id, "SUCCEEDED"]);
    expect(names()).toEqual(["A", "B"]);
  });

  test("is one, whichever of the two came first where both came at once", async () => {
    const message = first();
    await fixture.deliverGroups([
      ["one", message],
      ["two", reused(message)],
    ]);
    expect(
      statuses()
        .map(([, status]) => status)
        .sort(),
    ).toEqual(["REJECTED", "SUCCEEDED"]);
    expect(names()).toHaveLength(1);
  });
});

describe("the same event sent again", () => {
  test("while it is open is a duplicate: it is carried out once, and told once", async () => {
    hold("ThrottlingException");
    const message = held();
    // Its fields in another order are the same content.
    const { data, ...envelope } = message;
    await fixture.deliver([message, { data, ...envelope }]);
    expect(await fixture.open()).toEqual(["m-1"]);
    await goOn();
    expect(statuses()).toEqual([[message.id, "SUCCEEDED"]]);
  });

  test("after it was rejected runs again, as does one that was moved back from the reject queue", async () => {
    const { tags = {} } = fixture.secrets.get("good") ?? {};
    Object.assign(fixture.secrets.get("good") ?? {}, { tags: {} });
    const message = held();
    await fixture.deliver([message]);
    Object.assign(fixture.secrets.get("good") ?? {}, { tags });
    fixture.skip(61_000);
    await fixture.deliver([fixture.deadLetters[0]?.body ?? ""]);
    expect(statuses()).toEqual([
      [message.id, "REJECTED"],
      [message.id, "SUCCEEDED"],
    ]);
  });

  test("after it ended makes what it says so again", async () => {
    const message = first();
    await fixture.deliver([message]);
    await fixture.deliver([first({ isDebug: true })]);
    const [, changed] = fixture.simulator.state().groups.flatMap(({ services }) => services);
    expect(changed).toBeUndefined();
    await fixture.deliver([message]);
    expect(statuses().at(-1)).toEqual([message.id, "SUPERSEDED"]);
  });

  test("waits until the outcome of the first is told, so that neither takes the other's place", async () => {
    const { tags = {} } = fixture.secrets.get("good") ?? {};
    Object.assign(fixture.secrets.get("good") ?? {}, { tags: {} });
    const { publish } = fixture.outcomeTopic;
    fixture.outcomeTopic.publish = async () => {
      throw Object.assign(new Error("no"), { name: "InternalErrorException", $fault: "server" });
    };
    const message = held();
    await fixture.deliver([message]);
    Object.assign(fixture.secrets.get("good") ?? {}, { tags });
    // Sent after the rejection, not a copy from before.
    fixture.skip(1);
    await fixture.deliver([message]);
    expect(await fixture.open()).toHaveLength(2);
    fixture.outcomeTopic.publish = publish;
    fixture.skip(61_000);
    await fixture.work();
    expect(statuses()).toEqual([
      [message.id, "REJECTED"],
      [message.id, "SUCCEEDED"],
    ]);
  });

  test("under another id is another event", async () => {
    const message = first();
    await fixture.deliver([message]);
    await fixture.deliver([{ ...message, id: `${message.id}-again` }]);
    expect(statuses()).toEqual([
      [message.id, "SUCCEEDED"],
      [`${message.id}-again`, "NO_CHANGE"],
    ]);
  });
});

describe("a process that dies", () => {
  test.each(["claim", "open message"])("behind its %s goes on with the same SQS message", async (what) => {
    const message = first();
    const put = fixture.table.put.bind(fixture.table);
    fixture.table.put = async (item, expected) => {
      const isHere = what === "claim" ? item.pk.startsWith("EVENT#") : item.sk.startsWith("OPEN#");
      const written = await put(item, expected);
      if (isHere) throw new Error("the process is gone");
      return written;
    };
    const body = JSON.stringify(message);
    expect(await fixture.redeliver("the-message", body)).toEqual(
      what === "claim" ? ["the-message"] : ["the-message", "the-message"],
    );
    fixture.table.put = put;
    expect(await fixture.redeliver("the-message", body)).toEqual([]);
    expect(statuses()).toEqual([[message.id, "SUCCEEDED"]]);
  });

  test("for good behind its claim leaves the event to whoever sends it again", async () => {
    const message = first();
    const put = fixture.table.put.bind(fixture.table);
    fixture.table.put = async (item, expected) => {
      if (item.sk.startsWith("OPEN#")) throw new Error("the process is gone");
      return put(item, expected);
    };
    expect(await fixture.deliver([message])).toHaveLength(1);
    fixture.table.put = put;
    await fixture.deliver([message]);
    expect(statuses()).toEqual([[message.id, "SUCCEEDED"]]);
  });
});

test("a claim that cannot be read is made anew, and holds up nobody", async () => {
  const message = first();
  await fixture.table.put({ ...eventClaimKey(message.source, message.id), content: 7 });
  await fixture.deliver([message]);
  expect(statuses()).toEqual([[message.id, "SUCCEEDED"]]);
  expect(fixture.logged).toContainEqual(expect.stringContaining("unreadable"));
});
