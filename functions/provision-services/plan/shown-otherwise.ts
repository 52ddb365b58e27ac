import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import type { AuthConfigRecord } from "../../../shared/records/account/auth-config.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { GroupRecord } from "../../../shared/records/account/service-group.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import { type ObservedAccount, servicesOfTree } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import type { ResourcePlan } from "./resource-plan.ts";
import { differingFields } from "./service-fields.ts";

/**
 * Whether RingCX does not show what a plan is about as messages have made it: a person may have changed it, or what was read is
 * older than our own last write. The plan alone does not tell: where what is shown is what the message wants, it is empty, and
 * the write from before stands. Pure.
 */
export function isShownOtherwise(
  { key, found }: Pick<ResourcePlan, "key" | "found">,
  observed: ObservedAccount,
  stored: StoredResources,
): boolean {
  const isKnown = [stored.groups, stored.authConfigs, stored.services].some((known) => known.has(key));
  // Known, and not shown: it would be made again.
  if (found === undefined) return isKnown;
  return (
    isGroupOtherwise(stored.groups.get(key), observed) ||
    isAuthConfigOtherwise(stored.authConfigs.get(key), observed) ||
    isServiceOtherwise(stored.services.get(key), observed)
  );
}

function isGroupOtherwise(record: GroupRecord | undefined, { groups }: ObservedAccount): boolean {
  const shown = groups.find(({ serviceGroupId }) => serviceGroupId === record?.serviceGroupId);
  if (!record || !shown) return false;
  const { groupName, isDefault } = record.manifest;
  const isRenamed = groupName !== undefined && !isSameName(shown.groupName, groupName);
  return isRenamed || (isDefault !== undefined && isDefault !== (shown.isDefault ?? false));
}

function isAuthConfigOtherwise(record: AuthConfigRecord | undefined, { authConfigs = [] }: ObservedAccount): boolean {
  const shown = authConfigs.find(({ authConfigId }) => record && isSameId(authConfigId, record.authConfigId));
  if (!record || !shown) return false;
  const { providerName, description } = record.manifest;
  const isRenamed = providerName !== undefined && !isSameName(shown.providerName, providerName);
  return isRenamed || (description !== undefined && description !== (shown.description ?? ""));
}

function isServiceOtherwise(record: ServiceRecord | undefined, { groups }: ObservedAccount): boolean {
  const shown = servicesOfTree(groups).find(({ service }) => service.serviceId === record?.serviceId);
  // What it is to be was never all written.
  if (record?.isBegun) return false;
  return record !== undefined && shown !== undefined && isOtherThanMade(shown.service, record);
}

/** The same of one service, whichever it is. */
export function isOtherThanMade(shown: HttpService, { authConfigId, manifest }: ServiceRecord): boolean {
  const isLinkedOtherwise =
    authConfigId !== undefined && shown.authConfigId !== undefined && !isSameId(shown.authConfigId, authConfigId);
  // All of it was read by the contract once.
  return isLinkedOtherwise || differingFields(manifest as HttpServiceManifest, shown, undefined).changes.length > 0;
}
