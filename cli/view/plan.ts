import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { type OutcomeResource, problemLines, problemsOf, resourcesOf } from "./outcome.ts";
import type { Paint, Tone } from "./paint.ts";
import { counted, indented } from "./words.ts";

/** What a plan would do, in numbers. */
export interface PlanCount {
  create: number;
  change: number;
  remove: number;
  /** Taken over as it is: RingCX is not changed. */
  adopt: number;
  keep: number;
  refused: number;
}

type Deed = keyof PlanCount;

const marks: Readonly<Record<Deed, { mark: string; tone: Tone }>> = {
  create: { mark: "+", tone: "good" },
  change: { mark: "~", tone: "warn" },
  remove: { mark: "-", tone: "bad" },
  adopt: { mark: "=", tone: "dim" },
  keep: { mark: " ", tone: "dim" },
  refused: { mark: "!", tone: "bad" },
};

/** What would be done to a resource, as its planned outcome says it. */
function deedOf({ result, changes = [], problems = [] }: OutcomeResource): Deed {
  if (result === "FAILED" || problems.length > 0) return "refused";
  if (result !== "PLANNED") return "keep";
  if (changes.every((change) => change === "adopted")) return "adopt";
  if (changes.some((change) => /^(created|cloned from )/.test(change))) return "create";
  return changes.some((change) => /^deleted$/.test(change)) ? "remove" : "change";
}

/** A plan's outcome has the words of the outcome afterwards; here nothing has been done yet. */
function wouldBe(change: string): string {
  return /^(created|deleted|adopted|activated|deactivated|cloned from .*)$/.test(change)
    ? `would be ${change}`
    : change;
}

/** Counts what plans would do. Pure. */
export function countPlan(outcomes: readonly StoredOutcome[]): PlanCount {
  const count: PlanCount = { create: 0, change: 0, remove: 0, adopt: 0, keep: 0, refused: 0 };
  for (const resource of outcomes.flatMap(resourcesOf)) count[deedOf(resource)] += 1;
  for (const { data } of outcomes) if (["REJECTED", "FAILED"].includes(data.status)) count.refused += 1;
  return count;
}

/** The plan as a difference, as `terraform plan` prints it. Pure. */
export function planText(outcomes: readonly StoredOutcome[], paint: Paint): string {
  const resources = outcomes.flatMap(resourcesOf);
  const lines = resources
    .filter((resource) => deedOf(resource) !== "keep" || (resource.changes ?? []).length > 0)
    .flatMap((resource) => {
      const { mark, tone } = marks[deedOf(resource)];
      const { kind, name, changes = [], problems = [] } = resource;
      return [
        paint(tone, `${mark} ${kind} ${name}`),
        ...indented([...changes.map(wouldBe), ...problemLines(problems)]).map((line) => `  ${line}`),
      ];
    });
  // What was refused as a whole names no resource; its summary says the first problem, without how to mend it.
  const refused = outcomes
    .filter(({ data }) => data.status === "REJECTED" || data.status === "FAILED")
    .flatMap((outcome) => [
      paint("bad", `! ${outcome.data.summary}`),
      ...indented(problemLines(problemsOf(outcome))).map((line) => `  ${line}`),
    ]);
  const { create, change, remove, adopt, keep, refused: wrong } = countPlan(outcomes);
  const sum = `Plan: ${create} to create, ${change} to change, ${remove} to delete, ${adopt > 0 ? `${adopt} to take over as they are, ` : ""}${keep} unchanged${wrong > 0 ? `, ${counted(wrong, "problem")}` : ""}.`;
  return [...lines, ...refused, ...(lines.length + refused.length > 0 ? [""] : []), paint("strong", sum)].join("\n");
}
