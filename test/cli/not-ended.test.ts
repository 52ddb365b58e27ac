import { expect, test } from "vitest";
import { notEnded } from "../../cli/deliver.ts";

const open = (isCommand: boolean) => [{ message: { source: "/ops", id: "1", isCommand } as never, outcome: undefined }];
const told = (isCommand: boolean, isLocal: boolean) =>
  notEnded(open(isCommand), { context: {}, environment: { isLocal } });

test("what becomes of a command whose host ends is told where that can be, and of no message", () => {
  expect(told(true, true)).toMatch(
    /goes on by itself \(\/ops\/1\)\. A command that the local system has not taken in ends/,
  );
  for (const text of [told(false, true), told(true, false)]) expect(text).not.toContain("A command");
});
