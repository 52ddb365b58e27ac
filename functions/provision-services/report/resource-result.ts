import type { Problem, ResourceOutcome } from "../../../shared/contract/outcome.ts";
import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import type { Ids, ResourcePlan } from "../plan/resource-plan.ts";
/** What has been done for one resource so far; what it holds when a call fails is what was done. */
export interface ResourceChanges {
  isCreated: boolean;
  isDeleted: boolean;
  changes: string[];
  problems: Problem[];
  ids: Partial<Ids>;
  /** A probe failed: a new service stays inactive, a live one as it was. */
  isUnvalidated: boolean;
}

export function noEffect(ids: Partial<Ids> = {}): ResourceChanges {
  return { isCreated: false, isDeleted: false, changes: [], problems: [], ids: { ...ids }, isUnvalidated: false };
}

/** What became of one resource in this run. */
export interface ResourceResult {
  key: ResourceKey;
  outcome: ResourceOutcome;
  /** It was made, however the rest went. */
  isCreated: boolean;
  /** It may succeed later without anybody changing anything. */
  isTransient: boolean;
  isSuperseded: boolean;
  isUnvalidated: boolean;
}

export function resultName({ isCreated, isDeleted, changes, problems }: ResourceChanges): ResourceOutcome["result"] {
  if (isDeleted) return "DELETED";
  if (isCreated) return "CREATED";
  // What was left as it is, is told among the changes but is none.
  if (changes.some((change) => !isRemark(change))) return "UPDATED";
  return problems.length > 0 ? "FAILED" : "UNCHANGED";
}

function isRemark(change: string): boolean {
  return change.startsWith("left ") || change.startsWith("not validated") || change === "adopted";
}

export function resourceResult(
  plan: ResourcePlan<ResourceName>,
  done: ResourceChanges,
  result: ResourceOutcome["result"],
): ResourceResult {
  const { changes, problems, ids, isCreated, isUnvalidated } = done;
  return {
    key: plan.key,
    outcome: {
      kind: plan.resource.kind,
      name: displayName(plan.resource),
      result,
      ...(Object.keys(ids).length > 0 && { ids: ids as Record<string, string | number> }),
      ...(changes.length > 0 && { changes }),
      ...(problems.length > 0 && { problems }),
    },
    isCreated,
    isTransient: false,
    isSuperseded: false,
    isUnvalidated,
  };
}

export function skippedResult(plan: ResourcePlan<ResourceName>, because: string | undefined): ResourceResult {
  const problem = because === undefined ? undefined : { path: plan.path, message: because };
  return {
    key: plan.key,
    outcome: {
      kind: plan.resource.kind,
      name: displayName(plan.resource),
      result: "SKIPPED",
      ...(problem
        ? { problems: [problem] }
        : { changes: ["superseded: a later message of the same sender shaped it"] }),
    },
    isCreated: false,
    isTransient: false,
    isSuperseded: false,
    isUnvalidated: false,
  };
}
