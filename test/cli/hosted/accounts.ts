import { expect, test, vi } from "vitest";
import { patienceMs } from "../../support/patience.ts";
import { runLine } from "../cli.ts";
import { clickedAccount } from "../clicked-account.ts";
import { deployedName, startDeployedFront } from "../deployed-front.ts";
import { accountId, file, manifests, system } from "./system.ts";

// Whole accounts, what was refused in them, and environments.

test("an account that was clicked together is exported, taken over, and nothing of it changes", async () => {
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

test("what RingCX has is listed and shown, without credentials", async () => {
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

test("what was rejected is listed, shown, sent again once its cause is mended, and dropped", async () => {
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
  expect(listed.out).toMatch(
    /^\/rejects\/no-secret-1 \(\S+\) .*ringcx\.apply\.v1\n {2}Rejected: [\s\S]*no-secret-2[\s\S]*\n2 rejects\n$/,
  );
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
  }, patienceMs);
  expect(history.out).toMatch(/123456 no-secret-1: RingCX was given version .* last, since/);
  expect(await system.ops(["rejected", "drop", "no-secret-2"])).toMatchObject({ code: 0 });
  const left = JSON.parse((await system.ops(["rejected", "list", "--json"])).out);
  expect(left.filter((one: { event: { source?: string } }) => one.event.source === "/rejects")).toEqual([]);
});

test("doctor says what is right, and what to do about what is not", async () => {
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

test("a deployed environment is found by its stack, with the credentials of whoever asks", async () => {
  const front = await startDeployedFront(system);
  const { accessKeyId, secretAccessKey } = system.host.credentials;
  vi.stubEnv("AWS_ENDPOINT_URL", front.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  try {
    const status = await runLine(["status", "-e", deployedName, "--account", accountId], system);
    expect(status.out).toContain("failover only observes in this environment (failover.mode)");
    expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^test, [\s\S]*Account 123456: /) });
    const sent = await system.ops(["apply", await file("fronted.yaml", manifests("Fronted", "Lookup")), "--json"]);
    const id = JSON.parse(sent.out)[0].data.cause.id;
    expect(await runLine(["trace", id, "-e", deployedName], system)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/message taken in[\s\S]*POST services\.create: 200[\s\S]*outcome {2}SUCCEEDED/),
    });
    const doctor = await runLine(["doctor", "-e", deployedName], system);
    expect(doctor.out).toMatch(
      /stack: test in eu-central-1, with all its outputs[\s\S]*✗ state table: .* --deletion-protection-enabled[\s\S]*allowed host 127\.0\.0\.1/,
    );
    expect(await runLine(["status", "-e", "production"], system)).toMatchObject({
      code: 4,
      err: expect.stringMatching(/There is no stack RingCxAutomation-production in eu-central-1/),
    });
  } finally {
    vi.unstubAllEnvs();
    await front.stop();
  }
});

test("services are brought to another account, the difference shown first", async () => {
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
  const isActive = () =>
    system.simulator
      .state("223456")
      .groups.find(({ groupName }) => groupName === "Promoted")
      ?.services.map(({ isEnabled }) => isEnabled);
  expect(isActive()).toEqual([false]);
  expect(await system.ops([...promote, "--activate", "--yes"])).toMatchObject({ code: 0 });
  expect(isActive()).toEqual([true]);
  expect(await system.ops([...promote, "--url", "x"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/FROM=TO/),
  });
});
