import type { GroupManifest } from "../../../shared/contract/apply.ts";
import { groupRecordKey } from "../../../shared/records/account/service-group.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { Effect } from "../report/resource-result.ts";
import { saveRecord, type Work } from "./apply-context.ts";
import { announceCreation, createOnce } from "./create-once.ts";
import { moveRecords } from "./service-record.ts";

/** Carries out what is planned for a group, and records it. */
export async function applyGroup(
  work: Work,
  plan: ResourcePlan,
  resource: GroupManifest,
  effect: Effect,
): Promise<void> {
  const { account, view } = work;
  for (const step of plan.steps) {
    if (step.do === "createGroup") {
      const { groupName, isDefault = false } = resource;
      await announceCreation(work, resource);
      const group = await createOnce(
        () => account.groups.create({ groupName, isDefault }),
        async () => {
          view.forget();
          await view.readTree();
          return view.groups.find((candidate) => candidate.groupName === groupName);
        },
      );
      view.noteGroup(group);
      effect.isCreated = true;
      effect.ids.serviceGroupId = group.serviceGroupId;
    } else if (step.do === "updateGroup") {
      await moveGroup(work, step.serviceGroupId, resource.groupName);
      view.noteGroup(await account.groups.update(step.serviceGroupId, step.group));
    }
    effect.changes.push(...step.says);
  }
  const { serviceGroupId } = effect.ids;
  const { adopt: _adopt, previousName: _previousName, ...manifest } = resource;
  await saveRecord(
    work,
    resource,
    { key: plan.key, isCreated: effect.isCreated },
    {
      serviceGroupId,
      manifest: { ...work.known.groups.get(plan.key)?.manifest, ...manifest },
      stamp: work.stamp,
    },
  );
}

/** What is known of a group and its services moves to its new name before it gets it. */
async function moveGroup({ accountId, table, view }: Work, serviceGroupId: number, groupName: string): Promise<void> {
  const group = view.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
  if (!group || group.groupName === groupName) return;
  for (const { serviceDescription } of group.services ?? []) {
    await moveRecords(
      table,
      { accountId, groupName: group.groupName, serviceDescription },
      { accountId, groupName, serviceDescription },
    );
  }
  const record = await table.get(groupRecordKey(accountId, group.groupName));
  if (!record) return;
  const { version: _version, ...attributes } = record;
  await table.put({ ...attributes, ...groupRecordKey(accountId, groupName) });
  await table.delete(groupRecordKey(accountId, group.groupName));
}
