import { expect, test } from "vitest";
import * as z from "zod";
import { SettingsError } from "../../../shared/primitives/errors.ts";
import { json, readSettings } from "../../../shared/runtime/settings.ts";

const schema = z.object({
  TABLE_NAME: z.string().min(1),
  PROBE: json(z.object({ timeoutMs: z.int() })),
});

test("settings are read from the environment, JSON ones parsed", () => {
  expect(readSettings(schema, { TABLE_NAME: "t", PROBE: '{"timeoutMs":5}' })).toEqual({
    TABLE_NAME: "t",
    PROBE: { timeoutMs: 5 },
  });
});

test("every missing or wrong setting names itself, all at once", () => {
  const read = () => readSettings(schema, { PROBE: '{"timeoutMs":"soon"}' });
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(/TABLE_NAME is not set\n.*PROBE \(at timeoutMs\)/);
});

test("a setting that is not JSON is named, and its value is not shown", () => {
  const read = () => readSettings(schema, { TABLE_NAME: "t", PROBE: "secret-looking{" });
  expect(read).toThrow(/PROBE: is not valid JSON/);
  expect(read).not.toThrow(/secret-looking/);
});
