import { utf8Length } from "../../primitives/bytes.ts";
import { type JsonPath, scanJson } from "../../primitives/json-scan.ts";
import { looksRandom } from "../../primitives/looks-random.ts";
import { hiddenName, isCredentialAsName } from "../credentials/credential-detection.ts";
import { pathText } from "../message-problems.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import type { Problem } from "../outcome.ts";

/** Longest message, in bytes: its manifest and its outcome must fit into one item of the state table. */
export const longestMessage = 128 * 1024;

/**
 * Deepest nesting of a message, in levels; the event itself is the first. DynamoDB stores 32, and what is stored wraps
 * parts of a message into at most four levels of its own (item, list, entry, manifest).
 * Source: Amazon DynamoDB Developer Guide, "Quotas", nested attributes.
 */
export const deepestMessage = 24;

/** Longest name of a field, in characters. */
export const longestName = 256;

/** Most problems of a text that are told. */
const mostProblems = 20;

/** Names that mean something to JavaScript's objects themselves: code that meets one may change or read a prototype. */
const reservedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The JSON in a text from outside. What it returns is at most {@link longestMessage} bytes long and
 * {@link deepestMessage} levels deep, has no name twice in an object (of two values one parser takes the first and
 * another the last), no name of {@link reservedNames}, and holds nothing that the table cannot keep: numbers that
 * DynamoDB or JavaScript cannot hold, half surrogate pairs, empty names. Takes time linear in the text, and parses
 * nothing before its nesting is known.
 *
 * @param within where the text stands in a message, and what it is, when it is not the whole of one
 * @throws {MessageRejectedError} naming every place; no value and no name that may be a secret is shown
 */
export function readJson(text: string, within: JsonWithin = wholeMessage): unknown {
  const { path, what } = within;
  const bytes = utf8Length(text);
  if (bytes > longestMessage) {
    throw rejected(
      `${what} has ${bytes} bytes, expected at most ${longestMessage}`,
      "send its resources in several messages",
    );
  }
  const problems: Problem[] = [];
  const deepest = deepestMessage - path.length;
  const depth = scanJson(text, {
    deepest,
    onMember: (name, isDoubled, parent) => {
      const problem = problems.length < mostProblems ? nameProblem(name, isDoubled) : undefined;
      if (problem) problems.push({ path: shownPath([...path, ...parent(), ...shownName(name)]), ...problem });
    },
  });
  if (depth > deepest) {
    throw rejected(
      `the message is nested ${path.length + depth} deep, expected at most ${deepestMessage}`,
      "flatten the body or JSON Schema that is nested so deep",
    );
  }
  const value = parsed(text, within);
  collectValueProblems(value, path, problems);
  if (problems.length > 0) throw new MessageRejectedError(problems);
  return value;
}

/** Where a text stands that is a part of a message. */
export interface JsonWithin {
  /** Of whom problems are told: `the message`. */
  what: string;
  /** What it should be. */
  expected: string;
  /** The place of its value; each part is a level of nesting. */
  path: JsonPath;
}

const wholeMessage: JsonWithin = {
  what: "the message",
  expected: "a CloudEvents 1.0 event in structured JSON",
  path: [],
};

/** A name that is too long is not shown. */
function shownName(name: string): JsonPath {
  return name.length > longestName ? [] : [name];
}

/** The place of a problem, in words; a name that looks like a secret or holds one is not shown. */
export function shownPath(path: JsonPath): string {
  const isSecret = (part: string) => looksRandom(part) || isCredentialAsName(part);
  return pathText(path.map((part) => (typeof part === "string" && isSecret(part) ? hiddenName : part)));
}

function nameProblem(name: string, isDoubled: boolean): Omit<Problem, "path"> | undefined {
  if (name === "") return { message: "has a field without a name", hint: "name the field, or leave it out" };
  if (name.length > longestName) {
    const message = `has a field with a name of ${name.length} characters, expected at most ${longestName}`;
    return { message, hint: "give the field a shorter name" };
  }
  if (!name.isWellFormed()) return { message: "has half a surrogate pair in its name", hint: "write it in UTF-8" };
  if (reservedNames.has(name))
    return { message: "is a name that JavaScript keeps for itself", hint: "rename the field" };
  if (isDoubled) return { message: "is there twice in one object", hint: "keep the one that is meant" };
  return undefined;
}

/** Not deeper than {@link deepestMessage}: the stack has room. */
function collectValueProblems(value: unknown, path: JsonPath, problems: Problem[]): void {
  if (problems.length >= mostProblems) return;
  if (typeof value === "object" && value !== null) {
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [name, field] of entries) collectValueProblems(field, [...path, name], problems);
    return;
  }
  const problem =
    typeof value === "number" ? numberProblem(value) : typeof value === "string" ? textProblem(value) : undefined;
  if (problem) problems.push({ path: shownPath(path), ...problem });
}

/** Amazon DynamoDB Developer Guide, "Data types", Number: 1E-130 to 9.99…E+125, positive or negative. */
function numberProblem(value: number): Omit<Problem, "path"> | undefined {
  const size = Math.abs(value);
  if (size !== 0 && !(size >= 1e-130 && size < 1e126)) {
    return {
      message: "is a number that cannot be stored: expected 0, or 1e-130 to 1e126",
      hint: "send it as a string",
    };
  }
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return { message: "is a whole number above 2^53, which would lose digits", hint: "send it as a string" };
}

function textProblem(value: string): Omit<Problem, "path"> | undefined {
  return value.isWellFormed() ? undefined : { message: "holds half a surrogate pair", hint: "write it in UTF-8" };
}

function parsed(text: string, { what, expected }: JsonWithin): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parser's own message quotes the text.
    const position = /position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    const isMarked = text.startsWith("\ufeff");
    throw rejected(
      `${what} is not valid JSON${position ? ` (at ${position})` : ""}`,
      isMarked ? "take off the byte order mark at its beginning" : `expected ${expected}`,
    );
  }
}

function rejected(message: string, hint: string): MessageRejectedError {
  return new MessageRejectedError([{ path: "", message, hint }]);
}
