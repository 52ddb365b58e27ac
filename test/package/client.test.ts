import { describe, expect, test } from "vitest";
import * as client from "../../package/client.ts";
import { startRingCxSimulator } from "../../package/simulator.ts";
import { testClock } from "../support/client-fakes.ts";

const login = { clientId: "id", clientSecret: "the-secret", jwt: "the-jwt" };
const complaint = (options: unknown): string => {
  try {
    client.createRingCxClient(options as client.RingCxClientOptions);
    return "accepted";
  } catch (error) {
    return error instanceof Error && error.name === "Error" ? error.message : `RAW ${String(error)}`;
  }
};

describe("options are checked before anything is sent", () => {
  test.each<[unknown, RegExp]>([
    [{ login }, /^accepted$/],
    [{ login, platformUrl: "http://127.0.0.1:8080" }, /^accepted$/],
    [{ login, platformUrl: "http://platform.example.com" }, /platformUrl: expected a URL of a host alone/],
    [{ login, platformUrl: "https://platform.example.com/some/path" }, /platformUrl: expected a URL of a host alone/],
    [{ login, ringcxUrl: "x" }, /ringcxUrl: expected a URL/],
    [undefined, /options: .*expected an object/],
    [{}, /login: is missing/],
    [{ login: {} }, /login\.clientId: is missing[\s\S]*login\.jwt: is missing/],
    [{ ...login }, /clientId: is not a known field \(known fields: login, /],
    [{ login, foo: 1 }, /foo: is not a known field/],
    [{ login, quota: { limits: 5 } }, /quota\.limits: is not a known field \(did you mean limit\?\)/],
    [{ login, table: {} }, /table: expected a table/],
    [{ login, clock: 5, random: 5 }, /clock: expected a clock[\s\S]*random: expected a function/],
    [{ login, longestWaitMs: -1 }, /longestWaitMs: /],
    [{ login, name: "Main" }, /name: expected at most 31 lower-case/],
  ])("%j", (options, message) => {
    expect(complaint(options)).toMatch(message);
    expect(complaint(options)).not.toContain("the-secret");
  });
});

test("what its calls throw can be told apart by whoever calls", async () => {
  const simulator = await startRingCxSimulator();
  const urls = { ringcxUrl: simulator.url, platformUrl: simulator.platformUrl };
  const ringcx = client.createRingCxClient({ login, ...urls });
  const asked = ringcx.account(simulator.accountId, { priority: "bulk" }).groups.list();
  await expect(asked).rejects.toBeInstanceOf(client.LoginError);
  await simulator.stop();
  expect(client.AmbiguousWriteError.prototype).toBeInstanceOf(client.RingCxError);
  expect(client.RingCxError.prototype).toBeInstanceOf(client.AutomationError);
});

describe("a script waits for its turn", () => {
  /** A 429 that asks for eight seconds, or a quota that others have used up. */
  async function begin(options: Partial<client.RingCxClientOptions> = {}) {
    const simulator = await startRingCxSimulator();
    const { url: ringcxUrl, platformUrl, clientId, clientSecret, jwt } = simulator;
    const clock = testClock(Date.now());
    const urls = { ringcxUrl, platformUrl };
    const ringcx = client.createRingCxClient({ login: { clientId, clientSecret, jwt }, ...urls, clock, ...options });
    const list = (more: { deadline?: number } = {}) =>
      ringcx.account(simulator.accountId, { priority: "bulk", ...more }).groups.list();
    const refuse = () => simulator.faults.add({ ...refusal, times: 1, match: { path: "/voice/*" } });
    return { simulator, clock, list, refuse };
  }
  const refusal = { kind: "status", status: 429, retryAfterSeconds: 8 } as const;

  test("a 429 is waited out, also by a call that is not urgent", async () => {
    const { simulator, clock, list, refuse } = await begin();
    refuse();
    expect(await list()).toEqual(expect.any(Array));
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(8_000);
    await simulator.stop();
  });

  test("so is a quota that is used up", async () => {
    const { simulator, clock, list } = await begin({ quota: { limit: 6 } });
    const began = clock.now();
    for (let call = 0; call < 14; call += 1) await list();
    expect(clock.now() - began).toBeGreaterThan(120_000);
    await simulator.stop();
  });

  test.each<[string, Partial<client.RingCxClientOptions>, { forMs?: number }]>([
    ["its longest wait is shorter", { longestWaitMs: 7_000 }, {}],
    ["it waits for nothing", { longestWaitMs: 0 }, {}],
    ["its own deadline is sooner", {}, { forMs: 5_000 }],
  ])("not where %s: then it says when, and what became of the request", async (_when, options, { forMs }) => {
    const { simulator, clock, list, refuse } = await begin(options);
    refuse();
    const failure = await list(forMs === undefined ? {} : { deadline: clock.now() + forMs }).catch((error) => error);
    expect(failure).toBeInstanceOf(client.QuotaDeferredError);
    expect(failure.retryAfterMs).toBeGreaterThan(7_000);
    expect(failure.message).toMatch(/Try again in 8 s; what was sent was refused, and not done\.$/);
    await simulator.stop();
  });
});

test("the simulator refuses options that it does not know", async () => {
  const start = (options: object) => startRingCxSimulator(options);
  await expect(start({ foo: 1 })).rejects.toThrow(/startRingCxSimulator is wrong:\n {2}foo: is not a known field/);
  await expect(start({ port: "80", limit: 0 })).rejects.toThrow(/port: expected a number[\s\S]*limit: /);
});
