import { utf8Length } from "../../primitives/bytes.ts";
import { isRawNumber } from "../../primitives/exact-json.ts";
import { type JsonPath, scanJson } from "../../primitives/json-scan.ts";
import { looksRandom } from "../../primitives/looks-random.ts";
import { hiddenName, isCredentialAsName } from "../credentials/credential-detection.ts";
import { pathText } from "../message-problems.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import type { Problem } from "../outcome.ts";
import { longestName, nameProblem, valueProblem } from "./json-problems.ts";

/** Longest message, in bytes: its manifest and its outcome must fit into one item of the state table. */
export const longestMessage = 128 * 1024;

/**
 * Deepest nesting of a message, in levels; the event itself is the first. DynamoDB stores 32, and what is stored wraps
 * parts of a message into at most four levels of its own (item, list, entry, manifest).
 * Source: Amazon DynamoDB Developer Guide, "Quotas", nested attributes.
 */
export const deepestMessage = 24;

/** The level of a resource in a message: within the event, its `data`, and the list `resources`. */
export const manifestLevel = 4;

/** Most problems of a text that are told. */
const mostProblems = 20;

/**
 * The JSON in a text from outside. What it returns is at most {@link longestMessage} bytes long and
 * {@link deepestMessage} levels deep, has no name twice in an object (of two values one parser takes the first and
 * another the last), no name that JavaScript keeps for itself, and holds nothing that the table cannot keep: numbers that
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

/** Not deeper than {@link deepestMessage}: the stack has room. */
function collectValueProblems(value: unknown, path: JsonPath, problems: Problem[]): void {
  if (problems.length >= mostProblems) return;
  if (typeof value === "object" && value !== null) {
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [name, field] of entries) collectValueProblems(field, [...path, name], problems);
    return;
  }
  const problem = valueProblem(value);
  if (problem) problems.push({ path: shownPath(path), ...problem });
}

/** Something in a value that no message can hold. */
export type Unsendable = Omit<Problem, "path"> & { path: JsonPath };

/**
 * What of a value read in RingCX {@link readJson} would refuse, or take for something else, in a message: so nothing is written
 * into a file, or copied, that is another thing afterwards.
 *
 * @param level of the value in a message
 */
export function unsendable(value: unknown, level: number, path: JsonPath = []): Unsendable[] {
  if (typeof value !== "object" || value === null || isRawNumber(value)) {
    const problem = valueProblem(value);
    return problem ? [{ path, ...problem }] : [];
  }
  if (level > deepestMessage) {
    return [{ path, message: "is nested deeper than a message may be", hint: "flatten it" }];
  }
  return [...(Array.isArray(value) ? value.entries() : Object.entries(value))].flatMap(([name, field]) => {
    const problem = typeof name === "string" ? nameProblem(name, false) : undefined;
    if (problem) return [{ path: [...path, name], ...problem }];
    return unsendable(field, level + 1, [...path, name]);
  });
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
