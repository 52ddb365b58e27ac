import { readFileSync } from "node:fs";
import { type Application, type CommandContext, generateHelpTextForAllCommands } from "@stricli/core";
import { expect, test } from "vitest";
import { application } from "../../cli/application.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

const text = readFileSync(new URL("../../docs/operating.md", import.meta.url), "utf8");
const commands = generateHelpTextForAllCommands(application as unknown as Application<CommandContext>).map(([route]) =>
  route.replace("ringcx-automation ", ""),
);

/** Command lines of the page: in code after `ops --`, and at the beginning of the cells of tables. */
const typed = [
  ...[...text.matchAll(/ops -- ([a-z-]+(?: (?:list|show|redrive|drop))?)/g)].map(([, command = ""]) => command),
  ...[...text.matchAll(/^\|[^|]*\| `([a-z-]+(?: (?:list|show|redrive|drop) ?)?)(?![\w:])[^`]*`/gm)].map(
    ([, command = ""]) => command.trim(),
  ),
];

test("every command is on the page", () => {
  const missing = commands.filter((command) => !text.includes(`\`${command}`));
  expect(missing).toEqual([]);
});

test("every command on the page is there", () => {
  expect(typed.length).toBeGreaterThan(25);
  const known = [...commands, "COMMAND", "--help"];
  expect(typed.filter((command) => !known.includes(command) && !known.includes(command.split(" ")[0] ?? ""))).toEqual(
    [],
  );
});

test("every exit code is on the page", () => {
  const told = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(told).toEqual(Object.values(exitCodes));
});
