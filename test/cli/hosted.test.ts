import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { interruptSoon, runLine } from "./cli.ts";
import { clickedAccount, clickedSeed } from "./clicked-account.ts";
import { deployedName, startDeployedFront } from "./deployed-front.ts";
import { type HostedSystem, startHostedSystem } from "./hosted-system.ts";

// Every command against the whole stack on this machine, under its own roles. Each test has services of its own.
const accountId = "123456";
const options = { timeout: 60_000 };
let system: HostedSystem;

beforeAll(async () => {
  system = await startHostedSystem({ accounts: [accountId, "223456", clickedAccount], seed: clickedSeed });
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
  expect(err).toMatch(/Interrupted: 1 message was sent whole, and what was sent goes on/);
});

test("a service is kept inactive for a time, its reason told, and released", options, async () => {
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
      /is inactive[\s\S]*kept inactive by ada: CRM migration[\s\S]*to end it now: release Held\/Lookup/,
    );
  }, 20_000);
  const dry = await system.ops(["release", "held/lookup", "--dry-run"]);
  expect(dry.out).toMatch(
    /^PLANNED: Held\/Lookup is inactive now .*Nothing was done \(dryRun\): release .* would activate it/,
  );
  const released = await system.ops(["release", "held/lookup"]);
  expect(released.out).toMatch(/^SUCCEEDED: Held\/Lookup activated/);
});

test("an outage is seen, overridden and, once the endpoint works, over", options, async () => {
  const alarm = await system.createAlarm("outage-health");
  const more = `    health:\n      alarms: ["${alarm.arn}"]\n`;
  await system.ops(["apply", await file("outage.yaml", manifests("Outage", "Lookup", more))]);
  await alarm.set("ALARM");
  const why = await vi.waitFor(async () => {
    const { out } = await system.ops(["why", "outage/lookup"]);
    expect(out).toContain("is inactive");
    return out;
  }, 20_000);
  expect(why).toMatch(/outage since[\s\S]*to end it now: override Outage\/Lookup[\s\S]*ALARM outage-health since/);
  const held = await system.ops(["override", "outage/lookup", "--why", "the alarm is wrong"]);
  expect(held.out).toMatch(/^SUCCEEDED: Outage\/Lookup activated/);
  // As above.
  await vi.waitFor(async () => {
    const status = await system.ops(["status", "--account", accountId]);
    expect(status.out).toMatch(/active {4}Outage\/Lookup[\s\S]*kept active despite outages by ada: the alarm is wrong/);
  }, 20_000);
  await alarm.set("OK");
});

test(
  "hands-off, deactivate and activate; a service that only RingCX knows, by its account and name",
  options,
  async () => {
    await system.ops(["apply", await file("hands.yaml", manifests("Hands", "Lookup"))]);
    const off = await system.ops(["hands-off", "hands/lookup", "--why", "I am at it", "--for", "1h"]);
    expect(off).toMatchObject({ code: 0 });
    await system.ops(["release", "hands/lookup"]);
    expect((await system.ops(["deactivate", "hands/lookup", "--why", "x"])).out).toMatch(/^SUCCEEDED: .*deactivated/);
    expect((await system.ops(["activate", "hands/lookup"])).out).toMatch(/^SUCCEEDED: .*activated/);
  },
);

test("what is not there is told in a sentence, with what is near", options, async () => {
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

test("an account that was clicked together is exported, taken over, and nothing of it changes", options, async () => {
  const before = system.simulator.state(clickedAccount);
  const exported = await system.ops(["export", clickedAccount]);
  expect(exported.code).toBe(0);
  expect(exported.err).toMatch(/left out: service CRM\/With password: it holds httpUsername and httpPassword/);
  expect(exported.err).toMatch(
    /left out: service CRM\/With header: httpServiceConfig\.headers\.x-api-key carries a credential/,
  );
  expect(exported.err).toMatch(/left out: auth config Clicked JWT \(JWT\): its credential cannot be read/);
  expect(exported.out).not.toMatch(/hunter2|k-7f3a|sekrit/);
  const name = await file("clicked.yaml", exported.out);

  const plan = await system.ops(["plan", name]);
  expect(plan.out).toMatch(/Plan: 0 to create, 0 to change, 0 to delete, 6 to take over as they are, 0 unchanged\.$/m);
  expect(plan.code).toBe(2);
  const applied = await system.ops(["apply", name]);
  expect(applied).toMatchObject({ code: 0 });
  expect(system.simulator.state(clickedAccount)).toEqual(before);
  expect(await system.ops(["plan", name])).toMatchObject({
    code: 0,
    out: expect.stringContaining("Plan: 0 to create, 0 to change, 0 to delete, 6 unchanged."),
  });
});

test("what RingCX has is listed and shown, without credentials", options, async () => {
  const list = (...args: string[]) => system.ops(["list", ...args, "--account", clickedAccount]);
  expect((await list("groups")).out).toMatch(/^Group +Id +Services\n[\s\S]*CRM +\d+ +4[\s\S]*\d groups?\n$/);
  expect((await list("services")).out).toMatch(/CRM\/Plain +active +HTTP_GET +Clicked JWT/);
  expect((await list("inputs", "--service", "crm/plain")).out).toMatch(/ani +PARAMETER +STRING +0/);
  expect((await list("auth-configs")).out).toMatch(/Clicked JWT +JWT/);
  const service = await system.ops(["get", "services", "with header", "--account", clickedAccount]);
  expect(service.out).toMatch(/x-api-key: "?\[redacted\]/);
  const config = await system.ops(["get", "auth-configs", "Clicked BASIC", "--account", clickedAccount, "--json"]);
  expect(JSON.parse(config.out)).toMatchObject({ authType: "BASIC", password: "[redacted]" });
  expect(await list("servces")).toMatchObject({ code: 64, err: expect.stringMatching(/Did you mean "services"/) });
  expect(await system.ops(["list", "groups"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Give --account/),
  });
});

test("what was rejected is listed, shown, sent again once its cause is mended, and dropped", options, async () => {
  // An account each: a queue shows nothing that stands behind another one of its group.
  const wrong = (id: string, account: string) =>
    file(
      `${id}.json`,
      JSON.stringify({
        specversion: "1.0",
        id,
        source: "/rejects",
        type: "ringcx.apply.v1",
        time: new Date().toISOString(),
        data: {
          accountId: account,
          resources: [{ kind: "authConfig", providerName: id, authType: "APIKEY", secretId: `crm/${id}` }],
        },
      }),
    );
  for (const [id, account] of [
    ["no-secret-1", accountId],
    ["no-secret-2", "223456"],
  ] as const) {
    const sent = await system.ops(["send", await wrong(id, account), "--wait"]);
    expect(sent).toMatchObject({ code: 1, out: expect.stringMatching(/^REJECTED/) });
  }
  const outcomes = await system.ops(["outcomes", "--status", "rejected", "--id", "no-secret-1"]);
  expect(outcomes.out).toMatch(/^REJECTED: [\s\S]*crm\/no-secret-1[\s\S]*\n1 outcome\n$/);
  const listed = await system.ops(["rejected", "list"]);
  expect(listed.out).toMatch(/ringcx\.apply\.v1 \/rejects\/no-secret-1\n {2}\S[\s\S]*no-secret-2/);
  const shown = await system.ops(["rejected", "show", "no-secret-1"]);
  expect(shown.out).toMatch(/secretId: crm\/no-secret-1/);
  expect(await system.ops(["rejected", "drop", "no-secret"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Several rejects are "no-secret"/),
  });

  await system.createSecret("crm/no-secret-1");
  expect(await system.ops(["rejected", "redrive", "no-secret-1"])).toMatchObject({ code: 0 });
  const history = await vi.waitFor(async () => {
    const result = await system.ops(["rotations", "no-secret-1"]);
    expect(result.code).toBe(0);
    return result;
  }, 20_000);
  expect(history.out).toMatch(/123456 no-secret-1: RingCX was given version .* last, since/);
  expect(await system.ops(["rejected", "drop", "no-secret-2"])).toMatchObject({ code: 0 });
  const left = JSON.parse((await system.ops(["rejected", "list", "--json"])).out);
  expect(left.filter((one: { event: { source?: string } }) => one.event.source === "/rejects")).toEqual([]);
});

test("the calendar of rotations is told before and after the first run", options, async () => {
  expect((await system.ops(["rotations"])).out).toMatch(/^Secret +Age +Next/);
  expect(await system.ops(["rotations", "no such"])).toMatchObject({ code: 64 });
  await system.createSecret("crm/rotated");
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Rotated, authType: APIKEY, secretId: crm/rotated }]
`;
  expect(await system.ops(["apply", await file("rotated.yaml", config)])).toMatchObject({ code: 0 });
  // Nothing rotates this secret by itself.
  expect(await system.ops(["rotate", "rotated"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not rotate crm\/rotated now: .*rotate Rotated --new-version FILE/),
  });
});

test("a new version from a file is checked, put, and followed until RingCX has it", options, async () => {
  await system.createSecret("crm/renewed");
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Renewed, authType: APIKEY, secretId: crm/renewed }]
`;
  expect(await system.ops(["apply", await file("renewed.yaml", config)])).toMatchObject({ code: 0 });
  const wrong = await file("wrong.json", '{"apiKye": "canary-of-the-file"}');
  const refused = await system.ops(["rotate", "renewed", "--new-version", wrong]);
  expect(refused).toMatchObject({ code: 64, err: expect.stringMatching(/^Nothing was put\. .*apiKye/) });
  expect(refused.err).not.toContain("canary");
  expect(await system.ops(["rotate", "renewed", "--new-version", "absent.json"])).toMatchObject({ code: 64 });

  const right = await file("right.json", '{"apiKey": "a-newer-key"}\n');
  const rotated = system.ops(["rotate", "renewed", "--new-version", right, "--timeout", "50s"]);
  await vi.waitFor(async () => {
    expect(await system.readSecret("crm/renewed")).toBe('{"apiKey": "a-newer-key"}');
  }, 20_000);
  await system.host.runSchedule("Mirror");
  expect(await rotated).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^APPLIED: Renewed has version \S+ of crm\/renewed \(proof: \w+\)\./),
  });
});

test("doctor says what is right, and what to do about what is not", options, async () => {
  const checks = async () =>
    JSON.parse((await system.ops(["doctor", "--json"])).out) as { what: string; isRight: boolean; found: string }[];
  const found = (all: Awaited<ReturnType<typeof checks>>, what: string) => all.find((one) => one.what === what);
  const before = await checks();
  expect(found(before, "AWS identity")).toMatchObject({ isRight: true, found: expect.stringMatching(/^arn:aws:iam/) });
  expect(found(before, "connection main, accounts")).toMatchObject({ isRight: true });
  expect(found(before, `account ${clickedAccount}, auth configs`)).toMatchObject({ isRight: true });
  expect(found(before, `allowed host ${system.address}`)).toMatchObject({ isRight: true, found: "127.0.0.1" });

  const gone = `arn:aws:cloudwatch:${system.host.region}:000000000000:alarm:never-made`;
  const more = `    health:\n      alarms: ["${gone}"]\n`;
  await system.ops(["apply", await file("alarmless.yaml", manifests("Alarmless", "Lookup", more))]);
  const doctor = await system.ops(["doctor"]);
  expect(doctor).toMatchObject({
    code: 1,
    out: expect.stringMatching(/✗ alarms of manifests: not there: .*never-made/),
  });
});

test("a deployed environment is found by its stack, with the credentials of whoever asks", options, async () => {
  const front = await startDeployedFront(system);
  const { accessKeyId, secretAccessKey } = system.host.credentials;
  vi.stubEnv("AWS_ENDPOINT_URL", front.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  try {
    const status = await runLine(["status", "-e", deployedName, "--account", accountId], system);
    expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^test, [\s\S]*Account 123456: /) });
    const sent = await system.ops(["apply", await file("fronted.yaml", manifests("Fronted", "Lookup")), "--json"]);
    const id = JSON.parse(sent.out)[0].data.cause.id;
    expect(await runLine(["trace", id, "-e", deployedName], system)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/message taken in[\s\S]*POST services\.create: 200[\s\S]*outcome {2}SUCCEEDED/),
    });
    const doctor = await runLine(["doctor", "-e", deployedName], system);
    expect(doctor.out).toMatch(/stack: test in eu-central-1, with all its outputs[\s\S]*allowed host 127\.0\.0\.1/);
    expect(await runLine(["status", "-e", "production"], system)).toMatchObject({
      code: 4,
      err: expect.stringMatching(/There is no stack RingCxAutomation-production in eu-central-1/),
    });
  } finally {
    vi.unstubAllEnvs();
    await front.stop();
  }
});

test("services are brought to another account, the difference shown first", options, async () => {
  await system.ops(["apply", await file("promoted.yaml", manifests("Promoted", "Lookup"))]);
  const promote = ["promote", "--from", accountId, "--to", "223456", "--group", "Promoted"];
  const plan = await system.ops(promote);
  expect(plan).toMatchObject({
    code: 2,
    out: expect.stringMatching(/\+ httpService Promoted\/Lookup[\s\S]*--yes does it/),
  });
  const done = await system.ops([...promote, "--yes"]);
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^SUCCEEDED: 2 created/) });
  expect(await system.ops([...promote, "--yes"])).toMatchObject({ code: 0, out: expect.stringMatching(/1 unchanged/) });
  expect(await system.ops([...promote, "--url", "x"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/FROM=TO/),
  });
});

test(
  "one id follows a message, a command, an alarm and a new version through logs, requests and outcomes",
  options,
  async () => {
    const alarm = await system.createAlarm("traced-health");
    await system.createSecret("crm/traced");
    const more = `    health:\n      alarms: ["${alarm.arn}"]\n  - { kind: authConfig, providerName: Traced, authType: APIKEY, secretId: crm/traced }\n`;
    const applied = await system.ops([
      "apply",
      await file("traced.yaml", manifests("Traced", "Lookup", more)),
      "--json",
    ]);
    const command = await system.ops(["deactivate", "traced/lookup", "--why", "x", "--json"]);
    await system.ops(["activate", "traced/lookup"]);
    // Where its probe fails, it goes out however many others of the account have.
    system.setUp(false);
    await alarm.set("ALARM");
    const outage = await vi.waitFor(async () => {
      const [found] = JSON.parse((await system.ops(["outcomes", "--json"])).out).filter(
        ({ data }: { data: { cause: { source: string } } }) => data.cause.source === alarm.arn,
      );
      expect(found).toBeDefined();
      return found;
    }, 20_000);
    await alarm.set("OK");
    system.setUp(true);
    await system.ops([
      "rotate",
      "traced",
      "--new-version",
      await file("t.json", '{"apiKey": "k2"}'),
      "--timeout",
      "1s",
    ]);
    await system.host.runSchedule("Mirror");
    const [rotation] = JSON.parse((await system.ops(["outcomes", "--json"])).out).filter(
      ({ data }: { data: { cause: { type: string }; summary: string } }) =>
        data.cause.type === "ringcx.rotation" && data.summary.startsWith("Traced "),
    );

    const idOf = ({ out }: { out: string }) => [JSON.parse(out)].flat()[0].data.cause.id as string;
    for (const [id, status, requests] of [
      [idOf(applied), "SUCCEEDED", /message taken in[\s\S]*POST services\.create: 200/],
      [idOf(command), "SUCCEEDED", /PUT[^\n]*: 200/],
      [outage.data.cause.id, "SUCCEEDED", /: 200/],
      [rotation.data.details.versionId, "SUCCEEDED", /PATCH[^\n]*: 200/],
    ] as const) {
      const { code, out } = await system.ops(["trace", id]);
      expect(code).toBe(0);
      expect(out).toMatch(requests);
      expect(out).toMatch(new RegExp(`request [\\s\\S]*outcome  ${status}`));
      const trace = JSON.parse((await system.ops(["trace", id, "--json"])).out);
      const event = trace.ids.at(-1);
      // Of an outage the alarm's event stands behind the id of its outcome; a door that is not open leaves the invocation's.
      expect(trace.ids).toEqual(id === outage.data.cause.id ? [id, outage.data.details.correlationId] : [id]);
      for (const { record } of trace.lines) {
        expect([record.correlationId].flat()).toContain(event);
        expect(event).not.toBe(record.function_request_id);
      }
      const times = trace.lines.map(({ at }: { at: number }) => at);
      expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
      expect(out).not.toContain("k2");
    }
    expect(await system.ops(["trace", "never-sent"])).toMatchObject({
      code: 64,
      err: expect.stringMatching(/Nothing is known/),
    });
  },
);

test("verify asks the endpoints whether a credential works, and changes nothing", options, async () => {
  await system.createSecret("crm/verified");
  const config = `accountId: "${accountId}"
resources:
  - { kind: authConfig, providerName: Verified, authType: APIKEY, secretId: crm/verified }
  - { kind: authConfig, providerName: Unproven, authType: APIKEY, secretId: crm/verified }
  - { kind: httpServiceGroup, groupName: Verified }
  - kind: httpService
    groupName: Verified
    serviceDescription: Lookup
    serviceType: HTTP_GET
    authConfig: Verified
    httpServiceConfig: { url: "http://${system.address}/health" }
    isEnabled: true
    validation: { method: GET, credential: { in: HEADER, name: x-api-key }, expect: { status: 200 } }
`;
  expect(await system.ops(["apply", await file("verified.yaml", config)])).toMatchObject({ code: 0 });
  const before = [system.simulator.state(accountId), await system.readSecret("crm/verified")];
  const verify = (name: string, ...more: string[]) => system.ops(["verify", name, ...more]);
  expect(await verify("verified")).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^NO_CHANGE: Verified, verified for ada: version \S+, which RingCX has and is AWSCURRENT, is accepted/,
    ),
  });
  system.refuse("an-old-key");
  const refused = await verify("verified", "--json");
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out).data).toMatchObject({ status: "FAILED", details: { answer: "REFUSED" } });
  system.refuse(undefined);
  system.setUp(false);
  expect(await verify("verified")).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^FAILED: .*could not be asked about/),
  });
  system.setUp(true);
  expect(await verify("unproven")).toMatchObject({ code: 1, out: expect.stringMatching(/cannot be proven from here/) });
  expect(await verify("no such")).toMatchObject({ code: 64 });
  expect([system.simulator.state(accountId), await system.readSecret("crm/verified")]).toEqual(before);
  expect(refused.out).not.toContain("an-old-key");
});

test("a chat is told what was refused, in the form of AWS's chat service", options, async () => {
  const { clientConfig, endpoint, region, outputs } = system.host;
  const sqs = new SQSClient(clientConfig);
  await sqs.send(new CreateQueueCommand({ QueueName: "chat" }));
  const Endpoint = `arn:aws:sqs:${region}:000000000000:chat`;
  const Attributes = { RawMessageDelivery: "true" };
  const subscription = { TopicArn: outputs.ChatTopicArn, Protocol: "sqs", Endpoint, Attributes };
  await new SNSClient(clientConfig).send(new SubscribeCommand(subscription));
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Secretless, authType: APIKEY, secretId: crm/never-made }]
`;
  expect(await system.ops(["apply", await file("secretless.yaml", config)])).toMatchObject({ code: 1 });
  const receive = new ReceiveMessageCommand({ QueueUrl: `${endpoint}/000000000000/chat`, WaitTimeSeconds: 5 });
  const { Messages: [message] = [] } = await sqs.send(receive);
  expect(JSON.parse(message?.Body ?? "null")).toMatchObject({
    version: "1.0",
    source: "custom",
    content: {
      title: `Rejected (RingCX, cli, account ${accountId})`,
      description: expect.stringMatching(/crm\/never-made/),
    },
  });
});
