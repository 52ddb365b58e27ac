import { expect, test } from "vitest";
import {
  RingCxAnswerError,
  RingCxNotFoundError,
  RingCxUnavailableError,
} from "../../../../shared/ringcx/resources/errors.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { closedPort, cut, cutInTheBody, scriptedServer, silence } from "../../../support/scripted-server.ts";

const group = { serviceGroupId: 7, groupName: "CRM enrichment" };

test("a GET is repeated on 5xx and cut connections, each time with a new place in the quota", async () => {
  await using server = await scriptedServer({ status: 503 }, cut, cutInTheBody, { status: 200, body: group });
  const { account, quota, requests } = testClient(server.url);

  expect(await account().groups.get(7)).toMatchObject(group);

  expect(server.received).toHaveLength(4);
  expect(quota.claims).toEqual(["bulk", "bulk", "bulk", "bulk"]);
  expect(requests.map(({ attempt, result }) => [attempt, result])).toEqual([
    [1, 503],
    [2, "UND_ERR_SOCKET"],
    [3, "UND_ERR_SOCKET"],
    [4, 200],
  ]);
});

test.each([
  ["PUT", (account: ReturnType<ReturnType<typeof testClient>["account"]>) => account.services.setActive(7, 8, false)],
  [
    "PATCH",
    (account: ReturnType<ReturnType<typeof testClient>["account"]>) =>
      account.authConfigs.updateCustomAuth("60629848-0ddf-4757-8868-de5b76d54bb7", { providerName: "CRM" }),
  ],
])("a %s is repeated, because it says the same again", async (method, call) => {
  await using server = await scriptedServer(cut, {
    status: 200,
    body: method === "PUT" ? true : { authConfigId: "60629848-0ddf-4757-8868-de5b76d54bb7" },
  });
  await call(testClient(server.url).account());
  expect(server.received.map(({ method: sent }) => sent)).toEqual([method, method]);
});

test("the waits between repeats grow, with full jitter", async () => {
  await using server = await scriptedServer({ status: 500 });
  const { account, clock } = testClient(server.url, { random: () => 0.5 });
  await expect(account().groups.get(7)).rejects.toThrow(RingCxUnavailableError);
  expect(clock.slept).toEqual([125, 250, 500]);
});

test("before each repeat, and not before the first attempt, the caller is asked, and may end the call", async () => {
  await using server = await scriptedServer({ status: 500 });
  const { account } = testClient(server.url);
  let asked = 0;
  const beforeRepeat = async () => {
    asked += 1;
    if (asked === 2) throw new Error("no longer wanted");
  };
  await expect(account({ beforeRepeat }).services.setActive(7, 8, false)).rejects.toThrow("no longer wanted");
  expect(server.received).toHaveLength(2);
});

test("a server that says when it is back is not asked before", async () => {
  await using server = await scriptedServer(
    { status: 503, headers: { "retry-after": "5" } },
    { status: 200, body: group },
  );
  const { account, clock } = testClient(server.url);
  await account().groups.get(7);
  expect(clock.slept).toEqual([5000]);
});

test("when the repeats are used up, the error says what failed last and may be retried later", async () => {
  await using server = await scriptedServer({
    status: 502,
    body: { errorCode: "bad.gateway", generalMessage: "No upstream" },
  });
  const failure = testClient(server.url).account().groups.get(7);
  await expect(failure).rejects.toMatchObject({
    name: "RingCxUnavailableError",
    code: "RINGCX_UNAVAILABLE",
    retryable: true,
    status: 502,
    operation: "groups.get",
    ids: { accountId: "123456", serviceGroupId: 7 },
    details: { errorCode: "bad.gateway", generalMessage: "No upstream" },
  });
  expect(server.received).toHaveLength(4);
});

test("a repeated DELETE that finds nothing has done its work", async () => {
  await using server = await scriptedServer(cut, { status: 404 });
  await testClient(server.url).account().services.delete(7, 8);
  expect(server.received).toHaveLength(2);
});

test("a DELETE that finds nothing at once is an error", async () => {
  await using server = await scriptedServer({ status: 404 });
  await expect(testClient(server.url).account().services.delete(7, 8)).rejects.toThrow(RingCxNotFoundError);
});

test("an attempt without an answer ends with its time-out and is repeated", async () => {
  await using server = await scriptedServer(silence, { status: 200, body: group });
  // Long enough for the answer of a busy machine.
  const { account, requests } = testClient(server.url, { timeoutMs: 3_000 });
  await account().groups.get(7);
  expect(requests.map(({ result }) => result)).toEqual(["TIMEOUT", 200]);
});

test("no attempt begins after the deadline, and the wait for one that would is not begun", async () => {
  // What is left of the time is how long the network is waited for: seconds, which a busy machine needs.
  await using server = await scriptedServer({ status: 503, headers: { "retry-after": "8" } });
  const { account, clock } = testClient(server.url);
  await expect(account({ deadline: clock.now() + 15_000 }).groups.get(7)).rejects.toThrow(RingCxUnavailableError);
  expect(server.received).toHaveLength(2);
  expect(clock.slept).toEqual([8_000]); // the next wait, of eight seconds as well, would end too late
  await expect(account({ deadline: clock.now() }).groups.get(7)).rejects.toThrow("nothing was sent");
  expect(server.received).toHaveLength(2);
});

test("a redirect is not followed: the token would go to whoever it names", async () => {
  await using elsewhere = await scriptedServer({ status: 200, body: group });
  await using server = await scriptedServer({ status: 302, headers: { location: elsewhere.url } });
  await expect(testClient(server.url).account().groups.get(7)).rejects.toThrow(RingCxAnswerError);
  expect(elsewhere.received).toEqual([]);
});

test("a server that is not there is unavailable", async () => {
  const port = await closedPort();
  const { account, requests } = testClient(`http://127.0.0.1:${port}`);
  await expect(account().groups.get(7)).rejects.toThrow(RingCxUnavailableError);
  expect(requests.map(({ result }) => result)).toEqual(Array(4).fill("ECONNREFUSED"));
});
