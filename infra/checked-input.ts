import * as z from "zod";
import { messageProblems, pathText } from "../shared/contract/message-problems.ts";
import { expectation } from "../shared/primitives/issue-words.ts";
import { fieldRemedy, valueAt } from "./field-remedy.ts";
import { isToken } from "./token.ts";

/** Something wrong: where, what, and what to do about it. */
export interface Violation {
  path: readonly PropertyKey[];
  message: string;
  /** Nothing where the message says it already. */
  mend?: string | undefined;
}

/** How a check of something that somebody wrote is told. */
export interface CheckedInputOptions {
  /** Whose it is, for the error: `RotatedAuthSecret Contact/Crm`. */
  where: string;
  /** What stands in the path's place where all of it is wrong. @default "props" */
  called?: string;
  /** Fields that belong somewhere else, and where. */
  elsewhere?: Readonly<Record<string, string>>;
  /**
   * What one field demands of another. It is asked whatever else is wrong, so that everything is told at once: it believes
   * nothing of what it looks at, and says nothing about what it cannot read.
   */
  together?: (input: unknown) => readonly Violation[];
}

/** Most that is told of one input. */
const mostTold = 100;

/**
 * The one door of everything that the package is given: props, settings, options. What is left out has its default.
 *
 * @throws {Error} naming every wrong field by its path, with what was expected and how to mend it; no value is shown
 */
export function checkedInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  { where, called = "props", elsewhere = {}, together = () => [] }: CheckedInputOptions,
): z.output<Schema> {
  const result = schema.safeParse(input, { error: expectation });
  const violations = [
    ...(result.error?.issues ?? []).flatMap((issue) => violationsOf(issue, schema, input)),
    ...together(input),
  ];
  if (result.success && violations.length === 0) return result.data;
  const sentences = violations.slice(0, mostTold).map(({ path, message, mend }) => {
    const text = pathText(path);
    if (Object.hasOwn(elsewhere, text)) return `  ${text}: is not set here (${elsewhere[text]})`;
    return `  ${text === "" ? called : text}: ${message}${mend === undefined ? "" : ` (${mend})`}`;
  });
  const more = violations.length - mostTold;
  if (more > 0) sentences.push(`  and ${more} more: mend those above first`);
  throw new Error(`${where} is wrong:\n${sentences.join("\n")}`);
}

function violationsOf(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): Violation[] {
  const { path } = issue;
  const value = valueAt(input, path);
  // They know which fields there are, and which one was meant.
  if (issue.code === "unrecognized_keys" || (issue.code === "invalid_union" && issue.errors.length === 0)) {
    const problems = messageProblems(new z.ZodError([issue]), schema, input, { isMessage: false });
    return problems.map(({ message, hint }, index) => {
      const name = issue.code === "unrecognized_keys" ? issue.keys[index] : undefined;
      return name === undefined
        ? { path, message, mend: fieldRemedy(schema, path, input) }
        : { path: [...path, name], message, mend: hint };
    });
  }
  if (isToken(value)) {
    const mend = "it is a token of CDK's, which only the deployment knows: write the value itself";
    return [{ path, message: messageOf(issue), mend }];
  }
  const message = messageOf(issue);
  // What a check of the whole finds here may be something else than that nothing stands here.
  const isMissing = value === undefined && message.startsWith("expected ");
  const own = issue.code === "custom" ? issue.params?.hint : undefined;
  const mend = own ?? fieldRemedy(schema, path, input, { name: issue.code === "invalid_key" });
  return [{ path, message: isMissing ? `is missing: ${message}` : message, mend }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== "invalid_union") return issue.message;
  const words = issue.errors.flatMap(([first]) => (first ? [first.message] : []));
  return [...new Set(words)].join(", or ") || issue.message;
}
