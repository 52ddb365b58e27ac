import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { type OutcomeResource, resourcesOf } from "./outcome.ts";

/** A message that was carried out in part, and what of it nothing has done since. */
export interface Unfinished {
  accountId?: string;
  source: string;
  id: string;
  /** ISO 8601. */
  time: string;
  /** Their names. */
  resources: readonly string[];
  /** The first of what is wrong. */
  problem?: string;
}

/**
 * Messages that ended `PARTIAL`, as far as no later message has said anything of the resources that failed: they are kept
 * nowhere, so somebody must send them again. What a later message was refused for is among the rejects. Pure.
 *
 * @param outcomes the newest first
 */
export function unfinishedMessages(outcomes: readonly StoredOutcome[]): Unfinished[] {
  const settled = new Set<string>();
  return outcomes.flatMap((outcome) => {
    const { time, data } = outcome;
    const { accountId, cause, status } = data;
    if (status === "PLANNED") return [];
    // What a message left to a later one says nothing of the resource.
    const told = resourcesOf(outcome).filter((one) => one.result !== "SKIPPED" || isWrong(one));
    const open = told.filter((one) => !settled.has(keyOf(accountId, one)));
    for (const one of told) settled.add(keyOf(accountId, one));
    const wrong = status === "PARTIAL" ? open.filter(isWrong) : [];
    if (wrong.length === 0) return [];
    const problem = wrong.flatMap(({ problems = [] }) => problems)[0]?.message;
    return [
      {
        ...(accountId !== undefined && { accountId }),
        source: cause.source,
        id: cause.id,
        time,
        resources: wrong.map(({ name }) => name),
        ...(problem !== undefined && { problem }),
      },
    ];
  });
}

function isWrong({ result, problems = [] }: OutcomeResource): boolean {
  return result === "FAILED" || problems.length > 0;
}

function keyOf(accountId: string | undefined, { kind, name }: OutcomeResource): string {
  return JSON.stringify([accountId, kind, name]);
}
