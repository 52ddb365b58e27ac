import type { GroupManifest } from "../../../shared/contract/apply.ts";
import { isCutName, isSameName, namedOrCut } from "../../../shared/primitives/same-name.ts";
import { serviceCreationsOfAccount } from "../../../shared/records/account/resource-markers.ts";
import { serviceRecordFromItem, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { groupRecordKey, groupRecordToItem } from "../../../shared/records/account/service-group.ts";
import { accountPartition, serviceNameFromPath } from "../../../shared/records/service-name.ts";
import { nameBefore, requireWholeName, undoRename } from "../plan/cut-names.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, saveRecord } from "../write/apply-context.ts";
import { createOnce, requireGone } from "../write/create-once.ts";
import { renamed } from "../write/move-records.ts";
import { renameServiceRecords } from "../write/service-record.ts";

/** Applies what is planned for a group, and records it. */
export async function applyGroup(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: GroupManifest,
  done: ResourceChanges,
): Promise<void> {
  const { account, observed } = context;
  const known = context.stored.groups.get(plan.key);
  // A person has renamed it: what the table knows of it moves to the name that it has.
  const shownAs = observed.groups.find(({ serviceGroupId }) => serviceGroupId === known?.serviceGroupId)?.groupName;
  if (known?.manifest.groupName !== undefined && shownAs !== undefined && isSameName(shownAs, resource.groupName)) {
    const names = { from: known.manifest.groupName, to: resource.groupName };
    await renameGroupRecords(context, known.serviceGroupId, names);
  }
  for (const step of plan.steps) {
    if (step.do === "createGroup") {
      const { groupName, isDefault = false } = resource;
      await requireGone(context, known && { serviceGroupId: known.serviceGroupId });
      const group = await createOnce(context, resource, {
        done,
        changes: step.changes,
        create: () => account.groups.create({ groupName, isDefault }),
        find: async (after) =>
          namedOrCut(await observed.lookAgain(after, account), groupName, (one) => one.groupName)[0],
      });
      observed.noteGroup(group);
      done.isCreated = true;
      done.ids.serviceGroupId = group.serviceGroupId;
    } else if (step.do === "updateGroup") {
      done.begin(step.changes);
      const found = observed.groups.find(({ serviceGroupId }) => serviceGroupId === step.serviceGroupId);
      const before = known?.manifest.groupName ?? found?.groupName;
      const move = (from: string | undefined, to: string | undefined) =>
        from === undefined || to === undefined
          ? Promise.resolve()
          : renameGroupRecords(context, step.serviceGroupId, { from, to });
      const group =
        found && isCutName(found.groupName, resource.groupName)
          ? found
          : await renamed(
              () => move(before, resource.groupName),
              () => move(resource.groupName, before),
              () => account.groups.update(step.serviceGroupId, step.group),
            );
      const former = nameBefore(resource, [before, resource.previousName]);
      if (former !== undefined && isCutName(group.groupName, resource.groupName)) {
        await move(resource.groupName, former);
        const isDefault = found?.isDefault ?? false;
        await undoRename({ shown: group.groupName, before: former, resource }, async () => {
          const body = { ...step.group, groupName: former, isDefault };
          observed.noteGroup(await account.groups.update(step.serviceGroupId, body));
        });
      }
      observed.noteGroup(group);
    }
    done.change(...step.changes);
  }
  const { serviceGroupId } = done.ids;
  if (serviceGroupId === undefined) throw new Error("The group was planned for but is not there");
  const { adopt: _adopt, previousName: _previousName, ...manifest } = resource;
  await saveRecord(
    context,
    resource,
    { key: plan.key, isCreated: done.isCreated },
    groupRecordToItem({
      serviceGroupId,
      manifest: { ...known?.manifest, ...manifest },
      generation: context.generation,
    }),
  );
  // By now it is known by its id.
  const shown = observed.groups.find((one) => one.serviceGroupId === serviceGroupId)?.groupName;
  requireWholeName(shown, resource);
}

/**
 * What the table knows of a group and its services is renamed before the group itself.
 *
 * @param names by which the group is known here, and which it gets: RingCX may spell it and its services in another way
 */
async function renameGroupRecords(
  { accountId, table, clock, observed }: ApplyContext,
  serviceGroupId: number,
  { from: groupName, to }: { from: string; to: string },
): Promise<void> {
  const group = observed.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
  if (!group || groupName === to) return;
  const rename = (serviceDescription: string) =>
    renameServiceRecords(
      { table, clock },
      { accountId, groupName, serviceDescription },
      { accountId, groupName: to, serviceDescription },
    );
  for (const { serviceDescription } of group.services ?? []) await rename(serviceDescription);
  // Nor need RingCX show what is just being made.
  for (const { sk } of await table.query(accountPartition(accountId), serviceCreationsOfAccount)) {
    const name = serviceNameFromPath(accountId, sk.slice(serviceCreationsOfAccount.length));
    if (name?.groupName === groupName) await rename(name.serviceDescription);
  }
  for (const item of await table.query(accountPartition(accountId), servicesOfAccount)) {
    const name = item.serviceGroupId === serviceGroupId ? serviceRecordFromItem(item)?.manifest : undefined;
    if (name?.groupName === groupName) await rename(name.serviceDescription);
  }
  const record = await table.get(groupRecordKey(accountId, groupName));
  if (!record) return;
  const { version: _version, ...attributes } = record;
  await table.put({ ...attributes, ...groupRecordKey(accountId, to) });
  await table.delete(groupRecordKey(accountId, groupName));
}
