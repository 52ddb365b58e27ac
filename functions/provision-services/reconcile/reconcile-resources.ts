import type { Logger } from "@aws-lambda-powertools/logger";
import pMap from "p-map";
import type { Manifest } from "../../../shared/contract/apply.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import { keyOf, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { applyGroup } from "../apply/apply-group.ts";
import { applyPlans, type OnResult } from "../apply/apply-plans.ts";
import { applyService } from "../apply/apply-service.ts";
import type { refuseRotated } from "../apply/being-rotated.ts";
import { permitEdges, withChangedSecrets } from "../edges/permit-edges.ts";
import { isMaking } from "../plan/cut-names.ts";
import { needsInputs, withInputs } from "../plan/plan-inputs.ts";
import { planResources } from "../plan/plan-resources.ts";
import { swappedWith } from "../plan/plan-swap.ts";
import type { PlanRequest, ResourcePlan } from "../plan/resource-plan.ts";
import { readResources } from "../read/known-names.ts";
import { readAccount } from "../read/read-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import { type MessageSummary, plannedOutcome } from "../report/message-outcome.ts";
import type { MessageProgress } from "../report/message-progress.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import type { ApplyContext, ApplyDependencies } from "../write/apply-context.ts";
import type { Validator } from "../write/validations.ts";
import type { AccountSession } from "./account-session.ts";
import { progressOf, requireReadOfLate } from "./doubt-reads.ts";
import { endBirths } from "./end-births.ts";
import { withKnownReasons } from "./planned-enabled-state.ts";

/** What a message is reconciled with. */
export interface MessageContext extends ApplyDependencies {
  logger: Pick<Logger, "warn">;
  /** The account that is changed. */
  session: AccountSession;
  /** The account that is copied from. */
  sourceSession: AccountSession;
  /** Sends the message's validation requests. */
  validator: Validator;
  /** For how long further resources are begun after the first one, in milliseconds. */
  turnMs: number;
  /** When no further resource is begun at all, epoch milliseconds. */
  latest: number;
  /** What the table knows of the resources of an apply message, where it was just read. */
  stored?: StoredResources | undefined;
  /** What earlier turns have come to. */
  progress: MessageProgress;
  onResult: OnResult;
}

/** Makes what exists what should exist. */
export async function reconcileResources(
  request: PlanRequest,
  isDryRun: boolean,
  message: MessageContext,
): Promise<MessageSummary | undefined> {
  const { table, clock, session, validator, progress } = message;
  const { accountId, generation, copiedFrom } = request;
  const { resources, stored } = await readResources(
    table,
    { ...session, accountId },
    request.resources,
    (named, known) => readAccount(session, named, known),
    message.stored,
  );
  const left = planResources({ ...request, resources }, session.observed, stored).map((plan) =>
    progress.ended.has(plan.key) ? { ...plan, steps: [], problems: [] } : plan,
  );
  progress.noteLooked();
  const plans = await withChangedSecrets(left, stored, session.secretReader);
  const checked = await permitEdges(plans, request, { ...session, table });
  if ("problems" in checked) throw new MessageRejectedError(checked.problems, "CREDENTIAL_NOT_ALLOWED");
  const possible = await unlessBeingRotated(checked.plans, { ...session, table, clock, stored });
  const doubted = { ...session, doubts: progress };
  if (isDryRun) {
    for (const plan of possible) await requireReadOfLate(doubted, plan);
    const { activation } = message;
    const { withCurrentVersion } = await import("../apply/current-version.ts");
    const whole = async (plan: ResourcePlan) => {
      const read = await withCurrentVersion({ ...session, table }, await withReadInputs(session, plan));
      return withKnownReasons({ activation, clock, accountId, stored }, read);
    };
    return plannedOutcome(await pMap(possible, whole, { concurrency: 1 }));
  }
  const { permitted } = checked;
  const given = { ...doubted, validator, stored, table, clock, generation };
  const context: ApplyContext = { ...given, resources, permitted, copiedFrom };
  await applyPlans(possible, {
    ...message,
    ...progressOf(doubted),
    lookAfterUnseen: async () => void (await endBirths(session, message)),
    applyResource: async (plan, done) => {
      const whole = await withReadInputs(session, plan);
      await intendPlan(progress, whole);
      await applyResource(context, whole, done);
    },
  });
  return undefined;
}

/** Rotation is asked about by code that only messages with auth configs need. */
async function unlessBeingRotated(plans: readonly ResourcePlan[], context: Parameters<typeof refuseRotated>[1]) {
  if (plans.every(({ resource }) => resource.kind !== "authConfig")) return plans;
  const { refuseRotated } = await import("../apply/being-rotated.ts");
  return refuseRotated(plans, context);
}

/** The plan, with what the inputs of its service make of it. */
async function withReadInputs({ observed }: AccountSession, plan: ResourcePlan): Promise<ResourcePlan> {
  const { serviceGroupId, serviceId } = plan.found ?? {};
  if (!needsInputs(plan) || serviceGroupId === undefined || serviceId === undefined) return plan;
  return withInputs(plan, await observed.readInputs(serviceGroupId, serviceId));
}

/** Writes down what a plan is about to change, before it does; what it makes, whoever makes it does ({@link ResourceChanges}). */
export async function intendPlan(
  progress: MessageProgress,
  { key, steps, resource }: ResourcePlan<ResourceName>,
): Promise<void> {
  const changes = steps.flatMap((step) => (isMaking(step) ? [] : step.changes));
  if (changes.length > 0) await progress.intend(key, changes);
  const swap = steps.find((step) => step.do === "swapNames");
  if (swap?.do !== "swapNames" || resource.kind !== "httpService") return;
  // One of the two does it for both.
  const { serviceDescription } = swap.partner;
  const partnerKey = keyOf({ ...resource, serviceDescription });
  await progress.intendFor(partnerKey, [swappedWith(resource.serviceDescription)]);
}

async function applyResource(
  context: ApplyContext,
  plan: ResourcePlan<Manifest>,
  done: ResourceChanges,
): Promise<void> {
  const { resource } = plan;
  switch (resource.kind) {
    case "httpServiceGroup":
      return applyGroup(context, plan, resource, done);
    case "authConfig": {
      const { applyAuthConfig } = await import("../apply/apply-auth-config.ts");
      return applyAuthConfig(context, plan, resource, done);
    }
    case "httpService":
      return applyService(context, plan, resource, done);
  }
}
