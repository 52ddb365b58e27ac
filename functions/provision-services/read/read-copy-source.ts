import { isHalfMade, makingNotEnded } from "../../../shared/activation/reasons.ts";
import type { CopyMessage } from "../../../shared/contract/copy.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { namedAlike } from "../../../shared/primitives/same-name.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { fromItem } from "../../../shared/records/account/activation-item.ts";
import { isMadeBy, openMessagesOfAccount } from "../../../shared/records/account/open-message.ts";
import { creationIntentKey } from "../../../shared/records/account/resource-markers.ts";
import {
  type ServiceRecord,
  serviceRecordFromItem,
  serviceRecordKey,
  servicesOfAccount,
} from "../../../shared/records/account/service.ts";
import { accountPartition, displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type PlacedService, servicesOfTree } from "./observed-account.ts";
import { maxCallsAsked } from "./read-account.ts";
import { requireRoom } from "./require-room.ts";
import { type DoubtedAccount, requireShown } from "./require-shown.ts";

/** How soon what another message is making is looked at again, in milliseconds. */
const lookAgainMs = 5_000;

/** Where inputs are kept that were read already: a large group is read over several turns. */
export interface KeptInputs {
  inputsOf(serviceId: number): readonly ServiceInput[] | undefined;
  keepInputs(serviceId: number, inputs: readonly ServiceInput[]): Promise<void>;
}

/**
 * Reads what is to be copied: the tree, the inputs of each service, and the auth configs where one is used.
 *
 * @throws {MessageRejectedError} when there is nothing of that name, with the names that there are
 */
export async function readCopySource(
  table: StateTable,
  source: DoubtedAccount & { accountId: string },
  { from }: CopyMessage["data"],
  kept: KeptInputs,
): Promise<SourceService[]> {
  const { accountId, account, observed } = source;
  // Each turn reads the tree once more: it begins when it will come some way.
  if (!observed.isRead) await requireRoom(account, from.serviceDescription === undefined ? maxCallsAsked : 3);
  await observed.readTree();
  const { placed, problem } = servicesToCopy(observed.groups, from);
  if (problem) {
    await requireShown(source, `${from.groupName}/${from.serviceDescription}: ${problem.message}`);
    throw new MessageRejectedError([problem]);
  }
  const isLinkShown = servicesOfTree(observed.groups).some(({ service }) => service.authConfigId !== undefined);
  const sources: SourceService[] = [];
  for (const { groupName, serviceGroupId, service } of placed) {
    const name = { accountId, groupName, serviceDescription: service.serviceDescription };
    const record = await readRecord(table, name, service.serviceId);
    await requireMade(table, name, record);
    const inputs = kept.inputsOf(service.serviceId) ?? (await observed.readInputs(serviceGroupId, service.serviceId));
    if (placed.length > 1 && !kept.inputsOf(service.serviceId)) await kept.keepInputs(service.serviceId, inputs);
    const storedOrShown = service.authConfigId ?? (isLinkShown ? undefined : record?.authConfigId);
    // Where v1 shows no link at all, there may be one that only v2 shows.
    const authConfigId =
      storedOrShown ??
      (isLinkShown || record
        ? undefined
        : (await account.services.getV2(serviceGroupId, service.serviceId)).authConfigId);
    if (authConfigId !== undefined) await observed.readAuthConfigs();
    sources.push({
      service,
      record,
      inputs,
      authConfig: observed.authConfigs?.find(
        (config) => authConfigId !== undefined && isSameId(config.authConfigId, authConfigId),
      ),
    });
  }
  return sources;
}

/** By its id, whatever a person calls it by now; by its name only where the table knows it under no other. */
async function readRecord(table: StateTable, name: ServiceName, serviceId: number): Promise<ServiceRecord | undefined> {
  const named = serviceRecordFromItem(await table.get(serviceRecordKey(name)));
  if (named?.serviceId === serviceId) return named;
  const items = await table.query(accountPartition(name.accountId), servicesOfAccount);
  return serviceRecordFromItem(items.find((item) => item.serviceId === serviceId)) ?? named;
}

/**
 * What is half-made may have no input, no link and no validation: its copy would be complete without them.
 *
 * @throws {MessageRejectedError} while it is
 */
async function requireMade(table: StateTable, name: ServiceName, record: ServiceRecord | undefined): Promise<void> {
  const { groupName, serviceDescription } = record?.manifest ?? name;
  const known = { ...name, groupName, serviceDescription };
  if (!record?.isBegun && !isHalfMade(fromItem(await table.get(activationKey(known))))) return;
  if (await isBeingMade(table, known)) throw new DeferredError(`${displayName(name)} is being made`, lookAgainMs);
  const message = `${displayName(name)}: ${makingNotEnded}`;
  const hint = `send its message again first${displayName(known) === displayName(name) ? "" : `: there it is ${displayName(known)}`}`;
  throw new MessageRejectedError([{ path: "data.from", message, hint }], "COPY_NOT_POSSIBLE");
}

/** Whether the message that makes it, in its own account, goes on with it by itself. */
async function isBeingMade(table: StateTable, name: ServiceName): Promise<boolean> {
  const creation = await table.get(creationIntentKey(name.accountId, { kind: "httpService", ...name }));
  if (!creation) return false;
  const open = await table.query(accountPartition(name.accountId), openMessagesOfAccount);
  return open.some((message) => isMadeBy(creation, message));
}

function servicesToCopy(
  groups: Parameters<typeof servicesOfTree>[0],
  from: CopyMessage["data"]["from"],
): { placed: PlacedService[]; problem?: Problem } {
  const names = (all: readonly string[]) =>
    all
      .slice(0, 10)
      .map((name) => JSON.stringify(name))
      .join(", ") || "none";
  const missing = (field: string, message: string, hint: string) => ({
    placed: [],
    problem: { path: `data.from.${field}`, message, hint },
  });
  const [group] = namedAlike(groups, from.groupName, ({ groupName }) => groupName);
  if (!group) {
    const hint = `groups there are: ${names(groups.map(({ groupName }) => groupName))}`;
    return missing("groupName", "no service group has this name", hint);
  }
  const all = servicesOfTree([group]);
  const { serviceDescription } = from;
  if (serviceDescription === undefined) {
    if (all.length > 0) return { placed: all };
    const hint = "name another group: a group alone is made by ringcx.apply.v1";
    return missing("groupName", "the group has no services to copy", hint);
  }
  const [one] = namedAlike(all, serviceDescription, ({ service }) => service.serviceDescription);
  if (one) return { placed: [one] };
  const hint = `services there are: ${names(all.map(({ service }) => service.serviceDescription))}`;
  return missing("serviceDescription", "no service of the group has this name", hint);
}

/** A service at the source, with all that belongs to it. */
export interface SourceService {
  service: HttpService;
  inputs: readonly ServiceInput[];
  /** The auth config that it is linked with. */
  authConfig: AuthConfig | undefined;
  /** What messages declared of it. */
  record: ServiceRecord | undefined;
}
