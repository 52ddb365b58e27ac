import * as z from "zod";
import { endProblem } from "../../shared/contract/door/command-time.ts";
import { issueText } from "../../shared/primitives/issue-words.ts";
import type { CliContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";

/** A value as it is typed. */
export const text = (value: string) => value;

/**
 * Refuses what was typed as nothing, as by a variable that is not set: every name begins with that.
 *
 * @throws {UsageError}
 */
export function requireText(what: string, typed: string): void {
  if (typed.trim() === "") throw new UsageError(`${what} is empty: it needs a text.`);
}

/**
 * What a shell offers for a value that is one of some: those that begin with what was typed, after the last comma of a list.
 *
 * @param values as they are typed
 */
export function offering(values: readonly string[]): (typed: string) => string[] {
  return (typed) => {
    const before = typed.slice(0, typed.lastIndexOf(",") + 1);
    const begun = typed.slice(before.length).toLowerCase();
    return values.filter((value) => value.toLowerCase().startsWith(begun)).map((value) => `${before}${value}`);
  };
}

/**
 * How a text is typed that a message or command carries: what the contract would refuse of it is told by its option.
 *
 * @param schema of its field in the contract
 */
export function parseField(option: string, schema: z.ZodType<string>): (text: string) => string {
  return (text) => {
    const { success, data, error } = schema.safeParse(text);
    if (success) return data;
    if (text.trim() === "") throw new UsageError(`${option} is empty: it needs a text.`);
    throw new UsageError(`${option}: ${error.issues.map(issueText).join("; ")}.`);
  };
}

/** Said of commands that ask RingCX itself. */
export const needsRingCx =
  "Asks RingCX itself, with the connection's secret: your AWS credentials must be allowed to read it. Credentials are never shown.";

/** A RingCX sub-account. */
export const accountFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  brief: "RingCX account; without it all of the environment",
  placeholder: "account",
} as const;

/** The service that a command is about. */
export const servicePositional = {
  kind: "tuple",
  parameters: [
    {
      parse: text,
      brief: "group/service, or a part of its name that is one service's alone, its end first",
      placeholder: "service",
    },
  ],
} as const;

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration as it is typed: `90s`, `15m`, `2h`, `1d`.
 *
 * @returns milliseconds
 * @throws {UsageError}
 */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(amount) * (units[unit ?? ""] ?? Number.NaN);
  if (!(ms > 0))
    throw new UsageError(`"${text}" is no duration: write a number and s, m, h or d, as in 90s, 15m, 2h, 1d.`);
  return ms;
}

/**
 * A time to come as it is typed for `--until`: ISO 8601 with its offset.
 *
 * @throws {UsageError}
 */
export function parseUntil(this: CliContext, text: string): string {
  const { data } = z.iso.datetime({ offset: true }).safeParse(text.trim());
  if (data === undefined) {
    throw new UsageError(`--until "${text}" is no time: write it with its offset, as in 2026-03-02T04:00:00Z.`);
  }
  refuseEnd(`--until ${data}`, Date.parse(data), this.clock.now());
  return data;
}

/**
 * How long something holds, as it is typed for `--for`.
 *
 * @returns milliseconds
 * @throws {UsageError} also where it would end after everybody has forgotten it
 */
export function parseHold(this: CliContext, text: string): number {
  const ms = parseDuration(text);
  const now = this.clock.now();
  refuseEnd(`--for ${text}`, now + ms, now);
  return ms;
}

/** @throws {UsageError} as the function that carries the command out would refuse it */
function refuseEnd(typed: string, end: number, now: number): void {
  const problem = endProblem(end, now);
  if (problem) throw new UsageError(`${typed} ${problem.message}; ${problem.hint}.`);
}

/** A file of messages or manifests. */
export const filePositional = {
  kind: "tuple",
  parameters: [{ parse: text, brief: "YAML, JSON or JSON lines; - for standard input", placeholder: "file" }],
} as const;

/** How long is waited for an outcome. */
export function timeoutFlag(usual: string) {
  return {
    kind: "parsed",
    parse: parseDuration,
    default: usual,
    brief: "How long to wait for an outcome; what was sent goes on all the same",
    placeholder: "duration",
  } as const;
}
