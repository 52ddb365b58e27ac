import type { Manifest } from "../../../shared/contract/apply.ts";
import type { CopyMessage } from "../../../shared/contract/copy.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import { displayName, keyOf } from "../../../shared/contract/resource-key.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import { creationIntentKey } from "../../../shared/records/account/resource-markers.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { credentialProblems } from "../authorize/authorize-resources.ts";
import { copiedPath } from "../desired/copied-path.ts";
import { copyManifests } from "../desired/copy-manifests.ts";
import { copyTargetKey } from "../plan/ownership.ts";
import type { CloneSource } from "../plan/resource-plan.ts";
import { isOtherThanMade } from "../plan/shown-otherwise.ts";
import { readCopySource } from "../read/read-copy-source.ts";
import { requireShown } from "../read/require-shown.ts";
import { readStoredResources } from "../read/stored-resources.ts";
import type { MessageSummary } from "../report/message-outcome.ts";
import { type MessageContext, reconcileResources } from "./reconcile-resources.ts";

/** Makes copies of services, in the same account or another one. */
export async function copyServices(
  data: CopyMessage["data"],
  generation: Generation,
  context: MessageContext,
): Promise<MessageSummary | undefined> {
  const { table, session, sourceSession } = context;
  const { accountId } = data;
  const isSameAccount = sourceSession.accountId === accountId;
  const doubted = { ...sourceSession, doubts: context.progress };
  const sources = await readCopySource(table, doubted, data, context.progress);
  for (const { service, record } of sources) {
    if (record?.serviceId !== service.serviceId || !isOtherThanMade(service, record)) continue;
    await requireShown(doubted, `${service.serviceDescription} is not shown as it was made`);
  }
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
