import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { problemOf } from "../report/error-problems.ts";
import { doneAs, type Effect, noEffect, type ResourceResult, resultOf, skipped } from "../report/resource-result.ts";
import type { Work } from "./apply-context.ts";

/** Time that a resource may need, in milliseconds: it is not begun with less. */
const enoughMs = 15_000;

/** Carries out the plan of one resource; the effect tells what was done, also when it throws. */
export type Run<Resource extends ResourceName> = (plan: ResourcePlan<Resource>, effect: Effect) => Promise<void>;

/** Told of each resource as soon as it has ended, so that nothing is lost when a later one has to wait. */
export type OnResult = (result: ResourceResult) => void;

/**
 * Carries out the plans in their order. A resource that fails keeps back only what depends on it.
 *
 * @throws {QuotaDeferredError} and what is no refusal of RingCX's; {@link RingCxNotFoundError} for an id that is no
 *   more. What was done so far has been told by then.
 */
export async function applyPlan<Resource extends ResourceName>(
  plans: readonly ResourcePlan<Resource>[],
  work: Work,
  run: Run<Resource>,
  onResult: OnResult,
): Promise<void> {
  const failed = new Map<ResourceKey, string>();
  for (const plan of plans) {
    if (work.clock.now() > work.deadline - enoughMs)
      throw new DeferredError("No time is left for the next resource.", 1_000);
    const name = displayName(plan.resource);
    const blocker = plan.dependsOn.map((key) => failed.get(key)).find((blocking) => blocking !== undefined);
    const result = blocker === undefined ? await applyOne(plan, run, onResult) : skipped(plan, `waits for ${blocker}`);
    if (result.outcome.result === "FAILED" || blocker !== undefined)
      failed.set(plan.key, `${plan.resource.kind} ${JSON.stringify(name)}`);
    onResult(result);
  }
}

async function applyOne<Resource extends ResourceName>(
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
