import * as z from "zod";
import { SettingsError } from "../primitives/errors.ts";
import { parseJson } from "../primitives/json.ts";

/**
 * The function's settings, read once at start-up from its environment.
 *
 * @throws {SettingsError} that names every missing or wrong variable and what was expected. Values are not
 *   shown: an environment may hold what a log must not.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  // Once in a process: to compile what reads it takes longer than to read it.
  const result = schema.safeParse(environment, { jitless: true });
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => {
      const [variable, ...inside] = issue.path.map(String);
      const where = inside.length > 0 ? `${variable} (at ${inside.join(".")})` : `${variable}`;
      return environment[variable ?? ""] === undefined ? `${where} is not set` : `${where}: ${issue.message}`;
    }),
  );
}

/** A variable that holds JSON of the given shape. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      const parsed = parseJson(text);
      if (parsed) return parsed.value;
      context.addIssue({ code: "custom", message: "is not valid JSON" });
      return z.NEVER;
    })
    .pipe(schema);
}
