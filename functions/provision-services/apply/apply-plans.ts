import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { resourceProblem } from "../report/error-problems.ts";
import {
  noEffect,
  type ResourceChanges,
  type ResourceResult,
  resourceResult,
  resultName,
  skippedResult,
} from "../report/resource-result.ts";
import type { ApplyContext } from "./apply-context.ts";

/** Time that a resource may need, in milliseconds: it is not begun with less. */
const msPerResource = 15_000;

/** Carries out the plan of one resource; the effect tells what was done, also when it throws. */
export type ApplyResource<Resource extends ResourceName> = (
  plan: ResourcePlan<Resource>,
  done: ResourceChanges,
) => Promise<void>;

/** Told of each resource as soon as it has ended, so that nothing is lost when a later one has to wait. */
export type OnResult = (result: ResourceResult) => void;

/**
 * Carries out the plans in their order. A resource that fails keeps back only what depends on it.
 *
 * @throws {QuotaDeferredError} and what is no refusal of RingCX's; {@link RingCxNotFoundError} for an id that is no
 *   more. What was done so far has been told by then.
 */
export async function applyPlans<Resource extends ResourceName>(
  plans: readonly ResourcePlan<Resource>[],
  context: ApplyContext,
  run: ApplyResource<Resource>,
  onResult: OnResult,
): Promise<void> {
  const failed = new Map<ResourceKey, string>();
  for (const plan of plans) {
    if (context.clock.now() > context.deadline - msPerResource)
      throw new DeferredError("No time is left for the next resource.", 1_000);
    const name = displayName(plan.resource);
    const blocker = plan.dependsOn.map((key) => failed.get(key)).find((blocking) => blocking !== undefined);
    const result =
      blocker === undefined ? await applyOne(plan, run, onResult) : skippedResult(plan, `waits for ${blocker}`);
    if (result.outcome.result === "FAILED" || blocker !== undefined)
      failed.set(plan.key, `${plan.resource.kind} ${JSON.stringify(name)}`);
    onResult(result);
  }
}

async function applyOne<Resource extends ResourceName>(
  plan: ResourcePlan<Resource>,
  run: ApplyResource<Resource>,
  onResult: OnResult,
): Promise<ResourceResult> {
  if (plan.isSuperseded) return { ...skippedResult(plan, undefined), isSuperseded: true };
  const done = noEffect(plan.found);
  done.changes.push(...plan.remarks);
  if (plan.problems.length > 0) {
    done.problems.push(...plan.problems);
    return resourceResult(plan, done, "FAILED");
  }
  try {
    await run(plan, done);
  } catch (error) {
    const problem = resourceProblem(error, plan);
    if (!problem) {
      if (done.changes.length > 0) onResult({ ...resourceResult(plan, done, "FAILED"), isTransient: true });
      throw error;
    }
    done.problems.push(problem);
    return {
      ...resourceResult(plan, done, "FAILED"),
      isTransient: error instanceof AutomationError && error.retryable,
    };
  }
  const isLiveUnchanged = done.isUnvalidated && plan.found !== undefined && done.changes.length === 0;
  return resourceResult(plan, done, isLiveUnchanged ? "FAILED" : resultName(done));
}
