import type { RetireMessage } from "../../../shared/contract/retire.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { applyPlans } from "../apply/apply-plans.ts";
import { applyRetirement, deletionOf } from "../apply/apply-retirement.ts";
import { refuseRotated } from "../apply/being-rotated.ts";
import { noNewEdges } from "../edges/permit-edges.ts";
import {
  findRetiredAuthConfigs,
  findRetiredServices,
  planRetirement,
  type RetiredResource,
} from "../plan/plan-retirement.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { readResources } from "../read/known-names.ts";
import { readLinkedServices } from "../read/linked-services.ts";
import { type MessageSummary, plannedOutcome } from "../report/message-outcome.ts";
import type { MessageProgress } from "../report/message-progress.ts";
import type { ApplyContext } from "../write/apply-context.ts";
import { progressOf } from "./doubt-reads.ts";
import { intendPlan, type MessageContext } from "./reconcile-resources.ts";

/** Takes services out of use, and what else a message retires. */
export async function retireResources(
  { accountId, dryRun, ...data }: RetireMessage["data"],
  generation: Generation,
  message: MessageContext,
): Promise<MessageSummary | undefined> {
  const { table, clock, session, validator, progress } = message;
  const { observed } = session;
  const { resources, stored } = await readResources(table, { ...session, accountId }, data.resources, async (named) => {
    await observed.readTree();
    if (named.some(({ kind }) => kind === "authConfig")) await observed.readAuthConfigs();
  });
  for (const resource of resources) {
    const [placed] =
      resource.kind === "httpService" && resource.delete === "inputs"
        ? findRetiredServices(resource, observed, stored)
        : [];
    if (placed) await observed.readInputs(placed.serviceGroupId, placed.service.serviceId);
  }
  const request = { accountId, generation, resources };
  const linked = await readLinkedServices({ ...session, table }, findRetiredAuthConfigs(request, observed, stored));
  const planned = planRetirement(request, observed, stored, linked);
  const possible = await refuseRotated(planned, { ...session, table, clock, stored });
  const plans = possible.map((plan) => ({
    ...plan,
    isByReading: plan.isByReading === true || mayBeDone(plan, progress),
  }));
  if (dryRun) return plannedOutcome(plans);
  const doubted = { ...session, doubts: progress };
  const given = { ...doubted, validator, stored, table, clock, generation };
  const context: ApplyContext = { ...given, resources: [], permitted: noNewEdges };
  await applyPlans(plans, {
    ...message,
    ...progressOf(doubted),
    applyResource: async (plan, done) => {
      await intendPlan(progress, plan);
      await applyRetirement(context, plan, done);
    },
  });
  return undefined;
}

/** An earlier turn was deleting what is shown, and may have failed after that: then only the list is old. */
function mayBeDone({ resource, found }: ResourcePlan<RetiredResource>, progress: MessageProgress): boolean {
  const id = resource.kind === "authConfig" ? found?.authConfigId : found?.serviceId;
  return id !== undefined && progress.isRaised(deletionOf(id));
}
