import { isRawNumber, plainNumber } from "../../primitives/exact-json.ts";
import type { Problem } from "../outcome.ts";

/** Longest name of a field, in characters. */
export const longestName = 256;

/** Names that mean something to JavaScript's objects themselves: code that meets one may change or read a prototype. */
const reservedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Why a field of a message must not have this name; nothing where it may. @param isDoubled its object has another one */
export function nameProblem(name: string, isDoubled: boolean): Omit<Problem, "path"> | undefined {
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

/** Why a message must not hold this value, which is neither an object nor a list; nothing where it may. */
export function valueProblem(value: unknown): Omit<Problem, "path"> | undefined {
  if (typeof value === "string") return textProblem(value);
  const number = plainNumber(value);
  if (typeof number === "number") return numberProblem(number);
  if (!isRawNumber(number)) return undefined;
  const problem = numberProblem(Number(number.rawJSON));
  return problem ?? { message: "is a number that would lose digits", hint: "send it as a string" };
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
