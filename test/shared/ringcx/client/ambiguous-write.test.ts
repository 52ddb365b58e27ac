import { createServer } from "node:http";
import { expect, test } from "vitest";
import { AmbiguousWriteError } from "../../../../shared/ringcx/resources/errors.ts";
import { testClient } from "../../../support/client-fakes.ts";
import {
  type Answer,
  closedPort,
  cut,
  cutInTheBody,
  scriptedServer,
  silence,
} from "../../../support/scripted-server.ts";

const group = { serviceGroupId: 7, groupName: "CRM enrichment" };

test.each<[string, Answer]>([
  ["a cut connection", cut],
  ["a cut answer", cutInTheBody],
  ["no answer in time", silence],
  ["500", { status: 500 }],
  ["503", { status: 503, headers: { "retry-after": "1" } }],
  ["an answer that cannot be read", { status: 200, body: "<html>" }],
  ["an answer of another shape", { status: 200, body: { serviceGroupId: "seven" } }],
])("a POST that meets %s is not repeated: it may have happened", async (_, answer) => {
  await using server = await scriptedServer(answer);
  const { account } = testClient(server.url, { timeoutMs: 500 });
  await expect(account().groups.create({ groupName: "CRM enrichment" })).rejects.toThrow(AmbiguousWriteError);
  expect(server.received).toHaveLength(1);
});

test("the error says what to look for", async () => {
  await using server = await scriptedServer(cut);
  await expect(testClient(server.url).account().services.clone(7, 8, "Copy")).rejects.toMatchObject({
    code: "RINGCX_WRITE_AMBIGUOUS",
    operation: "services.clone",
    ids: { accountId: "123456", serviceGroupId: 7, serviceId: 8 },
    advice: expect.stringContaining("read back"),
  });
});

test("a POST whose connection was refused never happened, and is repeated", async () => {
  // The first attempt meets a closed port; while the client waits, the server opens it.
  const port = await closedPort();
  let creations = 0;
  const server = createServer((_, response) => {
    creations += 1;
    response.end(JSON.stringify(group));
  });
  const { account, clock, requests } = testClient(`http://127.0.0.1:${port}`, {
    clock: {
      now: () => clock.now(),
      sleep: () => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve)),
    },
  });
  try {
    expect(await account().groups.create({ groupName: "CRM enrichment" })).toMatchObject(group);
    expect(requests.map(({ result }) => result)).toEqual(["ECONNREFUSED", 200]);
    expect(creations).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
