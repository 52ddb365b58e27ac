import { isHalfMade } from "../../../shared/activation/reasons.ts";
import type { RetiredAuthConfig, RetiredService } from "../../../shared/contract/retire.ts";
import { resourceRecordKey, tombstoneItem } from "../../../shared/records/account/resource-markers.ts";
import { serviceRecordKey, serviceRecordToItem } from "../../../shared/records/account/service.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { unbindSecret } from "../../../shared/records/credential/secret-binding.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { RetiredResource } from "../plan/plan-retirement.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import { leftAsItIs, type ResourceChanges } from "../report/resource-result.ts";
import type { ApplyContext } from "../write/apply-context.ts";
import { activationCaller, applySwitch } from "../write/apply-enabled-state.ts";
import { deleteInput } from "../write/apply-inputs.ts";
import { deleteServiceRecords } from "../write/delete-service-records.ts";
import { seenState } from "../write/seen-enabled.ts";
import { unlessGone } from "../write/unless-gone.ts";
import { unlessRotated } from "./being-rotated.ts";

/** How long it is remembered which message deleted a resource. */
const tombstoneSeconds = 30 * 24 * 60 * 60;

/** Applies what is planned to retire a resource. */
export async function applyRetirement(
  context: ApplyContext,
  plan: ResourcePlan<RetiredResource>,
  done: ResourceChanges,
): Promise<void> {
  const { resource } = plan;
  for (const step of plan.steps) {
    const retire = async () => {
      done.begin(step.changes);
      if (resource.kind === "httpService") await retireService(context, plan, resource, step, done);
      else await retireAuthConfig(context, plan, resource, step, done);
      done.change(...step.changes);
      return undefined;
    };
    const problem = await (resource.kind === "authConfig" ? unlessBeingRotated(context, plan, retire) : retire());
    if (!problem) continue;
    done.problems.push({ path: plan.path, ...problem });
    done.isUnvalidated = true;
    return;
  }
}

/**
 * Written down before something is deleted: where its end could not be, it may be listed all the same.
 *
 * @param id RingCX's, of a service or an auth config
 */
export function deletionOf(id: number | string): string {
  return `${id} is being deleted`;
}

/** Its records go with it, and with them what would end a rotation. */
function unlessBeingRotated(
  context: ApplyContext,
  plan: ResourcePlan<RetiredResource>,
  retire: () => Promise<undefined>,
) {
  const record = context.stored.authConfigs.get(plan.key);
  const authConfigId = record?.authConfigId ?? plan.found?.authConfigId;
  if (authConfigId === undefined) return retire();
  return unlessRotated(context, { authConfigId, secretArn: record?.secretArn }, retire);
}

async function retireService(
  context: ApplyContext,
  plan: ResourcePlan<RetiredResource>,
  resource: RetiredService,
  step: Step,
  done: ResourceChanges,
) {
  const { account, accountId, observed } = context;
  const { groupName, serviceDescription } = resource;
  const name = { accountId, groupName, serviceDescription };
  const { serviceGroupId = 0, serviceId = 0 } = plan.found ?? {};
  switch (step.do) {
    case "retireService":
      return deactivate(context, name, { serviceGroupId, serviceId }, done);
    case "deleteInput":
      return deleteInput(context, serviceGroupId, serviceId, step.inputId);
    case "deleteService":
      await context.doubts.raise(deletionOf(serviceId));
      await unlessGone(context, () => account.services.delete(serviceGroupId, serviceId), {
        read: () => account.services.get(serviceGroupId, serviceId),
        readNear: () => account.groups.get(serviceGroupId),
      });
      await observed.noteServiceGone(serviceId);
      done.isDeleted = true;
      return leaveTombstone(context, resource, () =>
        deleteServiceRecords(context, name, context.stored.services.get(plan.key)),
      );
    case "deleteRecord":
      return leaveTombstone(context, resource, () =>
        deleteServiceRecords(context, name, context.stored.services.get(plan.key)),
      );
    default:
      throw new Error(`${step.do} is no step of a retirement`);
  }
}

/** The reason is written first: a crash in between leaves a service that the next sweep deactivates. */
async function deactivate(
  context: ApplyContext,
  name: ServiceName,
  ids: { serviceGroupId: number; serviceId: number },
  done: ResourceChanges,
): Promise<void> {
  const { activation, clock, observed, table, stored, generation } = context;
  const before = await activation.get(name);
  const wasEnabled = observed.service(ids.serviceId)?.isEnabled ?? false;
  const { isEnabled, change } = await seenState(context, before, ids, wasEnabled);
  const isRetired = before.reasons.some(({ kind }) => kind === "RETIRED");
  if (!isRetired || isEnabled) {
    const since = new Date(clock.now()).toISOString();
    const add = isRetired ? [] : [{ kind: "RETIRED" as const, since }];
    // Nobody makes it to its end any more.
    const remove = isHalfMade(before) ? (["NOT_VALIDATED"] as const) : [];
    const retire = () => activation.change(name, { add, remove, ...change });
    const record = await (isRetired ? retire() : done.make("retired", retire));
    const caller = activationCaller(context, name, ids, { done });
    const { decision } = await applySwitch(context, { ...caller, only: "deactivate" }, record);
    if (isEnabled && decision.action === "leave") done.remark(leftAsItIs(true, decision.because));
  }
  const isKnown = [...stored.services.values()].some(({ serviceId }) => serviceId === ids.serviceId);
  if (isKnown) await table.update(serviceRecordKey(name), serviceRecordToItem({ generation }));
}

async function retireAuthConfig(
  context: ApplyContext,
  plan: ResourcePlan<RetiredResource>,
  resource: RetiredAuthConfig,
  step: Step,
  done: ResourceChanges,
): Promise<void> {
  const { account, accountId, table, observed } = context;
  if (step.do === "deleteAuthConfig") {
    await context.doubts.raise(deletionOf(step.authConfigId));
    await unlessGone(context, () => account.authConfigs.delete(step.authConfigId), {
      read: () => account.authConfigs.get(step.authConfigId),
      readNear: () => account.authConfigs.list(),
    });
    await observed.noteAuthConfigGone(step.authConfigId);
    done.isDeleted = true;
  }
  const record = context.stored.authConfigs.get(plan.key);
  await leaveTombstone(context, resource, async () => {
    if (!record) return;
    const { secretArn, authConfigId } = record;
    await unbindSecret(table, { secretArn, accountId, authConfigId });
    await table.delete(authConfigStateKey(accountId, authConfigId));
    await table.delete(resourceRecordKey(accountId, resource));
  });
}

/** Written before the records are deleted: an older message must not bring the resource back. */
async function leaveTombstone(
  { table, accountId, generation, clock }: ApplyContext,
  resource: RetiredResource,
  deleteRecords: () => Promise<void>,
) {
  const expiresAt = Math.floor(clock.now() / 1000) + tombstoneSeconds;
  await table.put(tombstoneItem(accountId, resource, { generation, expiresAt }));
  await deleteRecords();
}
