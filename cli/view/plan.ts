import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { accountBefore, type OutcomeResource, problemLines, problemsOf, resourcesOf } from "./outcome.ts";
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
  /** Not known before an earlier message of the same file is done. */
  later: number;
}

type Deed = keyof PlanCount;

const marks: Readonly<Record<Deed, { mark: string; tone: Tone }>> = {
  create: { mark: "+", tone: "good" },
  change: { mark: "~", tone: "warn" },
  remove: { mark: "-", tone: "bad" },
  adopt: { mark: "=", tone: "dim" },
  keep: { mark: " ", tone: "dim" },
  refused: { mark: "!", tone: "bad" },
  later: { mark: "?", tone: "warn" },
};

/** What would be done to a resource, as its planned outcome says it. */
export function deedOf({ result, changes = [], problems = [] }: OutcomeResource): Deed {
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

/**
 * By outcome, the line of an earlier message of its file that it depends on: as long as that is not done, it may be refused.
 * `isTaken`: an earlier one renames or retires what it is about, so that nothing of its plan is known.
 */
export type PlanOrder = ReadonlyMap<StoredOutcome, { line: number; isTaken: boolean }>;

/** Counts what plans would do. Pure. */
export function countPlan(outcomes: readonly StoredOutcome[], order: PlanOrder = new Map()): PlanCount {
  const count: PlanCount = { create: 0, change: 0, remove: 0, adopt: 0, keep: 0, refused: 0, later: 0 };
  for (const outcome of outcomes) {
    for (const resource of resourcesOf(outcome)) count[inOrder(deedOf(resource), outcome, order)] += 1;
    if (isRefused(outcome)) count[inOrder("refused", outcome, order)] += 1;
  }
  return count;
}

/**
 * What is refused now, or not there to be retired, is not known yet where an earlier message comes first; nor is anything that
 * an earlier one takes away.
 */
function inOrder(deed: Deed, outcome: StoredOutcome, order: PlanOrder): Deed {
  const former = order.get(outcome);
  const isOpen = deed === "refused" || (deed === "keep" && outcome.data.cause.type === "ringcx.retire.v1");
  return former && (isOpen || former.isTaken) ? "later" : deed;
}

function isRefused({ data }: StoredOutcome): boolean {
  return data.status === "REJECTED" || data.status === "FAILED";
}

/** The plan as a difference, as `terraform plan` prints it. Pure. */
export function planText(outcomes: readonly StoredOutcome[], paint: Paint, order: PlanOrder = new Map()): string {
  const account = accountBefore(outcomes);
  const lines = outcomes.flatMap((outcome) =>
    resourcesOf(outcome)
      .filter((resource) => inOrder(deedOf(resource), outcome, order) !== "keep" || (resource.changes ?? []).length > 0)
      .flatMap((resource) => {
        const deed = inOrder(deedOf(resource), outcome, order);
        const { mark, tone } = marks[deed];
        const { kind, name, changes = [], problems = [] } = resource;
        const words = [
          ...(deed === "later" ? [dependsOn(outcome, order)] : []),
          ...changes.map(wouldBe),
          ...problemLines(problems),
        ];
        return [
          paint(tone, `${mark}${account(outcome)} ${kind} ${name}`),
          ...indented(words).map((line) => `  ${line}`),
        ];
      }),
  );
  // What was refused as a whole names no resource; its summary says the first problem, without how to mend it.
  const refused = outcomes.filter(isRefused).flatMap((outcome) => {
    const isLater = order.has(outcome);
    const { mark, tone } = marks[inOrder("refused", outcome, order)];
    const { cause, summary } = outcome.data;
    return [
      paint(tone, `${mark}${account(outcome)} ${isLater ? `${cause.type}: ${dependsOn(outcome, order)}` : summary}`),
      ...indented(problemLines(problemsOf(outcome))).map((line) => `  ${line}`),
    ];
  });
  const { create, change, remove, adopt, keep, refused: wrong, later } = countPlan(outcomes, order);
  const sum = `Plan: ${create} to create, ${change} to change, ${remove} to delete, ${adopt > 0 ? `${adopt} to take over as they are, ` : ""}${keep} unchanged${later > 0 ? `, ${later} not known before an earlier message is done` : ""}${wrong > 0 ? `, ${counted(wrong, "problem")}` : ""}.`;
  return [...lines, ...refused, ...(lines.length + refused.length > 0 ? [""] : []), paint("strong", sum)].join("\n");
}

function dependsOn(outcome: StoredOutcome, order: PlanOrder): string {
  return `depends on line ${order.get(outcome)?.line}, which is not done yet; as the account is now:`;
}
