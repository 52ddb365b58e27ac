import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startCrmEndpoint } from "../../../infra/local/demo/crm-endpoint.ts";
import { startGateway } from "../../../infra/local/gateway/gateway.ts";
import { type LoopbackServer, startLoopbackServer } from "../../../infra/local/loopback-server.ts";
import { startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { rawStatus } from "./raw-request.ts";

// An error that nobody catches fails the run of this file: that is what each test shows beside what it expects.

let running: Pick<LoopbackServer, "stop">[] = [];
afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
});

const targets = ["//", "/\\", "///", "//[", "//a:99999", "/%", "*", "http://", "http://[", "http://a:99999/"];

const servers: Record<string, () => Promise<LoopbackServer>> = {
  "the demonstration's CRM": startCrmEndpoint,
  "the RingCX simulator": startRingCxSimulator,
  "the gateway": async () => {
    const { endpoint, close } = await startGateway({ services: new Map(), authorize: () => {} });
    return { url: endpoint, stop: close };
  },
};

test.each(Object.entries(servers))("%s answers whatever a request names, and goes on", async (_, start) => {
  const server = await start();
  running.push(server);
  for (const target of targets) {
    const status = await rawStatus(server.url, target);
    expect(status, target).toBeGreaterThanOrEqual(400);
    expect(status, target).toBeLessThan(500);
  }
  // A client that goes away in the middle of its body.
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", () => socket.destroy());
  await delay(50);
  expect(await rawStatus(server.url, "/")).toBeGreaterThanOrEqual(400);
});

test.each<[string, () => unknown]>([
  ["throws", () => JSON.parse("{")],
  ["rejects", () => Promise.reject(new Error("no"))],
  ["rejects later", () => delay(1).then(() => Promise.reject("no error"))],
])("a listener that %s is answered with 500, and the server goes on", async (_, fail) => {
  const server = await startLoopbackServer(fail);
  running.push(server);
  expect(await rawStatus(server.url, "/")).toBe(500);
  expect(await rawStatus(server.url, "/")).toBe(500);
});

test("a listener that throws after it began to answer cuts the connection", async () => {
  const server = await startLoopbackServer((_, response) => {
    response.writeHead(200, { "content-length": 5 }).write("a");
    throw new Error("no");
  });
  running.push(server);
  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
});
