import { keyOf } from "../../../shared/contract/resource-key.ts";
import type { ObservedAccount } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import { afterCutTwins } from "./cut-names.ts";
import { planAuthConfig } from "./plan-auth-config.ts";
import { planGroup } from "./plan-group.ts";
import { planService } from "./plan-service.ts";
import { withoutHalfSwaps } from "./plan-swap.ts";
import type { PlanRequest, ResourcePlan } from "./resource-plan.ts";
import { isShownOtherwise } from "./shown-otherwise.ts";

/**
 * From what should exist and what was read to what is to be done, in the documented order: groups, auth configs,
 * services. Nothing to do is a plan without steps that write.
 */
export function planResources(
  request: PlanRequest,
  observed: ObservedAccount,
  stored: StoredResources,
): ResourcePlan[] {
  const placed = request.resources.map((resource, index) => ({
    resource,
    path: request.pathOf?.(resource) ?? `data.resources[${index}]`,
  }));
  const declared = new Set(request.resources.map(keyOf));
  const groups = placed.flatMap(({ resource, path }) =>
    resource.kind === "httpServiceGroup" ? [planGroup({ resource, path, request, observed, stored })] : [],
  );
  const authConfigs = placed.flatMap(({ resource, path }) =>
    resource.kind === "authConfig" ? [planAuthConfig({ resource, path, request, observed, stored })] : [],
  );
  const authConfigIds = new Map(
    authConfigs.flatMap(({ key, found, steps: [first] }) => {
      const id = first?.do === "createAuthConfig" ? first.authConfigId : found?.authConfigId;
      return id === undefined ? [] : [[key, id] as const];
    }),
  );
  const groupIds = new Map(
    groups.flatMap(({ key, found }) => (found?.serviceGroupId === undefined ? [] : [[key, found.serviceGroupId]])),
  );
  const services = placed.flatMap(({ resource, path }) =>
    resource.kind === "httpService"
      ? [planService({ resource, path, request, observed, stored, declared, authConfigIds, groupIds })]
      : [],
  );
  const plans = [...groups, ...authConfigs, ...services].map((plan) => ({
    ...plan,
    isByReading: plan.isByReading === true || isShownAgain(plan, stored) || isShownOtherwise(plan, observed, stored),
  }));
  return withoutHalfSwaps(afterCutTwins(withoutSharedTargets(plans)));
}

/** A message deleted it, and it is listed all the same. */
function isShownAgain({ key, found }: ResourcePlan, stored: StoredResources): boolean {
  const { tombstones, creationIntents, groups, authConfigs, services } = stored;
  const isKnown = [groups, authConfigs, services].some((known) => known.has(key)) || creationIntents.has(key);
  return found !== undefined && tombstones.has(key) && !isKnown;
}

/**
 * Refuses resources of a message that mean one and the same of RingCX's: one by its name, another by its previous one.
 * Each was planned as if it were alone.
 */
function withoutSharedTargets(plans: readonly ResourcePlan[]): ResourcePlan[] {
  const targets = Map.groupBy(plans, targetOf);
  return plans.map((plan): ResourcePlan => {
    const others =
      targetOf(plan) === undefined ? [] : (targets.get(targetOf(plan)) ?? []).filter((one) => one !== plan);
    const [other] = others;
    if (!other) return plan;
    const message = `is the same in RingCX as ${other.path}: one has its name, or its name from before`;
    const hint = "rename in one message, and use the old name again in a later one";
    return { ...plan, problems: [...plan.problems, { path: plan.path, message, hint }] };
  });
}

/** What of RingCX's a plan is about, where it exists. */
function targetOf({ resource, found }: ResourcePlan): string | undefined {
  if (!found) return undefined;
  const id = { httpServiceGroup: found.serviceGroupId, authConfig: found.authConfigId, httpService: found.serviceId }[
    resource.kind
  ];
  return id === undefined ? undefined : `${resource.kind} ${id}`;
}
