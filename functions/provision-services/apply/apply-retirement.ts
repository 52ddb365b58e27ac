import type { RetiredAuthConfig, RetiredService } from "../../../shared/contract/retire.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { unbindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { Retired } from "../plan/plan-retirement.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import { recordKey, retiredKey } from "../read/stored-resources.ts";
import type { Effect } from "../report/resource-result.ts";
import type { Work } from "./apply-context.ts";
import { deleteInput } from "./apply-inputs.ts";
import { forgetService } from "./service-record.ts";

/** How long it is remembered which message deleted a resource. */
const tombstoneSeconds = 30 * 24 * 60 * 60;

/** Carries out what is planned to retire a resource. */
export async function applyRetirement(work: Work, plan: ResourcePlan<Retired>, effect: Effect): Promise<void> {
  const { resource } = plan;
  for (const step of plan.steps) {
    if (resource.kind === "httpService") await retireService(work, plan, resource, step, effect);
    else await retireAuthConfig(work, plan, resource, step, effect);
    effect.changes.push(...step.says);
  }
}

async function retireService(
  work: Work,
  plan: ResourcePlan<Retired>,
  resource: RetiredService,
  step: Step,
  effect: Effect,
) {
  const { account, accountId, table, view } = work;
  const { groupName, serviceDescription } = resource;
  const name = { accountId, groupName, serviceDescription };
  const { serviceGroupId = 0, serviceId = 0 } = plan.found ?? {};
  switch (step.do) {
    case "retireService":
      return deactivate(work, name, { serviceGroupId, serviceId }, effect);
    case "deleteInput":
      return deleteInput(work, serviceGroupId, serviceId, step.inputId);
    case "deleteService":
      await unlessGone(() => account.services.delete(serviceGroupId, serviceId));
      view.noteServiceGone(serviceId);
      effect.isDeleted = true;
      return leaveTombstone(work, resource, () => forgetService(table, name, work.known.services.get(plan.key)));
    case "forget":
      return leaveTombstone(work, resource, () => forgetService(table, name, work.known.services.get(plan.key)));
    default:
      throw new Error(`${step.do} is no step of a retirement`);
  }
}

/** The reason is written first: a crash in between leaves a service that the next sweep deactivates. */
async function deactivate(
  { account, activation, clock, view, table, known, stamp }: Work,
  name: { accountId: string; groupName: string; serviceDescription: string },
  ids: { serviceGroupId: number; serviceId: number },
  effect: Effect,
): Promise<void> {
  const isEnabled = view.service(ids.serviceId)?.isEnabled ?? false;
  const { reasons } = await activation.get(name);
  if (!reasons.some(({ kind }) => kind === "RETIRED")) {
    const since = new Date(clock.now()).toISOString();
    await activation.change(name, { add: [{ kind: "RETIRED", since }], observed: isEnabled });
    effect.changes.push("retired");
  }
  if (isEnabled) {
    await account.services.setActive(ids.serviceGroupId, ids.serviceId, false);
    await activation.change(name, { lastAppliedState: false });
    view.noteActive(ids.serviceId, false);
    effect.changes.push("deactivated");
  }
  const isKnown = [...known.services.values()].some(({ serviceId }) => serviceId === ids.serviceId);
  if (isKnown) await table.update(serviceRecordKey(name), { stamp });
}

async function retireAuthConfig(
  work: Work,
  plan: ResourcePlan<Retired>,
  resource: RetiredAuthConfig,
  step: Step,
  effect: Effect,
): Promise<void> {
  const { account, accountId, table, view } = work;
  if (step.do === "deleteAuthConfig") {
    await unlessGone(() => account.authConfigs.delete(step.authConfigId));
    view.noteAuthConfigGone(step.authConfigId);
    effect.isDeleted = true;
  }
  const record = work.known.authConfigs.get(plan.key);
  await leaveTombstone(work, resource, async () => {
    if (!record) return;
    const { secretArn, authConfigId } = record;
    await unbindSecret(table, { secretArn, accountId, authConfigId });
    await table.delete(authConfigStateKey(accountId, authConfigId));
    await table.delete(recordKey(accountId, resource));
  });
}

/** Written before the rest is forgotten: an older message must not bring the resource back. */
async function leaveTombstone(
  { table, accountId, stamp, clock }: Work,
  resource: Retired,
  forget: () => Promise<void>,
) {
  const expiresAt = Math.floor(clock.now() / 1000) + tombstoneSeconds;
  await table.put({ ...retiredKey(accountId, resource), stamp, expiresAt });
  await forget();
}

async function unlessGone(remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
  }
}
