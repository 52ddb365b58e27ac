import pMap from "p-map";
import * as z from "zod";
import type { Manifest } from "../../../shared/contract/apply.ts";
import type { CopyMessage } from "../../../shared/contract/copy.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { displayName, keyOf, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import type { RetireMessage } from "../../../shared/contract/retire.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { isSameInputName, isSameName } from "../../../shared/primitives/same-name.ts";
import { creationIntentKey } from "../../../shared/records/account/resource-markers.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { applyAuthConfig } from "../apply/apply-auth-config.ts";
import { applyGroup } from "../apply/apply-group.ts";
import { applyPlans, type OnResult } from "../apply/apply-plans.ts";
import { applyRetirement } from "../apply/apply-retirement.ts";
import { applyService } from "../apply/apply-service.ts";
import { credentialProblems } from "../authorize/authorize-resources.ts";
import { copiedPath, copyManifests } from "../desired/copy-manifests.ts";
import { noNewEdges, permitEdges, withChangedSecrets } from "../edges/permit-edges.ts";
import { copyTargetKey } from "../plan/ownership.ts";
import { needsInputs, withInputs } from "../plan/plan-inputs.ts";
import { planResources } from "../plan/plan-resources.ts";
import { findRetiredServices, planRetirement } from "../plan/plan-retirement.ts";
import { swappedWith } from "../plan/plan-swap.ts";
import type { CloneSource, PlanRequest, ResourcePlan } from "../plan/resource-plan.ts";
import { readResources } from "../read/known-names.ts";
import { readAccount } from "../read/read-account.ts";
import { readCopySource } from "../read/read-copy-source.ts";
import { type DoubtedAccount, requireShown, requireShownBehind } from "../read/require-shown.ts";
import { readStoredResources, type StoredResources } from "../read/stored-resources.ts";
import { type MessageSummary, plannedOutcome } from "../report/message-outcome.ts";
import type { MessageProgress } from "../report/message-progress.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import type { ApplyContext } from "../write/apply-context.ts";
import type { Validator } from "../write/validations.ts";
import type { AccountSession } from "./account-session.ts";

/** What a message is reconciled with. */
export interface MessageContext {
  table: StateTable;
  clock: Clock;
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

/**
 * Reads, plans and applies what a message asks for. Where an id leads nowhere everything is read again, once.
 *
 * @returns what was planned, if that was all that was asked
 * @throws {RingCxContradictionError} when an id that is listed leads nowhere
 */
export async function reconcileMessage(
  message: ProvisioningMessage,
  context: MessageContext,
): Promise<MessageSummary | undefined> {
  const { session, sourceSession } = context;
  try {
    return await reconcileOnce(message, context);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    session.observed.invalidate();
    sourceSession.observed.invalidate();
    return reconcileOnce(message, { ...context, stored: undefined }).catch((again: unknown) => {
      // What was just listed is not found: one of both is old.
      const isListed = again instanceof RingCxNotFoundError && (again.ids.serviceGroupId ?? again.ids.authConfigId);
      throw isListed ? new RingCxContradictionError(again) : again;
    });
  }
}

function reconcileOnce(message: ProvisioningMessage, context: MessageContext): Promise<MessageSummary | undefined> {
  const { source, id, time } = message;
  const generation = { source, id, time };
  switch (message.type) {
    case "ringcx.apply.v1": {
      const { accountId, resources } = message.data;
      return reconcileResources({ accountId, generation, resources }, message.data.dryRun, context);
    }
    case "ringcx.copy.v1":
      return copyServices(message.data, generation, context);
    case "ringcx.retire.v1":
      return retireResources(message.data, generation, context);
  }
}

/** Makes what exists what should exist. */
async function reconcileResources(request: PlanRequest, isDryRun: boolean, message: MessageContext) {
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
  const plans = await withChangedSecrets(left, stored, session.secretReader);
  const checked = await permitEdges(plans, request, { ...session, table });
  if ("problems" in checked) throw new MessageRejectedError(checked.problems, "CREDENTIAL_NOT_ALLOWED");
  const doubted = { ...session, doubts: progress };
  if (isDryRun) {
    for (const plan of checked.plans) {
      await requireReadOfLate(doubted, { ...plan, isByReading: plan.isByReading || isUnlisted(plan, stored) });
    }
    return plannedOutcome(await pMap(checked.plans, (plan) => withReadInputs(session, plan), { concurrency: 1 }));
  }
  const { permitted } = checked;
  const given = { ...doubted, validator, stored, table, clock, generation };
  const context: ApplyContext = { ...given, resources, permitted, copiedFrom };
  await applyPlans(checked.plans, {
    ...message,
    ...progressOf(doubted),
    applyResource: async (plan, done) => {
      const whole = await withReadInputs(session, plan);
      await requireKnownInputs(doubted, whole, stored);
      await intendPlan(progress, whole);
      await applyResource(context, whole, done);
    },
  });
  return undefined;
}

/** How appliers note what they do, and what they do not believe yet. */
function progressOf(doubted: DoubtedAccount & { doubts: MessageProgress }) {
  const { doubts: progress } = doubted;
  return {
    ended: progress.ended,
    intend: (key: ResourceKey, changes: readonly string[]) => progress.intend(key, changes),
    interrupted: (key: ResourceKey) => progress.interrupted(key),
    async doubt(what: { error: unknown } | ResourcePlan<ResourceName>): Promise<void> {
      await ("error" in what ? requireShownBehind(doubted, what.error) : requireReadOfLate(doubted, what));
    },
  };
}

/** {@link requireShown} of what a plan says of the account. */
async function requireReadOfLate(
  doubted: DoubtedAccount,
  { key, isByReading, problems }: Pick<ResourcePlan<ResourceName>, "key" | "isByReading" | "problems">,
): Promise<void> {
  if (isByReading) await requireShown(doubted, `${key}: ${problems[0]?.message ?? "it is not listed"}`);
}

/** Known, and not shown: it would be made again. */
function isUnlisted({ key, found }: ResourcePlan, { groups, authConfigs, services }: StoredResources): boolean {
  return found === undefined && [groups, authConfigs, services].some((known) => known.has(key));
}

/** The plan, with what the inputs of its service make of it. */
async function withReadInputs({ observed }: AccountSession, plan: ResourcePlan): Promise<ResourcePlan> {
  const { serviceGroupId, serviceId } = plan.found ?? {};
  if (!needsInputs(plan) || serviceGroupId === undefined || serviceId === undefined) return plan;
  return withInputs(plan, await observed.readInputs(serviceGroupId, serviceId));
}

const namedSchema = z.array(z.looseObject({ name: z.string() }));

/** Inputs that an earlier message made, and that are not listed, would be made twice, or not be deleted. */
async function requireKnownInputs(
  doubted: DoubtedAccount,
  { key, found }: ResourcePlan,
  { services }: StoredResources,
): Promise<void> {
  const known = namedSchema.safeParse(services.get(key)?.manifest.httpServiceInputs).data ?? [];
  const listed = found?.serviceId === undefined ? undefined : doubted.observed.inputs.get(found.serviceId);
  if (listed === undefined) return;
  const missing = known.filter(({ name }) => !listed.some((input) => isSameInputName(input.name, name)));
  if (missing.length > 0) await requireShown(doubted, `${key} lacks the inputs ${missing.map(({ name }) => name)}`);
}

async function intendPlan(
  progress: MessageProgress,
  { key, steps, resource }: ResourcePlan<ResourceName>,
): Promise<void> {
  const changes = steps.flatMap((step) => step.changes);
  if (changes.length > 0) await progress.intend(key, changes);
  const swap = steps.find((step) => step.do === "swapNames");
  if (swap?.do !== "swapNames" || resource.kind !== "httpService") return;
  // One of the two does it for both.
  const { serviceDescription } = swap.partner;
  const partnerKey = keyOf({ ...resource, serviceDescription });
  await progress.intendFor(partnerKey, [swappedWith(resource.serviceDescription)]);
}

function applyResource(context: ApplyContext, plan: ResourcePlan<Manifest>, done: ResourceChanges): Promise<void> {
  const { resource } = plan;
  switch (resource.kind) {
    case "httpServiceGroup":
      return applyGroup(context, plan, resource, done);
    case "authConfig":
      return applyAuthConfig(context, plan, resource, done);
    case "httpService":
      return applyService(context, plan, resource, done);
  }
}

async function copyServices(
  data: CopyMessage["data"],
  generation: Generation,
  context: MessageContext,
): Promise<MessageSummary | undefined> {
  const { table, session, sourceSession } = context;
  const { accountId } = data;
  const isSameAccount = sourceSession.accountId === accountId;
  const sources = await readCopySource(table, { ...sourceSession, doubts: context.progress }, data, context.progress);
  await session.observed.readTree();
  const wanted = data.to.groupName ?? data.from.groupName;
  const group = session.observed.groupNamed(wanted);
  const groupName = group?.groupName ?? wanted;
  // One that an earlier turn began to make is carried to its end, and told: its record is written, its intent removed.
  const target = { kind: "httpServiceGroup", groupName } as const;
  const isBegun =
    context.progress.hasBegun(keyOf(target)) || (await table.get(creationIntentKey(accountId, target))) !== undefined;
  const { resources, problems } = copyManifests(data, sources, {
    isSameAccount,
    groupName,
    hasGroup: group !== undefined && !isBegun,
  });
  const pathOf = (resource: Manifest) => copiedPath(data, displayName(resource));
  const stored = await readStoredResources(table, accountId, resources);
  const refused = [...problems, ...(await credentialProblems(resources, { ...session, stored, pathOf }))];
  if (refused.length > 0) throw new MessageRejectedError(refused, "COPY_NOT_POSSIBLE");

  const isClone = isSameAccount && isSameName(groupName, data.from.groupName);
  const clones = new Map<string, CloneSource>();
  const copiedFrom = new Map<string, string>();
  for (const { service, inputs } of sources) {
    const serviceDescription = data.to.serviceDescription ?? service.serviceDescription;
    const key = keyOf({ kind: "httpService", groupName, serviceDescription });
    const name = {
      kind: "httpService",
      groupName: data.from.groupName,
      serviceDescription: service.serviceDescription,
    } as const;
    copiedFrom.set(copyTargetKey({ groupName, serviceDescription }), `${sourceSession.accountId}/${displayName(name)}`);
    if (isClone) clones.set(key, { service, inputs });
  }
  const request = { accountId, generation, resources, pathOf, clones, copiedFrom };
  return reconcileResources(request, data.dryRun, { ...context, stored });
}

async function retireResources(
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
  const plans = planRetirement({ accountId, generation, resources }, observed, stored);
  const doubted = { ...session, doubts: progress };
  if (dryRun) return plannedOutcome(plans);
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
