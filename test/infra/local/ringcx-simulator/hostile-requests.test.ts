import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../../support/runs.ts";
import { rawStatus } from "../raw-request.ts";
import { aService, converse } from "./conversation.ts";

test.each([
  ["//", 404],
  ["/\\", 404],
  ["///", 404],
  ["//[", 404],
  ["//@", 404],
  ["//_simulator/state", 404],
  ["/%", 404],
  ["*", 404],
  ["http://ringcx/_simulator/state", 200],
  ["http://", 400],
  ["http://[", 400],
  ["http://a:99999/", 400],
])("the target %s is answered with %d", async (target, status) => {
  const { simulator } = await converse();
  expect(await rawStatus(simulator.url, target)).toBe(status);
});

const doors = [
  ["POST", "faults"],
  ["POST", "expire-tokens"],
  ["PUT", "permissions"],
  ["POST", "calls"],
  ["POST", "edits"],
] as const;

test.each(doors)("%s %s refuses a body that is nested too deep", async (method, door) => {
  const { send } = await converse();
  for (const body of [
    `${"[".repeat(500_000)}${"]".repeat(500_000)}`,
    `${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}`,
    `{"kind":"drop","x":${"[".repeat(8_000)}${"]".repeat(8_000)}}`,
  ]) {
    expect(await send(method, `/_simulator/${door}`, { body })).toMatchObject({
      status: 400,
      body: { generalMessage: expect.stringMatching(/^body: is nested \d+ deep, and may be nested 1000 deep$/) },
    });
  }
});

test("the voice API refuses a body that is nested too deep", async () => {
  const { v1 } = await converse();
  const deep = `{"groupName":"g","x":${"[".repeat(1_000)}${"]".repeat(1_000)}}`;
  expect((await v1("POST", "/httpServiceGroups", deep)).status).toBe(400);
});

test("whatever a control door is sent, it does not fail", async () => {
  const conversation = await converse();
  const { send, simulator } = conversation;
  const path = await aService(conversation, {
    httpServiceConfig: '{"url":"http://127.0.0.1:1/"}',
    isEnabled: true,
    serviceType: "HTTP",
  });
  const [serviceGroupId, serviceId] = path.match(/\d+/g)?.map(Number) ?? [];
  const address = { accountId: simulator.accountId, serviceGroupId, serviceId };
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom({ toString: 1 }, "__proto__", "constructor", "a\r\nb", -1));
  const field = fc.constantFrom("kind", "times", "match", "serviceType", "httpServiceConfig", "httpPassword", "inputs");
  const inConfig = fc.constantFrom("url", "method", "headers");
  await fc.assert(
    fc.asyncProperty(anything, field, inConfig, async (value, name, configName) => {
      const httpServiceConfig = JSON.stringify({ url: "http://127.0.0.1:1/", [configName]: value });
      const bodies: unknown[] = [
        value,
        [value],
        { kind: "status", status: 500, [name]: value },
        { ...address, changes: { [name]: value } },
        { ...address, changes: { httpServiceConfig } },
        { ...address, inputs: { a: value } },
      ];
      for (const [method, door] of doors) {
        for (const body of bodies) {
          const { status } = await send(method, `/_simulator/${door}`, { body: JSON.stringify(body) });
          // 502: nobody listens at the endpoint that is called.
          if (status !== 502) expect(status, `${door} ${JSON.stringify(body)}`).toBeLessThan(500);
        }
      }
      simulator.faults.clear();
    }),
    { numRuns: runs(25) },
  );
});
