import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownGroup } from "../../../cli/conformance/own-names.ts";
import { profileFrom } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { interruptSoon, runLine } from "../cli.ts";
import { startAccount } from "./account.ts";

let account: Awaited<ReturnType<typeof startAccount>>;
let directory: string;

beforeAll(async () => {
  account = await startAccount({ "services.born": "active", "names.case": "insensitive" }, { authConfigs: 3 });
  directory = await mkdtemp(join(tmpdir(), "conformance-"));
  const { url, platformUrl, clientId, clientSecret, jwt } = account.simulator;
  const connection = { clientId, clientSecret, jwt, ringcxUrl: url, platformUrl };
  await writeFile(join(directory, "connection.json"), JSON.stringify(connection));
  await writeFile(join(directory, "wrong.json"), JSON.stringify({ clientId, jwt: "" }));
});

afterAll(async () => {
  await account?.simulator.stop();
  await rm(directory, { recursive: true, force: true });
});

const line = (...args: string[]) =>
  runLine(["conformance", "--account", "123456", ...args], { directory, clock: account.clock });

test("without --yes it shows what it would do, with the number of requests, and sends nothing", async () => {
  const shown = await line("--connection", "connection.json");
  expect(shown).toMatchObject({ code: 2, err: "" });
  expect(shown.out).toMatch(
    /In account 123456, in the group[\s\S]*1[0-4]\d requests at most[\s\S]*Nothing was done: --yes does it/,
  );
  const measured = await line("--connection", "connection.json", "--measure-limit");
  expect(measured.out).toMatch(/use the rate limit up, three times[\s\S]*1\d{3} requests at most/);
  expect(account.simulator.requests).toEqual([]);
});

test("it prints a table, and writes a profile that the simulator takes", async () => {
  const done = await line("--connection", "connection.json", "--yes");
  expect(done).toMatchObject({ code: 0 });
  expect(done.out).toMatch(/services\.born +active \(!\) +POST with isEnabled false; the list shows it active/);
  expect(done.out).toMatch(/Not found out[\s\S]*services\.workflows +no call of the API/);
  expect(done.out).toMatch(/Left: the group "ringcx-service-automation conformance/);
  const read = (name: string) => readFile(join(directory, "conformance-123456", name), "utf8");
  const profile = JSON.parse(await read("profile.json"));
  expect(profileFrom(profile)).toMatchObject({ "services.born": "active", "names.case": "insensitive" });
  expect(await read("report.txt")).toContain("services.born");
  expect(
    (await read("exchanges.ndjson"))
      .trim()
      .split("\n")
      .map((one) => JSON.parse(one)).length,
  ).toBeGreaterThan(100);
});

test("after Ctrl-C what was found until then is written all the same, and the next run need not wait", async () => {
  const interrupt = new AbortController();
  const { clock } = account;
  const patient = {
    now: clock.now,
    async sleep(ms: number, signal?: AbortSignal) {
      if (signal !== undefined && ms > 30_000) interruptSoon(interrupt);
      await clock.sleep(ms, signal);
    },
  };
  const args = ["conformance", "--account", "123456", "--connection", "connection.json", "--yes", "--out", "ended"];
  const ended = await runLine(args, { directory, clock: patient, interrupt });
  expect(ended).toMatchObject({
    code: 130,
    err: expect.stringMatching(/What was found until then is in ended[\s\S]*Interrupted\./),
  });
  const profile = JSON.parse(await readFile(join(directory, "ended", "profile.json"), "utf8"));
  expect(profile).toMatchObject({ "services.born": "active", "lists.withChildren": "all" });
  expect((await readdir(join(directory, "ended"))).toSorted()).toEqual([
    "exchanges.ndjson",
    "profile.json",
    "report.txt",
  ]);
  const { groups } = account.simulator.state();
  expect(groups.map(({ groupName }) => groupName)).toContain(ownGroup);
});

test("what is wrong is said with what to do", async () => {
  expect(await line("--connection", "wrong.json")).toMatchObject({
    code: 64,
    err: expect.stringMatching(/wrong\.json must be JSON with "clientId", .*Missing or wrong: clientSecret, jwt/),
  });
  expect(await line("--connection", "none.json")).toMatchObject({
    code: 64,
    err: expect.stringMatching(/none\.json cannot be read: there is no such file/),
  });
  expect(await line("--connection", "connection.json", "-e", "test")).toMatchObject({ code: 64 });
  expect(await line()).toMatchObject({ code: 64, err: expect.stringMatching(/Which environment/) });
});
