import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
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
import { CreationUnseenError } from "../write/create-once.ts";

/** Applies the plan of one resource, and enters into `done` what was done, also when it throws. */
export type ApplyResource<Resource extends ResourceName> = (
  plan: ResourcePlan<Resource>,
  done: ResourceChanges,
) => Promise<void>;

/** Called for each resource as soon as it has ended, so that nothing is lost when a later one has to wait. */
export type OnResult = (result: ResourceResult) => Promise<void>;

/** How plans are applied. */
export interface ApplyOptions<Resource extends ResourceName> {
  clock: Pick<Clock, "now">;
  /** For how long further resources are begun after the first one, in milliseconds; one is in any case. */
  turnMs: number;
  /** When no further resource is begun at all, epoch milliseconds. */
  latest: number;
  /** Resources that ended in an earlier turn: nothing more is done for them. */
  ended: ReadonlyMap<ResourceKey, ResourceResult>;
  applyResource: ApplyResource<Resource>;
  onResult: OnResult;
  /** Notes in the table what is about to be done of a resource. */
  intend: (key: ResourceKey, changes: readonly string[]) => Promise<void>;
  /** Tells a broken assumption, by metric and log, if it is one and is not told yet. */
  noteBroken: (error: unknown) => void;
  /** Throws where a plan, or what failed of it, rests on a read that may be old. */
  doubt: (doubted: { error: unknown } | ResourcePlan<ResourceName>) => Promise<void>;
  /** Called between resources while one that was made may not be shown yet. */
  lookAfterUnseen?: () => Promise<void>;
  /** What an earlier turn noted of it, and did not end. */
  interrupted: (key: ResourceKey) => readonly string[];
}

/**
 * Applies the plans in their order. A resource that fails keeps back only what depends on it.
 *
 * @throws {QuotaDeferredError} and what is no refusal of RingCX's; {@link RingCxNotFoundError} for an id that is no
 *   more; {@link DeferredError} when the time is over. `onResult` was called for what was done until then.
 */
export async function applyPlans<Resource extends ResourceName>(
  plans: readonly ResourcePlan<Resource>[],
  options: ApplyOptions<Resource>,
): Promise<void> {
  const { clock, turnMs, latest, ended, onResult } = options;
  /** What keeps others back, and whether that may change by itself. */
  const failed = new Map<ResourceKey, { name: string; isTransient: boolean }>();
  let until: number | undefined;
  /** Of what RingCX does not show yet, and of what depends on it, nothing is known: it is waited for together, afterwards. */
  const unseen = new Set<ResourceKey>();
  let doubt: CreationUnseenError | undefined;
  for (const plan of plans) {
    const before = ended.get(plan.key);
    if (!before && plan.dependsOn.some((key) => unseen.has(key))) {
      unseen.add(plan.key);
      continue;
    }
    if (!before && until !== undefined && clock.now() > until)
      throw new DeferredError("It is the next message's turn.", 0);
    if (!before && doubt) await options.lookAfterUnseen?.();
    const blocker = plan.dependsOn.map((key) => failed.get(key)).find((blocking) => blocking !== undefined);
    // What it took to read and to plan is not what others wait for: each turn brings the message further.
    if (!before) until ??= Math.min(clock.now() + turnMs, latest);
    const result =
      before ??
      (blocker === undefined
        ? await applyPlan(plan, options).catch(unlessUnseen)
        : { ...blockedResult(plan, blocker.name), isTransient: blocker.isTransient });
    if (result instanceof CreationUnseenError) {
      unseen.add(plan.key);
      doubt ??= result;
      continue;
    }
    if (result.outcome.result === "FAILED" || result.outcome.result === "SKIPPED") {
      const name = `${plan.resource.kind} ${JSON.stringify(displayName(plan.resource))}`;
      if (!result.isSuperseded) failed.set(plan.key, { name, isTransient: result.isTransient });
    }
    await onResult(result);
  }
  if (doubt) throw doubt;
}

function unlessUnseen(error: unknown): CreationUnseenError {
  if (error instanceof CreationUnseenError) return error;
  throw error;
}

async function applyPlan<Resource extends ResourceName>(
  plan: ResourcePlan<Resource>,
  { applyResource, onResult, intend, doubt, noteBroken, interrupted }: ApplyOptions<Resource>,
): Promise<ResourceResult> {
  if (plan.isSuperseded) return supersededResult(plan);
  await doubt(plan);
  const done = new ResourceChanges(plan.found, (changes) => intend(plan.key, changes), interrupted(plan.key));
  done.remark(...plan.remarks, ...plan.notes);
  if (plan.problems.length > 0) {
    noteBroken(plan.broken);
    done.problems.push(...plan.problems);
    return resourceResult(plan, done, "FAILED");
  }
  try {
    await applyResource(plan, done).catch(async (error: unknown) => {
      await doubt({ error });
      noteBroken(error);
      throw error;
    });
  } catch (error) {
    const problem = resourceProblem(error, plan);
    const isTransient = !problem || (error instanceof AutomationError && error.retryable);
    if (isTransient) done.forget(plan.notes);
    if (!problem) {
      if (done.isNoted) await onResult({ ...resourceResult(plan, done, "FAILED"), isTransient: true });
      throw error;
    }
    done.problems.push(problem);
    return { ...resourceResult(plan, done, "FAILED"), isTransient };
  }
  const isLiveUnchanged = done.isUnvalidated && plan.found !== undefined && done.lines.length === 0;
  return resourceResult(plan, done, isLiveUnchanged ? "FAILED" : resultName(done));
}
