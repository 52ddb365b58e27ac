import type * as z from "zod";
import { messageProblems } from "../shared/contract/message-problems.ts";
import type { Problem } from "../shared/contract/outcome.ts";
import { isToken } from "./token.ts";

/** How a check of something that somebody wrote is told. */
export interface CheckedInputOptions {
  /** Whose it is, for the error: `RotatedAuthSecret Contact/Crm`. */
  where: string;
  /** What stands in the path's place where all of it is wrong. @default "props" */
  called?: string;
  /** Fields that belong somewhere else, and where. */
  elsewhere?: Readonly<Record<string, string>>;
}

/**
 * The one door of everything that the package is given: props, settings, options. What is left out has its default.
 *
 * @throws {Error} naming every wrong field by its path, with what was expected and how to mend it; no value is shown
 */
export function checkedInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  { where, called = "props", elsewhere = {} }: CheckedInputOptions,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const tokens = result.error.issues.flatMap(({ path }) => (isToken(valueAt(input, path)) ? [path.join(".")] : []));
  const sentences = messageProblems(result.error, schema, input, { isMessage: false }).map(
    ({ path, message, hint }: Problem) => {
      const place = path === "" ? called : path;
      if (Object.hasOwn(elsewhere, path)) return `  ${place}: is not set here (${elsewhere[path]})`;
      const isOne = tokens.includes(path.replaceAll(/\[(\d+)\]/g, ".$1"));
      const mend = isOne ? "it is a token of CDK's, which only the deployment knows: write the value itself" : hint;
      return `  ${place}: ${message}${mend === undefined ? "" : ` (${mend})`}`;
    },
  );
  throw new Error(`${where} is wrong:\n${sentences.join("\n")}`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], value);
}
