import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { application } from "../../cli/application.ts";
import { exitCodes } from "../../cli/exit-codes.ts";
import { localSystemFile } from "../../infra/local/demo/local-system.ts";
import { publicHosts } from "../../shared/ringcx/session/connection.ts";
import { runLine } from "./cli.ts";

// Each command with each kind of bad input: a sentence, a code of the table, JSON where it was asked for. Nothing listens here.
const directory = mkdtempSync(join(tmpdir(), "every-"));
const write = (name: string, text: string | Buffer) => writeFileSync(join(directory, name), text);
const manifests = (accountId: string) =>
  `accountId: "${accountId}"\nresources: [{ kind: httpServiceGroup, groupName: CRM }]\n`;
write("right.yaml", manifests("123456"));
write("stranger.yaml", manifests("123457"));
write("binary.yaml", Buffer.from([0xff, 0x00, 0x80]));
write("circle.yaml", "accountId: &a [*a]\n");
write("nested.yaml", `accountId: ${"[".repeat(1_500)}${"]".repeat(1_500)}\n`);
write("nowhere.yaml", "accountId: *nobody\n");
const powers = [..."bcdefghi"].map(
  (name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(",")}]\n`,
);
write("bomb.yaml", `a: &a [x,x,x,x,x,x,x,x,x]\n${powers.join("")}`);
mkdirSync(join(directory, "folder.yaml"));
write("other.json", '{"name": "no local system"}');
const outputs = ["TableName", "OutcomeTopicArn", "ProvisionServicesFunctionName"].map((name) => [name, "x"]);
const queues = ["Provisioning", "Reject", "Command", "CommandReject", "Alarm"].map((name) => [
  `${name}QueueUrl`,
  "http://127.0.0.1:1/000000000000/x",
]);
const { ringcxUrl, platformUrl } = publicHosts;
const connections = [{ name: "main", accountIds: ["123456", "223456"], ringcxUrl, platformUrl, secretId: "x" }];
// As it is left by a system that was killed.
write(
  localSystemFile,
  JSON.stringify({
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    outputs: Object.fromEntries([...outputs, ...queues]),
    connections,
  }),
);

/** How each command is typed rightly. */
const lines: Readonly<Record<string, readonly string[]>> = {
  status: ["status"],
  why: ["why", "crm/lookup"],
  send: ["send", "right.yaml"],
  plan: ["plan", "right.yaml"],
  apply: ["apply", "right.yaml"],
  activate: ["activate", "crm/lookup"],
  deactivate: ["deactivate", "crm/lookup", "--why", "x"],
  "keep-inactive": ["keep-inactive", "crm/lookup", "--why", "x", "--for", "1h"],
  "hands-off": ["hands-off", "crm/lookup", "--why", "x"],
  override: ["override", "crm/lookup", "--why", "x"],
  release: ["release", "crm/lookup"],
  outcomes: ["outcomes"],
  trace: ["trace", "m1"],
  "rejected list": ["rejected", "list"],
  "rejected show": ["rejected", "show", "m1"],
  "rejected redrive": ["rejected", "redrive", "m1"],
  "rejected drop": ["rejected", "drop", "m1"],
  rotations: ["rotations"],
  rotate: ["rotate", "CRM OAuth"],
  verify: ["verify", "CRM OAuth"],
  promote: ["promote", "--from", "123456", "--to", "223456", "--group", "CRM"],
  list: ["list", "groups", "--account", "123456"],
  get: ["get", "groups", "CRM", "--account", "123456"],
  export: ["export", "123456"],
  doctor: ["doctor"],
  conformance: ["conformance", "--account", "123456"],
  smoke: ["smoke"],
};
const commands = Object.entries(lines);

test("every command is among them", () => {
  expect(entries(application.root, []).toSorted()).toEqual(Object.keys(lines).toSorted());
});

type Target = typeof application.root;
function entries(target: Target, before: readonly string[]): string[] {
  if (!("getAllEntries" in target)) return [before.join(" ")];
  return target
    .getAllEntries()
    .flatMap(({ name, target: inner }) => entries(inner as Target, [...before, name["convert-camel-to-kebab"]]));
}

beforeAll(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
});
afterAll(() => void vi.unstubAllEnvs());

/** Runs a line twice, for a person and for a machine, and holds what is told against what is promised. */
async function told(args: readonly string[], code: number) {
  const person = await runLine(args, { directory });
  const machine = await runLine(withJson(args), { directory });
  expect(person, person.err).toMatchObject({ code, out: args.includes("--json") ? machine.out : "" });
  expect(person.err).not.toMatch(/\n\s+at |^\s*[[{]|TypeError|ZodError|EISDIR|ENOENT/);
  expect(person.err.trim()).not.toBe("");
  expect(Object.values(exitCodes)).toContain(code);
  const { error } = JSON.parse(machine.out);
  expect(error).toMatchObject({ exitCode: code, code: expect.stringMatching(/^[A-Z_]+$/) });
  expect(machine.code).toBe(code);
  expect(machine.err).toContain(error.message);
  return person.err;
}

/** `--local` takes what follows it for its file. */
function withJson([command = "", ...rest]: readonly string[]): string[] {
  return command === "rejected" ? [command, rest[0] ?? "", "--json", ...rest.slice(1)] : [command, "--json", ...rest];
}

test.each(commands)("%s: what is wrong before an environment is looked for", async (_name, line) => {
  expect(await told(line, 64)).toMatch(/Which environment\? /);
  expect(await told([...line, "--acount", "1", "--local"], 64)).toMatch(/acount/);
  expect(await told([...line, "--local", "none.json"], 4)).toMatch(/No local system is running here/);
  expect(await told([...line, "--local", "other.json"], 4)).toMatch(/is not what/);
  expect(await told([...line, "--stack", "A", "--environment", "test"], 64)).toMatch(/two environments/);
});

// What asks for nothing but files and names is told before anything is asked.
test.each(commands)("%s: an account that the environment has not", async (name, line) => {
  const stranger = line.map((word) => (word === "123456" ? "123457" : word));
  const hasAccount = stranger.join() !== line.join();
  const takesAccount = !/^(send|plan|apply|trace|rejected .*|promote|export|doctor)$/.test(name);
  if (!hasAccount && !takesAccount) return;
  const typed = hasAccount ? stranger : [...line, "--account", "123457"];
  expect(await told([...typed, "--local"], 64)).toMatch(/no account 123457\. Did you mean "123456"/);
});

test.each(commands)("%s: a local system that has ended", async (name, line) => {
  if (name === "doctor") {
    // It tells what it finds, and that is its answer.
    expect(await runLine([...line, "--local"], { directory })).toMatchObject({ code: 1, err: "" });
    return;
  }
  expect(await told([...line, "--local"], 4)).toMatch(/local system is not running any more/);
});

// A port that `fetch` refuses to ask, one where nothing listens, and what is no address.
test.each(["http://127.0.0.1:9", "http://127.0.0.1:1", "nowhere"])("AWS cannot be reached at %s", async (url) => {
  vi.stubEnv("AWS_ENDPOINT_URL", url);
  for (const where of [
    ["-e", "test"],
    ["--stack", "Mine", "--region", "eu-central-1"],
  ]) {
    expect(await told(["status", ...where], 4)).toMatch(/AWS cannot be reached in eu-central-1/);
  }
  vi.stubEnv("AWS_ENDPOINT_URL", "");
});

const files = ["none.yaml", "folder.yaml", "binary.yaml", "circle.yaml", "nested.yaml", "nowhere.yaml", "bomb.yaml"];
test.each([...files, "stranger.yaml", "right.yaml/below"])("a file that is %s is told by its name", async (file) => {
  for (const command of ["plan", "apply", "send"]) {
    expect(await told([command, file, "--local"], 64)).toContain(file);
  }
  if (file === "stranger.yaml") return;
  const account = ["--account", "123456"];
  expect(await told(["conformance", "--connection", file, ...account], 64)).toContain(file);
});

test.each([
  [["hands-off", "crm/lookup", "--why", ""], /--why is empty/],
  [["deactivate", "crm/lookup", "--why", "x".repeat(1_001)], /--why: /],
  [["activate", "crm/lookup", "--by", ""], /--by is empty/],
  [["keep-inactive", "crm/lookup", "--why", "x", "--for", "soon"], /"soon" is no duration/],
  [["apply", "right.yaml", "--timeout", "later"], /"later" is no duration/],
  [["list", "servces", "--account", "123456"], /Did you mean "services"/],
  [["outcomes", "--status", "REJECTD"], /Did you mean "REJECTED"/],
  [["status", "--account", ""], /has no account/],
  [["promote", "--from", "123456", "--to", "99", "--group", "CRM"], /has no account 99/],
  [["rejected", "--local", "x.json"], /A command comes before --local: rejected list\|show\|redrive\|drop/],
  [["--json", "status"], /A command comes before --json: status\|why\|/],
] as const)("%j", async (args, sentence) => {
  const line = args.includes("--local" as never) || args[0].startsWith("-") ? args : [...args, "--local"];
  expect(await told(line, 64)).toMatch(sentence);
});
