import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { isInForce } from "../../../shared/activation/reasons.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { leftAsItIs } from "../report/resource-result.ts";
import type { ApplyContext } from "../write/apply-context.ts";
import { othersVeto } from "../write/apply-enabled-state.ts";

/**
 * The plan of a service that is to become active, with who else keeps it inactive, as its record has it now: then it would be left as
 * it is, and that is no change.
 */
export async function withKnownReasons(
  { activation, clock, accountId }: Pick<ApplyContext, "activation" | "clock" | "accountId">,
  plan: ResourcePlan,
): Promise<ResourcePlan> {
  const { resource, found, steps } = plan;
  const isAwaited = steps.some(
    ({ do: what, expectedChanges = [] }) => what === "applyEnabledState" && expectedChanges.length > 0,
  );
  if (resource.kind !== "httpService" || resource.isEnabled !== true || found?.serviceId === undefined || !isAwaited) {
    return plan;
  }
  const { groupName, serviceDescription } = resource;
  const record = await activation.get({ accountId, groupName, serviceDescription });
  const now = clock.now();
  const because = isInForce(record.handsOff, now)
    ? decideActivation(record, now).because
    : othersVeto(record, now, false)?.because;
  if (because === undefined) return plan;
  return {
    ...plan,
    steps: steps.map((step) => (step.do === "applyEnabledState" ? { ...step, expectedChanges: [] } : step)),
    notes: [...plan.notes, leftAsItIs(false, because)],
  };
}
