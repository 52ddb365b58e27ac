import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CliContext } from "../../cli/context.ts";
import { decodeText } from "../../cli/decode-text.ts";
import { completions } from "../../cli/run.ts";
import { systemClock } from "../../shared/primitives/clock.ts";
import { runLine } from "./cli.ts";

const directory = mkdtempSync(join(tmpdir(), "cli-"));
const clock = { ...systemClock, now: () => Date.parse("2026-03-01T12:00:00Z") };
const hold = ["keep-inactive", "CRM/lookup", "--why", "migration"];

// Before any environment is looked for: there is none here.
test.each<[what: string, args: string[], told: RegExp]>([
  [
    "an argument that is missing",
    ["why"],
    /Expected argument for service\n\nUSAGE\n[\s\S]*why enrichment\/lookup --environment/,
  ],
  ["one of a command within a command", ["rejected", "show"], /Expected .*\n\nUSAGE\n.*rejected show/],
  ["an option that is missing", ["deactivate", "CRM/lookup"], /why[\s\S]*USAGE\n[\s\S]*--why "wrong customers"/],
  ["an unknown command", ["statsu"], /did you mean `status`/],
  ["an unknown command within a command", ["rejected", "shwo"], /did you mean `show`/],
  [
    "a command of CDK's, and what is like it is not meant",
    ["deploy"],
    /it is CDK's\. npm run deploy -- --environment NAME/,
  ],
  [
    "a wait that is another command's to end",
    ["deactivate", "CRM/lookup", "--why", "x", "--no-wait"],
    /--no-wait here: apply has --no-wait, .*waits for its outcome, --timeout at the longest; Ctrl-C ends the wait/,
  ],
  ["an unknown option", ["why", "CRM/lookup", "--acount", "1"], /did you mean --account/],
  [
    "an end in the past",
    [...hold, "--until", "2026-03-01T11:59:59Z"],
    /--until 2026-03-01T11:59:59Z is over: it is 2026-03-01T12/,
  ],
  ["an end that is now", [...hold, "--until", "2026-03-01T13:00:00+01:00"], /--until .* is over/],
  [
    "an end that is no time",
    [...hold, "--until", "tomorrow"],
    /--until "tomorrow" is no time: write it with its offset/,
  ],
  [
    "an end in another century",
    [...hold, "--until", "2300-01-01T00:00:00Z"],
    /--until 2300-01-01T00:00:00Z is more than 1830 days ahead: it is 2026-03-01T12/,
  ],
  ["a hold of centuries", [...hold, "--for", "99999d"], /--for 99999d is more than 1830 days ahead/],
  ["a hold beyond all calendars", [...hold, "--for", "999999999999d"], /--for 9+d is more than 1830 days ahead/],
  ["an end without an offset", [...hold, "--until", "2026-03-02T04:00:00"], /is no time: write it with its offset/],
])("%s is told in a sentence, with how it is used", async (_what, args, told) => {
  const { code, err } = await runLine([...args, "--local"], { directory, clock });
  expect(err).toMatch(told);
  expect(code).toBe(64);
});

test.each<[typed: string[], offered: string[]]>([
  [
    ["list", ""],
    ["groups", "services", "inputs", "auth-configs"],
  ],
  [["get", "s"], ["services"]],
  [["outcomes", "--status", "REJECTED,F"], ["REJECTED,FAILED"]],
])("completion offers what a value may be, before options: %j", async (typed, offered) => {
  const found = await completions(typed, {} as CliContext);
  expect(found.slice(0, offered.length)).toEqual(offered);
  expect(found.slice(offered.length).every((one) => one.startsWith("-"))).toBe(true);
});

const text = 'accountId: "123456" # Zürich ☃ 𝄞\n';
const utf16le = Buffer.from(`\ufeff${text}`, "utf16le");

describe("a file", () => {
  test.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as Windows PowerShell writes it", utf16le],
    ["UTF-16, big end first", Buffer.from(utf16le).swap16()],
  ])("in %s is read", (_what, bytes) => {
    expect(decodeText(bytes, "f.yaml")).toBe(text);
  });

  test.each([
    ["Latin-1", Buffer.from("Zürich", "latin1")],
    ["UTF-16 without a byte order mark", utf16le.subarray(2)],
    ["UTF-16 that is cut", utf16le.subarray(0, -1)],
  ])("in %s is refused by its name", (_what, bytes) => {
    expect(() => decodeText(bytes, "f.yaml")).toThrow(/^f\.yaml is not text in UTF-8 .*: save it as UTF-8\.$/);
  });
});

test.each(["--version", "-v"])("%s tells which version this is", async (option) => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await runLine([option], { directory })).toMatchObject({ code: 0, out: `${version}\n` });
});
