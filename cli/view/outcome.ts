import * as z from "zod";
import { problemSchema, resourceOutcomeSchema } from "../../shared/contract/outcome.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Paint, Tone } from "./paint.ts";
import { indented, when } from "./words.ts";

const tones: ReadonlyMap<string, Tone> = new Map([
  ["SUCCEEDED", "good"],
  ["NO_CHANGE", "good"],
  ["PLANNED", "good"],
  ["SUPERSEDED", "warn"],
  ["PARTIAL", "warn"],
  ["REJECTED", "bad"],
  ["FAILED", "bad"],
]);

/** The exit code that says what an outcome says. */
export function exitCodeOfStatus(status: string): number {
  return ["SUCCEEDED", "NO_CHANGE", "PLANNED", "SUPERSEDED"].includes(status) ? exitCodes.done : exitCodes.failed;
}

// Loosely: a later version may say more of a resource.
const problemsSchema = z.array(z.looseObject(problemSchema.shape)).catch([]);
const resourcesSchema = z
  .array(
    z.looseObject({
      ...resourceOutcomeSchema.shape,
      kind: z.string(),
      result: z.string(),
      problems: problemsSchema.optional(),
    }),
  )
  .catch([]);

/** What an outcome says of resources, as far as it can be read. */
export type OutcomeResource = z.output<typeof resourcesSchema>[number];

/** The resources of an outcome. */
export function resourcesOf({ data }: StoredOutcome): readonly OutcomeResource[] {
  return resourcesSchema.parse(data.resources ?? []);
}

/** What is wrong with a message as a whole. */
export function problemsOf({ data }: StoredOutcome) {
  return problemsSchema.parse(data.problems ?? []);
}

/** An outcome in one line. Pure. @param now epoch milliseconds */
export function outcomeLine({ time, data }: StoredOutcome, now: number, paint: Paint): string {
  const status = paint(tones.get(data.status) ?? "warn", data.status.padEnd(10));
  return `${status} ${when(time, now).padEnd(10)} ${data.accountId ?? "-"} ${data.summary}`;
}

/** Which account an outcome is of, as it stands before what is told; nothing where all are of one. Pure. */
export function accountBefore(outcomes: readonly StoredOutcome[]): (outcome: StoredOutcome) => string {
  const isOne = new Set(outcomes.map(({ data }) => data.accountId)).size <= 1;
  return ({ data }) => (isOne ? "" : ` ${data.accountId ?? "-"}`);
}

/** All that outcomes say, with their accounts where these are several. Pure. */
export function outcomesText(outcomes: readonly StoredOutcome[], paint: Paint): string {
  const account = accountBefore(outcomes);
  return outcomes.map((outcome) => outcomeText(outcome, paint, account(outcome))).join("\n");
}

/** All that an outcome says. Pure. @param account what stands before it, of {@link accountBefore} */
export function outcomeText(outcome: StoredOutcome, paint: Paint, account = ""): string {
  const { status, summary } = outcome.data;
  return [
    `${paint(tones.get(status) ?? "warn", status)}${account}: ${summary}`,
    ...indented(resourcesOf(outcome).flatMap((resource) => resourceLines(resource))),
    ...indented(problemLines(problemsOf(outcome))),
  ].join("\n");
}

/** What became of a resource. */
export function resourceLines({ kind, name, result, changes = [], problems = [] }: OutcomeResource): string[] {
  return [
    `${result.padEnd(9)} ${kind} ${name}`,
    ...changes.map((change) => `  ${change}`),
    ...problemLines(problems).map((line) => `  ${line}`),
  ];
}

/** Problems, each with how to mend it. */
export function problemLines(
  problems: readonly { path: string; message: string; hint?: string | undefined }[],
): string[] {
  return problems.map(
    ({ path, message, hint }) => `${path === "" ? "" : `${path}: `}${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}
