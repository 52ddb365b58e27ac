import type { Manifest } from "../../../shared/contract/apply.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ResourcePlan, Step } from "./resource-plan.ts";
import { differingFields } from "./service-fields.ts";

/**
 * The plan of a service whose link is replaced before its URL is written, while the service is inactive: with the old
 * link, the new URL would get a credential that it may not have. Only where v1 does not take links with the record.
 */
export function linkFirst(plan: ResourcePlan<Manifest>): ResourcePlan<Manifest> {
  const { steps } = plan;
  const link = steps.find((step) => step.do === "confirmAuthLink");
  const url = steps.findIndex((step) => step.do === "updateService");
  if (link?.do !== "confirmAuthLink" || url === -1) return plan;
  const { authConfigId, changes } = link;
  const replace: Step = { do: "replaceLink", authConfigId, changes };
  return { ...plan, steps: [...steps.slice(0, url), replace, ...steps.slice(url)].filter((step) => step !== link) };
}

/**
 * What is left to be done for a clone, once it is seen what it was born with: the plan was made from its source, and RingCX
 * does not document what a clone takes over.
 */
export function stepsOfBornClone(left: readonly Step[], resource: HttpServiceManifest, born: HttpService): Step[] {
  const { fields, changes } = differingFields(resource, born, undefined);
  if (Object.keys(fields).length === 0) return [...left];
  const planned = left.find((step) => step.do === "updateService");
  if (planned) return left.map((step) => (step === planned ? { ...planned, fields, changes } : step));
  const link = left.find((step) => step.do === "confirmAuthLink");
  const write: Step = { do: "updateService", fields, dropped: [], authConfigId: link?.authConfigId, changes };
  return [write, ...left];
}
