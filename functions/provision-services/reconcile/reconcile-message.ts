import type { Manifest } from "../../../shared/contract/apply.ts";
import type { CopyMessage } from "../../../shared/contract/copy.ts";
import { MessageRejectedError, type ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { displayName, keyOf } from "../../../shared/contract/resource-key.ts";
import type { RetireMessage } from "../../../shared/contract/retire.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { applyAuthConfig } from "../apply/apply-auth-config.ts";
import type { Work } from "../apply/apply-context.ts";
import { applyGroup } from "../apply/apply-group.ts";
import { applyPlan, type OnResult } from "../apply/apply-plans.ts";
import { applyRetirement } from "../apply/apply-retirement.ts";
import { applyService } from "../apply/apply-service.ts";
import { credentialProblems, linkedSecretProblems } from "../authorize/authorize-resources.ts";
import { copiedPath, deriveCopies } from "../desired/copy-manifests.ts";
import { planProvisioning } from "../plan/plan-resources.ts";
import { findRetired, planRetirement } from "../plan/plan-retirement.ts";
import type { CloneSource, PlanRequest, ResourcePlan } from "../plan/resource-plan.ts";
import { observe } from "../read/read-account.ts";
import { readSource } from "../read/read-copy-source.ts";
import { readKnown } from "../read/stored-resources.ts";
import { plannedOutcome, type Told } from "../report/message-outcome.ts";
import type { Effect } from "../report/resource-result.ts";
import type { AccountDesk } from "./account-session.ts";

export interface Undertaking {
  table: StateTable;
  clock: Clock;
  /** The account that is changed. */
  desk: AccountDesk;
  /** The account that is copied from. */
  sourceDesk: AccountDesk;
  onResult: OnResult;
}

/**
 * Sees, plans and does what a message asks. An id that is no more is looked up anew, once.
 *
 * @returns what was planned, if that was all that was asked
 */
export async function carryOut(message: ProvisioningMessage, undertaking: Undertaking): Promise<Told | undefined> {
  const { desk, sourceDesk } = undertaking;
  // Before anything is read: what another writer changes afterwards would not be seen.
  if (!message.data.dryRun) await desk.hold();
  try {
    return await attempt(message, undertaking);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    desk.view.forget();
    sourceDesk.view.forget();
    return attempt(message, undertaking);
  }
}

function attempt(message: ProvisioningMessage, undertaking: Undertaking): Promise<Told | undefined> {
  const { source, id, time } = message;
  const stamp = { source, id, time };
  switch (message.type) {
    case "ringcx.apply.v1": {
      const { accountId, resources } = message.data;
      return converge({ accountId, stamp, resources }, message.data.dryRun, undertaking);
    }
    case "ringcx.copy.v1":
      return copy(message.data, stamp, undertaking);
    case "ringcx.retire.v1":
      return retire(message.data, stamp, undertaking);
  }
}

/** Makes what exists what should exist. */
async function converge(request: PlanRequest, isDryRun: boolean, { table, clock, desk, onResult }: Undertaking) {
  const { accountId, resources, stamp } = request;
  const known = await readKnown(table, accountId, resources);
  await observe(desk, resources, known);
  const plans = planProvisioning(request, desk.view, known);
  const links = new Map(plans.flatMap(({ key, found }) => (found?.serviceId ? [[key, found.serviceId] as const] : [])));
  const linkOf = (service: Manifest) => desk.view.service(links.get(keyOf(service)) ?? 0)?.authConfigId;
  const { pathOf } = request;
  const refused = await linkedSecretProblems(resources, linkOf, { ...desk, table, ...(pathOf && { pathOf }) });
  if (refused.length > 0) throw new MessageRejectedError(refused, "CREDENTIAL_NOT_ALLOWED");
  if (isDryRun) return plannedOutcome(plans);
  const work: Work = { ...desk, known, table, clock, stamp, resources };
  await applyPlan(plans, work, (plan, effect) => carryOutOne(work, plan, effect), onResult);
  return undefined;
}

function carryOutOne(work: Work, plan: ResourcePlan<Manifest>, effect: Effect): Promise<void> {
  const { resource } = plan;
  switch (resource.kind) {
    case "httpServiceGroup":
      return applyGroup(work, plan, resource, effect);
    case "authConfig":
      return applyAuthConfig(work, plan, resource, effect);
    case "httpService":
      return applyService(work, plan, resource, effect);
  }
}

async function copy(data: CopyMessage["data"], stamp: Generation, undertaking: Undertaking): Promise<Told | undefined> {
  const { table, desk, sourceDesk } = undertaking;
  const { accountId } = data;
  const isSameAccount = sourceDesk.accountId === accountId;
  const sources = await readSource(table, sourceDesk, data);
  await desk.view.readTree();
  const groupName = data.to.groupName ?? data.from.groupName;
  const hasGroup = desk.view.groups.some((group) => group.groupName === groupName);
  const { resources, problems } = deriveCopies(data, sources, { isSameAccount, hasGroup });
  const pathOf = (resource: Manifest) => copiedPath(data, displayName(resource));
  const known = await readKnown(table, accountId, resources);
  const refused = [...problems, ...(await credentialProblems(resources, { ...desk, known, pathOf }))];
  if (refused.length > 0) throw new MessageRejectedError(refused, "COPY_NOT_POSSIBLE");

  const clones = new Map<string, CloneSource>();
  if (isSameAccount && groupName === data.from.groupName) {
    for (const { service, inputs } of sources) {
      const serviceDescription = data.to.serviceDescription ?? service.serviceDescription;
      clones.set(keyOf({ kind: "httpService", groupName, serviceDescription }), { service, inputs });
    }
  }
  return converge({ accountId, stamp, resources, pathOf, clones }, data.dryRun, undertaking);
}

async function retire(
  { accountId, resources, dryRun }: RetireMessage["data"],
  stamp: Generation,
  { table, clock, desk, onResult }: Undertaking,
): Promise<Told | undefined> {
  const known = await readKnown(table, accountId, resources);
  const { view } = desk;
  await view.readTree();
  if (resources.some(({ kind }) => kind === "authConfig")) await view.readAuthConfigs();
  for (const resource of resources) {
    const placed =
      resource.kind === "httpService" && resource.delete === "inputs" ? findRetired(resource, view) : undefined;
    if (placed) await view.readInputs(placed.serviceGroupId, placed.service.serviceId);
  }
  const plans = planRetirement({ accountId, stamp, resources }, view, known);
  if (dryRun) return plannedOutcome(plans);
  const work: Work = { ...desk, known, table, clock, stamp, resources: [] };
  await applyPlan(plans, work, (plan, effect) => applyRetirement(work, plan, effect), onResult);
  return undefined;
}
