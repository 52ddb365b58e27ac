import { afterEach, beforeEach, expect, test } from "vitest";
import { canarySecret, keyConfig, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
const settings = { senders: [] as { senderId: string; accountIds: string[] }[] };
beforeEach(async () => {
  settings.senders = [];
  fixture = await startFixture({
    simulator: { limit: 10_000, accounts: ["123456", "654321"] },
    allowedHosts: ["good.example"],
    settings,
  });
  fixture.secrets.set("good", canarySecret("good", "good.example"));
});
afterEach(() => fixture.stop());

type Message = ReturnType<typeof applyMessage>;
const group = { kind: "httpServiceGroup", groupName: "G" };
const message = (more: object = {}): Message => ({
  ...applyMessage([group, keyConfig("Key", "good"), serviceAt("good.example", "A", { authConfig: "Key" })]),
  ...more,
});
const statuses = () => fixture.outcomes.map(({ status, cause }) => [cause.id, status]);
const connect = (...accountIds: string[]) => {
  const [connection] = fixture.connections;
  if (connection) fixture.connections[0] = { ...connection, accountIds };
};
/** A minute beyond how far a sender's clock may be ahead. */
const ahead = () => ({ time: new Date(fixture.now() + 6 * 60_000).toISOString() });
const permit = (isPermitted: boolean) => {
  const secret = fixture.secrets.get("good");
  if (secret) secret.tags = isPermitted ? canarySecret("good", "good.example").tags : {};
};

interface Case {
  what: string;
  make(): Message;
  spoil(): void;
  mend(): void;
}
const account: Case = {
  what: "whose account has no connection",
  make: () => message(),
  spoil: () => connect("654321"),
  mend: () => connect("123456", "654321"),
};
const time: Case = {
  what: "that comes from the future",
  make: () => message(ahead()),
  spoil: () => {},
  mend: () => fixture.skip(5 * 60_000),
};
const secret: Case = {
  what: "whose secret may not be used",
  make: () => message(),
  spoil: () => permit(false),
  mend: () => permit(true),
};

test.each([account, time, secret])(
  "$what, and mended before its copy comes: the copy has the answer of the first",
  async (one) => {
    one.spoil();
    const sent = one.make();
    const sentAt = fixture.now();
    await fixture.deliver([sent]);
    fixture.skip(1_000);
    // One that would be rejected as well is neither told nor kept a second time.
    await fixture.deliver([sent], { sentAt });
    one.mend();
    expect(await fixture.deliver([sent], { sentAt })).toEqual([]);
    expect(statuses()).toEqual([[sent.id, "REJECTED"]]);
    expect(fixture.deadLetters).toHaveLength(1);
    expect(fixture.operations()).toEqual([]);
    // Moved back it is another message, sent later.
    await fixture.deliver([fixture.deadLetters[0]?.body ?? ""]);
    expect(statuses().slice(1)).toEqual([[sent.id, "SUCCEEDED"]]);
  },
);

test("the copy of one whose rejection waits to be told does not go before it", async () => {
  const { publish } = fixture.outcomeTopic;
  fixture.outcomeTopic.publish = () =>
    Promise.reject(Object.assign(new Error("no"), { name: "InternalErrorException", $fault: "server" }));
  secret.spoil();
  const sent = secret.make();
  const sentAt = fixture.now();
  await fixture.deliver([sent]);
  secret.mend();
  await fixture.deliver([sent], { sentAt });
  fixture.outcomeTopic.publish = publish;
  fixture.skip(61_000);
  await fixture.work();
  expect(statuses()).toEqual([[sent.id, "REJECTED"]]);
});

test.each([account, time])("$what leaves its id to another content", async (one) => {
  one.spoil();
  const { id } = one.make();
  await fixture.deliver([one.make()].map((sent) => ({ ...sent, id })));
  one.mend();
  await fixture.deliver([{ ...message(), id }]);
  expect(statuses()).toEqual([
    [id, "REJECTED"],
    [id, "SUCCEEDED"],
  ]);
});

test("what a stranger sends is noted nowhere: nobody speaks for those who may send it", async () => {
  settings.senders = [{ senderId: "allowed", accountIds: ["123456"] }];
  const sent = message();
  const sentAt = fixture.now();
  await fixture.deliver([sent], { senderId: "stranger" });
  expect(await fixture.table.query("EVENT#/test")).toEqual([]);
  await fixture.deliver([sent], { senderId: "allowed", sentAt });
  expect(statuses().at(-1)).toEqual([sent.id, "SUCCEEDED"]);
});

test("of what holds a credential not even a hash is kept", async () => {
  const sent = applyMessage([{ ...keyConfig("Key", "good"), apiKey: "hunter2-hunter2" }]);
  await fixture.deliver([sent]);
  expect(fixture.outcomes[0]?.status).toBe("REJECTED");
  expect(await fixture.table.query("EVENT#/test")).toEqual([]);
});

test("a process that dies behind its note leaves the message as it is when it comes again", async () => {
  const body = JSON.stringify(time.make());
  const put = fixture.table.put.bind(fixture.table);
  fixture.table.put = async (item, expected) => {
    const written = await put(item, expected);
    if (item.pk.startsWith("EVENT#")) throw new Error("the process is gone");
    return written;
  };
  expect(await fixture.redeliver("the-message", body)).toEqual(["the-message"]);
  fixture.table.put = put;
  time.mend();
  expect(await fixture.redeliver("the-message", body)).toEqual([]);
  expect(statuses()).toEqual([[JSON.parse(body).id, "SUCCEEDED"]]);
});
