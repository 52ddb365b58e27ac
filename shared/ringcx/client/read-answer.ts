import type * as z from "zod";
import { isRawNumber, parseExactly } from "../../primitives/exact-json.ts";
import { hasTwins, scanJson } from "../../primitives/json-scan.ts";
import { bodyProblems } from "../transport/request-body.ts";

/** Deepest nesting of an answer that is read, in levels: RingCX's own has six, and what looks through it needs the stack. */
const deepestAnswer = 100;

/**
 * What an answer of RingCX says, numbers as they came, without what is `null`; or in words why it cannot be used. Never
 * throws, in time linear in the text.
 *
 * @param isWrittenBack whether a record in it may go back whole: then none of its members may be lost
 */
export function readAnswer<Answer>(
  schema: z.ZodType<Answer>,
  text: string,
  { isWrittenBack }: { isWrittenBack: boolean },
): { answer: Answer } | { problems: readonly string[] } {
  if (scanJson(text, { deepest: 0 }) > deepestAnswer) return { problems: ["it is nested too deep"] };
  const value = parseExactly(text)?.value;
  const result = schema.safeParse(withoutNulls(value));
  if (!result.success) return { problems: bodyProblems(result.error) };
  if (!isWrittenBack || !isLossy(value, text)) return { answer: result.data };
  return { problems: ["a member is there twice, or is called __proto__, and would be lost when it is written back"] };
}

/** Whether a record, which may be written back whole, has a member that is not read. One of a list hides no others. */
function isLossy(value: unknown, text: string): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return hasTwins(text) || hasProto(value);
}

function hasProto(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasProto);
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasProto);
}

/**
 * An answer without the fields that are `null`: for RingCX as good as absent, and what is read is written back with the
 * whole record, where an API may refuse them. `httpServiceConfig` is the endpoint's own and stays as it is.
 */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === null ? [] : [[name, name === "httpServiceConfig" ? field : withoutNulls(field)]],
    ),
  );
}
