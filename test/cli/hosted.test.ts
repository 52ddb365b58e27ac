import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { interruptSoon } from "./cli.ts";
import { type HostedSystem, startHostedSystem } from "./hosted-system.ts";

// Every command against the whole stack on this machine, under its own roles. Each test has services of its own.
const accountId = "123456";
const options = { timeout: 60_000 };
let system: HostedSystem;

beforeAll(async () => {
  system = await startHostedSystem({ accounts: [accountId, "223456"] });
});

afterAll(async () => {
  await system?.stop();
});

/** Manifests of a group with a service, in YAML as a person writes it. */
function manifests(group: string, service: string, more = ""): string {
  return `accountId: "${accountId}"
resources:
  - kind: httpServiceGroup
    groupName: ${group}
  - kind: httpService
    groupName: ${group}
    serviceDescription: ${service}
    serviceType: HTTP_GET
    httpServiceConfig:
      url: http://${system.address}/health
    isEnabled: true
    validation:
      method: GET
      expect: { status: 200 }
${more}`;
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(system.directory, name), text);
  return name;
}

test("plan shows the difference, apply makes it, and then there is none", options, async () => {
  const name = await file("first.yaml", manifests("First", "Lookup"));
  const plan = await system.ops(["plan", name]);
  expect(plan).toMatchObject({ code: 2 });
  expect(plan.out).toMatch(
    /\+ httpServiceGroup First\n[\s\S]*\+ httpService First\/Lookup\n[\s\S]*Plan: 2 to create, 0 to change/,
  );

  const apply = await system.ops(["apply", name]);
  expect(apply.out).toMatch(/^SUCCEEDED: 2 created[\s\S]*CREATED {3}httpService First\/Lookup/);
  expect(apply.code).toBe(0);

  const again = await system.ops(["plan", name]);
  expect(again.out).toContain("Plan: 0 to create, 0 to change, 0 to delete, 2 unchanged.");
  expect(again.code).toBe(0);
});

test("status tells what there is, why tells why; both as JSON too", options, async () => {
  await system.ops(["apply", await file("told.yaml", manifests("Told", "Lookup"))]);
  const status = await system.ops(["status", "--account", accountId]);
  expect(status.code).toBe(0);
  expect(status.out).toMatch(/^local, [\s\S]*Account 123456: \d+ services?, \d+ active[\s\S]*Last outcomes/);
  const json = JSON.parse((await system.ops(["status", "--json"])).out);
  expect(json.accounts[0].services).toContainEqual(
    expect.objectContaining({ name: { accountId, groupName: "Told", serviceDescription: "Lookup" }, state: "active" }),
  );
  const why = await system.ops(["why", "told/lookup"]);
  expect(why.out).toMatch(/^123456\/Told\/Lookup is active, since [\s\S]*endpoint http:[\s\S]*SUCCEEDED/);
});

test("a message that is wrong is told with its line, and nothing is sent", options, async () => {
  const name = await file("wrong.yaml", manifests("Wrong", "Lookup", "    isDebugg: true\n"));
  const sent = await system.ops(["apply", name]);
  expect(sent.code).toBe(64);
  expect(sent.err).toMatch(
    /wrong\.yaml:15:5: resources\[1\]\.isDebugg: is not a known field \(did you mean isDebug\?\)/,
  );
  expect(sent.out).toBe("");
});

test("Ctrl-C while waiting says what was sent and that it goes on", options, async () => {
  const interrupt = new AbortController();
  const clock = {
    now: Date.now,
    sleep: async (_ms: number, signal?: AbortSignal) => {
      interruptSoon(interrupt);
      signal?.throwIfAborted();
    },
  };
  const name = await file("late.yaml", manifests("Late", "Lookup"));
  const { code, err } = await system.ops(["apply", name], { clock, interrupt });
  expect(code).toBe(130);
  expect(err).toMatch(/Interrupted: 1 message was sent whole and goes on/);
});

test("what is not there is told in a sentence: a file, a service, an account, a command", options, async () => {
  expect(await system.ops(["apply", "none.yaml"])).toMatchObject({ code: 64, err: /no such file/ });
});
