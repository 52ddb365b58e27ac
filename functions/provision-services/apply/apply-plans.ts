import { type Named, nameOf } from "../../../shared/contract/apply.ts";
import type { Problem, ResourceOutcome } from "../../../shared/contract/outcome.ts";
import type { ResourceKey } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { WaitError } from "../../../shared/queues/message.ts";
import { QuotaDeferredError, RingCxError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/plan-resources.ts";
import { type Effect, noEffect, type Work } from "./apply-context.ts";

/** What became of one resource in this run. */
export interface ResourceResult {
  key: ResourceKey;
  outcome: ResourceOutcome;
  /** It was made, however the rest went. */
  isCreated: boolean;
  /** It may succeed later without anybody changing anything. */
  isTransient: boolean;
  isSuperseded: boolean;
  isUnproven: boolean;
}

/** Time that a resource may need, in milliseconds: it is not begun with less. */
const enoughMs = 15_000;

/** Carries out the plan of one resource; the effect tells what was done, also when it throws. */
export type Run<Resource extends Named> = (plan: ResourcePlan<Resource>, effect: Effect) => Promise<void>;

/** Told of each resource as soon as it has ended, so that nothing is lost when a later one has to wait. */
export type OnResult = (result: ResourceResult) => void;

/**
 * Carries out the plans in their order. A resource that fails keeps back only what depends on it.
 *
 * @throws {QuotaDeferredError} and what is no refusal of RingCX's; {@link RingCxNotFoundError} for an id that is no
 *   more. What was done so far has been told by then.
 */
export async function applyPlan<Resource extends Named>(
  plans: readonly ResourcePlan<Resource>[],
  work: Work,
  run: Run<Resource>,
  onResult: OnResult,
): Promise<void> {
  const failed = new Map<ResourceKey, string>();
  for (const plan of plans) {
    if (work.clock.now() > work.deadline - enoughMs)
      throw new WaitError("No time is left for the next resource.", 1_000);
    const name = nameOf(plan.resource);
    const blocker = plan.dependsOn.map((key) => failed.get(key)).find((blocking) => blocking !== undefined);
    const result = blocker === undefined ? await applyOne(plan, run, onResult) : skipped(plan, `waits for ${blocker}`);
    if (result.outcome.result === "FAILED" || blocker !== undefined)
      failed.set(plan.key, `${plan.resource.kind} ${JSON.stringify(name)}`);
    onResult(result);
  }
}

async function applyOne<Resource extends Named>(
  plan: ResourcePlan<Resource>,
  run: Run<Resource>,
  onResult: OnResult,
): Promise<ResourceResult> {
  if (plan.isSuperseded) return { ...skipped(plan, undefined), isSuperseded: true };
  const effect = noEffect(plan.found);
  effect.changes.push(...plan.notes);
  if (plan.problems.length > 0) {
    effect.problems.push(...plan.problems);
    return resultOf(plan, effect, "FAILED");
  }
  try {
    await run(plan, effect);
  } catch (error) {
    const problem = problemOf(error, plan);
    if (!problem) {
      if (effect.changes.length > 0) onResult({ ...resultOf(plan, effect, "FAILED"), isTransient: true });
      throw error;
    }
    effect.problems.push(problem);
    return { ...resultOf(plan, effect, "FAILED"), isTransient: error instanceof AutomationError && error.retryable };
  }
  const isLiveUnchanged = effect.isUnproven && plan.found !== undefined && effect.changes.length === 0;
  return resultOf(plan, effect, isLiveUnchanged ? "FAILED" : doneAs(effect));
}

function doneAs({ isCreated, isDeleted, changes, problems }: Effect): ResourceOutcome["result"] {
  if (isDeleted) return "DELETED";
  if (isCreated) return "CREATED";
  // What was left as it is, is told among the changes but is none.
  if (changes.some((change) => !isRemark(change))) return "UPDATED";
  return problems.length > 0 ? "FAILED" : "UNCHANGED";
}

function isRemark(change: string): boolean {
  return change.startsWith("left ") || change.startsWith("not validated") || change === "adopted";
}

function resultOf(plan: ResourcePlan<Named>, effect: Effect, result: ResourceOutcome["result"]): ResourceResult {
  const { changes, problems, ids, isCreated, isUnproven } = effect;
  return {
    key: plan.key,
    outcome: {
      kind: plan.resource.kind,
      name: nameOf(plan.resource),
      result,
      ...(Object.keys(ids).length > 0 && { ids: ids as Record<string, string | number> }),
      ...(changes.length > 0 && { changes }),
      ...(problems.length > 0 && { problems }),
    },
    isCreated,
    isTransient: false,
    isSuperseded: false,
    isUnproven,
  };
}

function skipped(plan: ResourcePlan<Named>, because: string | undefined): ResourceResult {
  const problem = because === undefined ? undefined : { path: plan.path, message: because };
  return {
    key: plan.key,
    outcome: {
      kind: plan.resource.kind,
      name: nameOf(plan.resource),
      result: "SKIPPED",
      ...(problem
        ? { problems: [problem] }
        : { changes: ["superseded: a later message of the same sender shaped it"] }),
    },
    isCreated: false,
    isTransient: false,
    isSuperseded: false,
    isUnproven: false,
  };
}

/** A refusal or failure of RingCX's as a problem of the resource; nothing for what concerns the whole message. */
function problemOf(error: unknown, { path }: ResourcePlan<Named>): Problem | undefined {
  if (error instanceof QuotaDeferredError || error instanceof RingCxNotFoundError) return undefined;
  if (!(error instanceof RingCxError)) return undefined;
  const { generalMessage } = error.details as { generalMessage?: string };
  // RingCX names the field that it refuses at the beginning of its words, if at all.
  const field = /^([A-Za-z]\w*(?:\[\d+\])?(?:\.\w+)*):/.exec(generalMessage ?? "")?.[1];
  return { path: field ? `${path}.${field}` : path, message: error.message, hint: error.advice };
}
