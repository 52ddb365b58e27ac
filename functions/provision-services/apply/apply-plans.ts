import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { resourceProblem } from "../report/error-problems.ts";
import {
  blockedResult,
  ResourceChanges,
  type ResourceResult,
  resourceResult,
  resultName,
  supersededResult,
} from "../report/resource-result.ts";
import type { ApplyContext } from "./apply-context.ts";

/** Time that a resource may need, in milliseconds: it is not begun with less. */
const msPerResource = 15_000;

/** Applies the plan of one resource, and enters into `done` what was done, also when it throws. */
export type ApplyResource<Resource extends ResourceName> = (
  plan: ResourcePlan<Resource>,
  done: ResourceChanges,
) => Promise<void>;

/** Called for each resource as soon as it has ended, so that nothing is lost when a later one has to wait. */
export type OnResult = (result: ResourceResult) => void;

/**
 * Applies the plans in their order. A resource that fails keeps back only what depends on it.
 *
 * @throws {QuotaDeferredError} and what is no refusal of RingCX's; {@link RingCxNotFoundError} for an id that is no
 *   more; {@link DeferredError} when the time left does not suffice for the next one. `onResult` was called for what
 *   was done until then.
 */
export async function applyPlans<Resource extends ResourceName>(
  plans: readonly ResourcePlan<Resource>[],
  { clock, deadline }: Pick<ApplyContext, "clock" | "deadline">,
  applyResource: ApplyResource<Resource>,
  onResult: OnResult,
): Promise<void> {
  const failed = new Map<ResourceKey, string>();
  for (const plan of plans) {
    if (clock.now() > deadline - msPerResource) {
      throw new DeferredError("No time is left for the next resource.", 1_000);
    }
    const blocker = plan.dependsOn.map((key) => failed.get(key)).find((blocking) => blocking !== undefined);
    const result =
      blocker === undefined
        ? await applyPlan(plan, applyResource, onResult)
        : blockedResult(plan, `waits for ${blocker}`);
    if (result.outcome.result === "FAILED" || blocker !== undefined) {
      failed.set(plan.key, `${plan.resource.kind} ${JSON.stringify(displayName(plan.resource))}`);
    }
    onResult(result);
  }
}

async function applyPlan<Resource extends ResourceName>(
  plan: ResourcePlan<Resource>,
  applyResource: ApplyResource<Resource>,
  onResult: OnResult,
): Promise<ResourceResult> {
  if (plan.isSuperseded) return supersededResult(plan);
  const done = new ResourceChanges(plan.found);
  done.remark(...plan.remarks);
  if (plan.problems.length > 0) {
    done.problems.push(...plan.problems);
    return resourceResult(plan, done, "FAILED");
  }
  try {
    await applyResource(plan, done);
  } catch (error) {
    const problem = resourceProblem(error, plan);
    if (!problem) {
      if (done.lines.length > 0) onResult({ ...resourceResult(plan, done, "FAILED"), isTransient: true });
      throw error;
    }
    done.problems.push(problem);
    const isTransient = error instanceof AutomationError && error.retryable;
    return { ...resourceResult(plan, done, "FAILED"), isTransient };
  }
  const isLiveUnchanged = done.isUnvalidated && plan.found !== undefined && done.lines.length === 0;
  return resourceResult(plan, done, isLiveUnchanged ? "FAILED" : resultName(done));
}
