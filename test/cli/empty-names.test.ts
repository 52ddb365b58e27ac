import { expect, test } from "vitest";
import { requireText } from "../../cli/commands/flags.ts";
import { UsageError } from "../../cli/exit-codes.ts";

test.each(["", " ", "\t"])("a name of nothing, %j, is refused: every name begins with it", (typed) => {
  expect(() => requireText("The id of a reject", typed)).toThrow(UsageError);
  expect(() => requireText("The id of a reject", typed)).toThrow("The id of a reject is empty: it needs a text.");
});
