import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { keyOf } from "../../../shared/contract/resource-key.ts";
import { namedAlike } from "../../../shared/primitives/same-name.ts";
import type { PlacedService } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import { swapPartner } from "../read/swapped-names.ts";
import { isWritten, type PlanRequest, type ResourcePlan, type Step } from "./resource-plan.ts";
import { writeProblems } from "./service-fields.ts";

/** Two services that swap their names, as they were found. */
export interface FoundSwap {
  own: PlacedService;
  partner: PlacedService;
  /** What the partner is to be called. */
  partnerName: string;
}

/**
 * The service that is to have the resource's name, where the message swaps it with another one: by the ids of a swap that
 * was begun, or by the names as they are now.
 */
export function findSwap(
  resource: HttpServiceManifest,
  { resources }: PlanRequest,
  inGroup: readonly PlacedService[],
  { swapped }: Pick<StoredResources, "swapped">,
): FoundSwap | undefined {
  const other = swapPartner(resource, resources);
  if (!other) return undefined;
  const withId = (id: number | undefined) => inGroup.find(({ service }) => service.serviceId === id);
  const named = (name: string) => {
    const [one, ...namesakes] = namedAlike(inGroup, name, ({ service }) => service.serviceDescription);
    return namesakes.length === 0 ? one : undefined;
  };
  const begun = [withId(swapped.get(keyOf(resource))), withId(swapped.get(keyOf(other)))] as const;
  const [own, partner] =
    begun[0] && begun[1] ? begun : [named(other.serviceDescription), named(resource.serviceDescription)];
  if (!own || !partner || own === partner) return undefined;
  return { own, partner, partnerName: other.serviceDescription };
}

/** Of two services that are to swap their names one is not there: to rename the other one is not what the message says. */
export function missingPartner(
  resource: HttpServiceManifest,
  { resources }: PlanRequest,
  inGroup: readonly PlacedService[],
): Pick<Problem, "message" | "hint"> | undefined {
  const other = swapPartner(resource, resources);
  if (!other) return undefined;
  const isThere = (name: string) => namedAlike(inGroup, name, ({ service }) => service.serviceDescription).length > 0;
  const names = [resource.serviceDescription, other.serviceDescription];
  const missing = names.filter((name) => !isThere(name));
  const [name] = missing;
  if (name === undefined || missing.length === names.length) return undefined;
  return {
    message: `there is no service ${JSON.stringify(name)} to swap names with`,
    hint: "to rename a service declare it alone, with its name from now as previousName; to make another one leave previousName out",
  };
}

/** The step that swaps the names; none where both are as they are to be. */
export function swapSteps({ serviceDescription }: HttpServiceManifest, swap: FoundSwap): Step[] {
  const { own, partner, partnerName } = swap;
  const isNamed = ({ service }: PlacedService, name: string) => service.serviceDescription === name;
  if (isNamed(own, serviceDescription) && isNamed(partner, partnerName)) return [];
  const { serviceId } = partner.service;
  return [
    { do: "swapNames", partner: { serviceId, serviceDescription: partnerName }, changes: [swappedWith(partnerName)] },
  ];
}

/** The change in words. @param name of the other one, as it is called afterwards */
export function swappedWith(name: string): string {
  return `serviceDescription (swapped with ${JSON.stringify(name)})`;
}

/** Each of the two is renamed by writing its whole record, which must not carry a credential along. */
export function swapProblems({ own, partner }: FoundSwap, path: string): Problem[] {
  return [own, partner].flatMap(({ service }) => writeProblems(service, {}, false, path));
}

/** A swap is done whole or not at all: where one of the two cannot be renamed, the other one is not either. */
export function withoutHalfSwaps(plans: readonly ResourcePlan[]): ResourcePlan[] {
  const resources = plans.map(({ resource }) => resource);
  return plans.map((plan): ResourcePlan => {
    if (!plan.steps.some((step) => step.do === "swapNames")) return plan;
    const other = swapPartner(plan.resource, resources);
    const half = plans.find(({ resource }) => resource === other);
    if (half && isWritten(half)) return plan;
    const message = "the service with which it swaps its name cannot be changed";
    const hint = half?.isSuperseded ? "a later message has shaped it" : "see what is wrong with that one";
    return { ...plan, problems: [...plan.problems, { path: `${plan.path}.previousName`, message, hint }] };
  });
}
