import type { Manifest } from "../../../shared/contract/apply.ts";
import type { ResourcePlan, Step } from "./resource-plan.ts";

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
