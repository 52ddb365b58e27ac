import { expect, test, vi } from "vitest";
import { patienceMs } from "../../support/patience.ts";
import { interruptSoon, runLine } from "../cli.ts";
import { accountId, file, manifests, system } from "./system.ts";

// What is to be, what is off and why, and who holds it.

test("plan shows the difference, apply makes it, and then there is none", async () => {
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

test("status tells what there is, why tells why; both as JSON too", async () => {
  await system.ops(["apply", await file("told.yaml", manifests("Told", "Lookup", "    health: { mode: observe }\n"))]);
  const status = await system.ops(["status", "--account", accountId]);
  expect(status.code).toBe(0);
  expect(status.out).toMatch(/^local, [\s\S]*Account 123456: \d+ services?, \d+ active[\s\S]*Last outcomes/);
  const json = JSON.parse((await system.ops(["status", "--json"])).out);
  expect(json.accounts[0].services).toContainEqual(
    expect.objectContaining({ name: { accountId, groupName: "Told", serviceDescription: "Lookup" }, state: "active" }),
  );
  const why = await system.ops(["why", "told/lookup"]);
  expect(why.out).toMatch(/^123456\/Told\/Lookup is active, since [\s\S]*endpoint http:[\s\S]*SUCCEEDED/);
  expect(why.out).toContain("failover only observes it (health.mode)");
});

test("a command that is sent again is answered, and so is another one of its id", async () => {
  await system.ops(["apply", await file("again.yaml", manifests("Again", "Lookup"))]);
  const time = new Date().toISOString();
  const command = async (why: string) => {
    const data = { command: "release", accountId, groupName: "Again", serviceDescription: "Lookup", by: "ada", why };
    const event = { specversion: "1.0", id: "again-1", source: "/ops", type: "ringcx.command.v1", time, data };
    return system.ops(["send", await file("again.json", JSON.stringify(event)), "--wait", "--timeout", "20s"]);
  };
  const first = await command("done");
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^NO_CHANGE: Again\/Lookup/) });
  expect(await command("done")).toMatchObject({ code: 0, out: first.out });
  expect(await command("something else")).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^REJECTED: [\s\S]*another event of this source has this id already/),
  });
  // It changed nothing, and is told of the service all the same.
  expect((await system.ops(["why", "again/lookup"])).out).toMatch(/Last outcomes[\s\S]*NO_CHANGE/);
  await system.ops(["rejected", "drop", "all", "--commands"]);
});

test("a message that is wrong is told with its line, and nothing is sent", async () => {
  const name = await file("wrong.yaml", manifests("Wrong", "Lookup", "    isDebugg: true\n"));
  const sent = await system.ops(["apply", name]);
  expect(sent.code).toBe(64);
  expect(sent.err).toMatch(
    /wrong\.yaml:15:5: resources\[1\]\.isDebugg: is not a known field \(did you mean isDebug\?\)/,
  );
  expect(sent.out).toBe("");
});

test("Ctrl-C while waiting says what was sent and that it goes on", async () => {
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
  expect(err).toMatch(/Interrupted: 1 message was sent whole, and what was sent goes on/);
});

test("a service is kept inactive for a time, its reason told, and released", async () => {
  await system.ops(["apply", await file("held.yaml", manifests("Held", "Lookup"))]);
  const kept = await system.ops(["keep-inactive", "held/lookup", "--why", "CRM migration", "--for", "2h"]);
  expect(kept).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^SUCCEEDED: Held\/Lookup deactivated: .*CRM migration/),
  });
  // The record says so as soon as the outcome is published, a few milliseconds later.
  await vi.waitFor(async () => {
    const why = await system.ops(["why", "held/lookup"]);
    expect(why.out).toMatch(
      /is inactive[\s\S]*kept inactive by ada: CRM migration[\s\S]*to end it now: release 123456\/Held\/Lookup/,
    );
  }, patienceMs);
  const dry = await system.ops(["release", "held/lookup", "--dry-run"]);
  expect(dry.out).toMatch(
    /^PLANNED: Held\/Lookup is inactive now .*Nothing was done \(dryRun\): release .* would activate it/,
  );
  const released = await system.ops(["release", "held/lookup"]);
  expect(released.out).toMatch(/^SUCCEEDED: Held\/Lookup activated/);
});

test("an outage is seen, overridden and, once the endpoint works, over", async () => {
  const alarm = await system.createAlarm("outage-health");
  const more = `    health:\n      alarms: ["${alarm.arn}"]\n`;
  await system.ops(["apply", await file("outage.yaml", manifests("Outage", "Lookup", more))]);
  await alarm.set("ALARM");
  const why = await vi.waitFor(async () => {
    const { out } = await system.ops(["why", "outage/lookup"]);
    expect(out).toContain("is inactive");
    return out;
  }, patienceMs);
  expect(why).toMatch(
    /outage since[\s\S]*to end it now: override 123456\/Outage\/Lookup[\s\S]*ALARM outage-health since/,
  );
  const held = await system.ops(["override", "outage/lookup", "--why", "the alarm is wrong"]);
  expect(held.out).toMatch(/^SUCCEEDED: Outage\/Lookup activated/);
  // As above.
  await vi.waitFor(async () => {
    const status = await system.ops(["status", "--account", accountId]);
    expect(status.out).toMatch(/active {4}Outage\/Lookup[\s\S]*kept active despite outages by ada: the alarm is wrong/);
  }, patienceMs);
  await alarm.set("OK");
});

test("hands-off, deactivate and activate; a service that only RingCX knows, by its account and name", async () => {
  await system.ops(["apply", await file("hands.yaml", manifests("Hands", "Lookup"))]);
  const off = await system.ops(["hands-off", "hands/lookup", "--why", "I am at it", "--for", "1h"]);
  expect(off).toMatchObject({ code: 0 });
  await system.ops(["release", "hands/lookup"]);
  expect((await system.ops(["deactivate", "hands/lookup", "--why", "x"])).out).toMatch(/^SUCCEEDED: .*deactivated/);
  expect((await system.ops(["activate", "hands/lookup"])).out).toMatch(/^SUCCEEDED: .*activated/);
});

test("what is not there is told in a sentence, with what is near", async () => {
  await system.ops(["apply", await file("near.yaml", manifests("Near", "Lookup"))]);
  expect(await system.ops(["apply", "none.yaml"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/no such file/),
  });
  expect(await system.ops(["why", "Near/Lokup"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Did you mean "Near\/Lookup"/),
  });
  expect(await system.ops(["status", "--account", "123457"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Did you mean "123456"/),
  });
  expect(await system.ops(["keep-inactive", "near/lookup", "--why", "x"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/--for 2h/),
  });
  expect(await system.ops(["keep-inactive", "near/lookup", "--why", "x", "--for", "soon"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/"soon" is no duration/),
  });
  expect(await system.ops(["deactivate", "near/lookup"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/--why/),
  });
  expect(await system.ops(["stats"])).toMatchObject({ code: 64, err: expect.stringMatching(/did you mean `status`/) });
  expect(await runLine(["status", "--local", "none.json"], system)).toMatchObject({
    code: 4,
    err: expect.stringMatching(/npm start -- --stay/),
  });
  expect(await runLine(["why", "--local", "near/lookup"], system)).toMatchObject({
    code: 64,
    err: expect.stringMatching(/put --local at the end/),
  });
  expect(await runLine(["status"], system)).toMatchObject({
    code: 64,
    err: expect.stringMatching(/--environment NAME.*--local/),
  });
  expect(await runLine(["status", "-e", "prodution"], system)).toMatchObject({
    code: 64,
    err: expect.stringMatching(/"production"/),
  });
});
