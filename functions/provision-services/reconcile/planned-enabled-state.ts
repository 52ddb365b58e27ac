import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { isInForce } from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { isWantedOtherwise, wantedChange } from "../plan/declared-changes.ts";
import { plannedChange } from "../plan/planned-values.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import { leftAsItIs } from "../report/resource-result.ts";
import type { ApplyContext } from "../write/apply-context.ts";
import { othersVeto } from "../write/apply-enabled-state.ts";

/**
 * The plan of a service that is there, with what its activation record says: who else keeps it as it is, so that it would be left so,
 * and what the message changes in the record although it would switch nothing.
 */
export async function withKnownReasons(
  { activation, clock, accountId, stored }: Pick<ApplyContext, "activation" | "clock" | "accountId" | "stored">,
  plan: ResourcePlan,
): Promise<ResourcePlan> {
  const { resource, found, steps } = plan;
  const step = steps.find(({ do: what }) => what === "applyEnabledState");
  if (resource.kind !== "httpService" || resource.isEnabled === undefined || !found?.serviceId || !step) return plan;
  const { isEnabled } = resource;
  const known = stored.services.get(plan.key);
  // Of one that is being renamed it is still under the former name.
  const { groupName, serviceDescription } = known?.manifest ?? resource;
  const record = await activation.get({ accountId, groupName, serviceDescription });
  const isSwitched = (step.expectedChanges ?? []).length > 0;
  const because = isSwitched ? whyLeft(record, isEnabled, clock.now()) : undefined;
  if (isSwitched && because === undefined) return plan;
  const isTold = known !== undefined && isWantedOtherwise(resource, record);
  const told = isTold ? [plannedChange(wantedChange, !isEnabled, isEnabled)] : [];
  const { changes, plannedChanges = changes } = step;
  const whole: Step = { ...step, plannedChanges: [...plannedChanges, ...told], expectedChanges: [] };
  return {
    ...plan,
    steps: steps.map((one) => (one === step ? whole : one)),
    notes: because === undefined ? plan.notes : [...plan.notes, leftAsItIs(!isEnabled, because)],
  };
}

/** Why it would not be switched as the message says; nothing where it would. */
function whyLeft(record: StoredActivation, isEnabled: boolean, now: number): string | undefined {
  if (isInForce(record.handsOff, now)) return decideActivation(record, now).because;
  return isEnabled ? othersVeto(record, now, false)?.because : undefined;
}
