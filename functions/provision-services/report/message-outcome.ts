import type { OutcomeData, OutcomeStatus, ResourceOutcome, ToldProblem } from "../../../shared/contract/outcome.ts";
import { displayName, type ResourceName } from "../../../shared/contract/resource-key.ts";
import type { DeadLetter } from "../../../shared/queues/dead-letter.ts";
import type { Delivery } from "../../../shared/queues/message.ts";
import { saysBehindCurrent } from "../plan/behind-current.ts";
import { saysNotThere } from "../plan/not-there.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { definedIds, type ResourceResult, supersededBecause } from "./resource-result.ts";

/** The part of an outcome that sums up its resources. */
export type MessageSummary = Pick<OutcomeData, "status" | "summary" | "resources">;

const done: ReadonlySet<ResourceOutcome["result"]> = new Set(["CREATED", "UPDATED", "UNCHANGED", "DELETED"]);

/** What became of a message, from what became of each of its resources. */
export function messageOutcome(results: readonly ResourceResult[]): MessageSummary {
  const resources = results.map(({ outcome }) => outcome);
  return { status: statusOf(results), summary: summaryOf(resources), resources };
}

function statusOf(results: readonly ResourceResult[]): OutcomeStatus {
  const current = results.filter(({ isSuperseded }) => !isSuperseded);
  if (current.length === 0) return "SUPERSEDED";
  const isWhole = current.every(({ outcome }) => done.has(outcome.result) && outcome.problems === undefined);
  if (!isWhole) {
    const isAnyDone = current.some(({ outcome, isUnvalidated }) => done.has(outcome.result) || isUnvalidated);
    return isAnyDone ? "PARTIAL" : "REJECTED";
  }
  return current.every(({ outcome }) => outcome.result === "UNCHANGED") ? "NO_CHANGE" : "SUCCEEDED";
}

function summaryOf(resources: readonly ResourceOutcome[]): string {
  const byResult = Map.groupBy(resources, ({ result }) => result.toLowerCase());
  const counted = [...byResult].map(([result, ones]) => `${ones.length} ${result} (${namesOf(ones)})`).join(", ");
  const wrong = resources.flatMap(({ name, problems = [] }) => problems.map(({ message }) => `${name}: ${message}`));
  // Nothing is done about it by the message, and "unchanged" alone does not say it.
  const unsaid = resources.flatMap(({ name, changes = [] }) =>
    changes.filter((line) => saysNotThere(line) || saysBehindCurrent(line)).map((line) => `${name}: ${line}`),
  );
  const [first] = [...wrong, ...unsaid];
  return `${counted}.${first ? ` ${first}` : ""}`;
}

function namesOf(resources: readonly ResourceOutcome[]): string {
  const names = resources.map(({ name }) => name);
  return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
}

/** What would be done, in the words in which it would be reported afterwards, and with the values. */
export function plannedOutcome(plans: readonly ResourcePlan<ResourceName>[]): MessageSummary {
  const resources = plans.map((plan): ResourceOutcome => {
    const planned = plan.isSuperseded
      ? [supersededBecause]
      : [
          ...plan.remarks,
          ...plan.steps.flatMap(({ changes, plannedChanges = changes, expectedChanges = [] }) => [
            ...plannedChanges,
            ...expectedChanges,
          ]),
        ];
    const changes = [...planned, ...plan.notes];
    const isRefused = plan.problems.length > 0;
    return {
      kind: plan.resource.kind,
      name: displayName(plan.resource),
      result: isRefused ? "FAILED" : plan.isSuperseded ? "SKIPPED" : planned.length > 0 ? "PLANNED" : "UNCHANGED",
      ...(plan.found && { ids: definedIds(plan.found) }),
      ...(changes.length > 0 && { changes }),
      ...(isRefused && { problems: [...plan.problems] }),
    };
  });
  return { status: "PLANNED", summary: `Nothing was done. Planned: ${summaryOf(resources)}`, resources };
}

/** Longest list of problems beside a rejected message, in characters. */
const longestList = 9_000;

/** Problems as JSON that is whole: those that find no room stand in the outcome. */
function listOf(problems: readonly ToldProblem[]): string {
  const kept = [...problems];
  const listed = () =>
    kept.length === problems.length
      ? kept
      : [...kept, { path: "", message: `and ${problems.length - kept.length} more: the outcome lists them` }];
  while (kept.length > 0 && JSON.stringify(listed()).length > longestList) kept.pop();
  return JSON.stringify(listed());
}

/** A rejected message for the dead-letter queue, with its summary and its problems beside it. */
export function deadLetterOf(
  { body, messageId, messageGroupId }: Pick<Delivery, "body" | "messageId" | "messageGroupId">,
  { summary, problems = [], resources = [] }: OutcomeData,
): DeadLetter {
  const all = [...problems, ...resources.flatMap((resource) => resource.problems ?? [])];
  return {
    body,
    attributes: { reason: summary.slice(0, 1_000), problems: listOf(all) },
    // The same delivery, kept twice because publishing its outcome failed, is one message.
    fifo: { groupId: messageGroupId, deduplicationId: messageId },
  };
}
