import { describe, expect, test } from "vitest";
import * as client from "../../package/client.ts";
import { startRingCxSimulator } from "../../package/simulator.ts";

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

test("the simulator refuses options that it does not know", async () => {
  const start = (options: object) => startRingCxSimulator(options);
  await expect(start({ foo: 1 })).rejects.toThrow(/startRingCxSimulator is wrong:\n {2}foo: is not a known field/);
  await expect(start({ port: "80", limit: 0 })).rejects.toThrow(/port: expected a number[\s\S]*limit: /);
});
