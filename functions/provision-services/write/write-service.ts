import { isDeepStrictEqual } from "node:util";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { lastKnownState } from "../../../shared/records/account/known-state.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import {
  type HttpService,
  type HttpServiceV2,
  type HttpServiceWrite,
  urlOf,
} from "../../../shared/ringcx/resources/http-service.ts";
import { showsLinks } from "../../../shared/secrets/account-links.ts";
import { plainFields, withFields, writeProblems } from "../plan/service-fields.ts";
import { type AccountReader, servicesOfTree } from "../read/observed-account.ts";
import { requireShown } from "../read/require-shown.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type StepContext, serviceIdOf } from "./apply-context.ts";
import { renamed } from "./move-records.ts";
import { renameServiceRecords } from "./service-record.ts";

/**
 * The answer to the write is the record as RingCX keeps it; where v1 does not show the link, v2 does and can set it.
 *
 * @param url where the service will be, when it is linked first, inactive
 * @throws {AutomationError} `EDGE_NOT_CHECKED`
 */
export async function confirmLink(
  context: ApplyContext,
  serviceId: number,
  authConfigId: string,
  { service, url }: Pick<StepContext, "service"> & { url?: string | undefined },
): Promise<void> {
  const { account, observed, permitted } = context;
  const { serviceGroupId, link } = service;
  link.authConfigId = authConfigId;
  if (isSameId(observed.service(serviceId)?.authConfigId, authConfigId)) {
    link.isConfirmed = true;
    link.isShownInV1 = true;
    return;
  }
  link.isShownInV1 = false;
  const v2 = await account.services.getV2(serviceGroupId, serviceId);
  if (!isSameId(v2.authConfigId, authConfigId)) await requireAsWritten(context, serviceGroupId, v2, "v2");
  if (!isSameId(v2.authConfigId, authConfigId)) {
    const { permissions: _permissions, ...kept } = v2;
    if (url !== undefined) permitted.requireLink(url, authConfigId);
    if (url === undefined || v2.isEnabled !== false)
      permitted.requireLink(v2.endpoint ?? urlOfObserved(observed, serviceId), authConfigId);
    await account.services.updateV2(serviceGroupId, serviceId, {
      ...kept,
      authConfigId,
      ...(service.isMadeInactive && { isEnabled: false }),
    });
    const after = await account.services.getV2(serviceGroupId, serviceId);
    link.isConfirmed = isSameId(after.authConfigId, authConfigId);
    if (!link.isConfirmed) await requireShown(context, `${serviceGroupId}/${serviceId} has no link ${authConfigId}`);
  } else link.isConfirmed = true;
  if (link.isConfirmed) observed.noteLink(serviceGroupId, serviceId, authConfigId);
}

/** Replaces the whole record, so it is read afresh: what came in since, `isEnabled` too, must survive. */
export async function writeService(
  context: ApplyContext,
  { step, plan, resource, record, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  if (step.do !== "updateService") return true;
  const { account, observed } = context;
  const { serviceGroupId } = service;
  const fresh = await account.services.get(serviceGroupId, serviceIdOf(service));
  await requireAsWritten(context, serviceGroupId, fresh);
  const problems = writeProblems(fresh, step.fields, resource.authConfig !== undefined, plan.path);
  if (problems.length > 0) {
    done.problems.push(...problems);
    return false;
  }
  await requirePermitted(context, { step, service, fresh, resource });
  const { permissions: _permissions, ...written }: Record<string, unknown> = withFields(fresh, step.fields);
  if (step.authConfigId !== undefined) written.authConfigId = step.authConfigId;
  for (const field of step.dropped) delete written[field];
  if (service.isMadeInactive) written.isEnabled = false;
  const update = () => account.services.update(serviceGroupId, serviceIdOf(service), written as HttpServiceWrite);
  const isRename = step.fields.serviceDescription !== undefined;
  const answer = isRename ? await renameService(context, { service, record }, resource, update) : await update();
  observed.noteService(serviceGroupId, answer);
  service.isEnabled = !service.isMadeInactive && (answer.isEnabled ?? fresh.isEnabled ?? false);
  service.isRewritten = true;
  return true;
}

const isPlain = (field: string) => plainFields.some((plain) => plain === field);

/** Fields by which an old record is told from what we wrote; v2 gives most of them in another form. */
const writtenFields: Readonly<Record<"v1" | "v2", readonly string[]>> = {
  v1: [...plainFields, "authConfigId", "httpServiceConfig"],
  v2: ["serviceDescription"],
};

/**
 * A record that is written back whole must not be older than our own last write to it: that would be undone. Nor may the plan
 * be older than the record: what a person has changed since the tree was read would be told as the message wants it.
 *
 * @throws {DeferredError} while the record may be older; at once, to plan anew, where the plan is
 */
export async function requireAsWritten(
  context: ApplyContext,
  serviceGroupId: number,
  read: HttpService | HttpServiceV2,
  version: "v1" | "v2" = "v1",
): Promise<void> {
  const written: Readonly<Record<string, unknown>> = { ...context.observed.service(read.serviceId) };
  const shown: Readonly<Record<string, unknown>> = read;
  // A link or a configuration that is not shown may be hidden; another field is not there, unless it is false or empty.
  const isHidden = (field: string) => shown[field] === undefined && (!isPlain(field) || !written[field]);
  const isOther = (field: string) =>
    written[field] !== undefined && !isHidden(field) && !isDeepStrictEqual(written[field], shown[field]);
  const changed = writtenFields[version].filter(isOther);
  const other = [...changed, ...((await isSwitchedSince(context, read)) ? ["isEnabled"] : [])];
  if (other.length === 0) return;
  const doubt = `${serviceGroupId}/${read.serviceId} has another ${other.join(", ")}`;
  // What was believed before an own write is in doubt again after it.
  const waitMs = await context.observed.unshownMs(read.serviceId);
  if (waitMs === 0) {
    await requireShown(context, doubt);
    if (version === "v2" || changed.length === 0) return;
    context.observed.noteService(serviceGroupId, read as HttpService);
    throw new DeferredError(`${doubt} than when the account was read`, 0);
  }
  context.observed.invalidate();
  throw new DeferredError(`RingCX may not show yet what was just written: ${doubt}`, waitMs);
}

/** Whether a service is not as we know it to be. Failover or a command may have switched it: its record says so. */
async function isSwitchedSince(
  { observed, activation, accountId }: ApplyContext,
  { serviceId, isEnabled }: HttpService | HttpServiceV2,
): Promise<boolean> {
  const placed = servicesOfTree(observed.groups).find(({ service }) => service.serviceId === serviceId);
  if (!placed || isEnabled === undefined) return false;
  const { serviceDescription } = placed.service;
  const known = lastKnownState(await activation.get({ accountId, groupName: placed.groupName, serviceDescription }));
  return known !== undefined && known.isActive !== isEnabled;
}

/** With what a service is linked now: what was read of links before may be old. Where v1 shows none, v2 is asked. */
export async function readLink(
  { account, observed }: AccountReader,
  serviceGroupId: number,
  { serviceId, authConfigId }: HttpService,
): Promise<string | undefined> {
  if (authConfigId !== undefined || showsLinks(observed.groups)) return authConfigId;
  return (await account.services.getV2(serviceGroupId, serviceId)).authConfigId;
}

function urlOfObserved(observed: ApplyContext["observed"], serviceId: number): string | undefined {
  const service = observed.service(serviceId);
  return service && urlOf(service);
}

/**
 * What the whole record would make of URL and link, with what is really there: a person may have changed either since the
 * plan was made.
 */
async function requirePermitted(
  { account, observed, permitted }: ApplyContext,
  { step, service, fresh, resource }: Pick<StepContext, "step" | "service" | "resource"> & { fresh: HttpService },
): Promise<void> {
  if (step.do !== "updateService") return;
  const isUrlWritten = ["httpServiceConfig", "soapEndpoint"].some((field) => field in step.fields);
  const url = isUrlWritten ? endpointOf(resource) : urlOf(fresh);
  if (plainUrl(url)?.host === plainUrl(urlOf(fresh))?.host) {
    if (step.authConfigId !== undefined && !isSameId(fresh.authConfigId, step.authConfigId))
      permitted.requireLink(url, step.authConfigId);
    return;
  }
  const present = await readLink({ account, observed }, service.serviceGroupId, fresh);
  const next = step.authConfigId ?? present;
  if (next !== undefined) permitted.requireLink(url, next);
  // Where v1 takes no link, the one that is there goes with the new URL until v2 has replaced it.
  if (fresh.authConfigId === undefined && present !== undefined) permitted.requireLink(url, present);
}

/**
 * Before the new name is written: after a crash in between, what we know is found under the new name already. It may be
 * known as RingCX spells it, or, of this very service, as its record or the message does.
 */
export async function renameService<Result>(
  { accountId, table, clock, observed }: ApplyContext,
  { service, record }: Pick<StepContext, "service" | "record">,
  { groupName, serviceDescription, previousName }: HttpServiceManifest,
  rename: () => Promise<Result>,
): Promise<Result> {
  const serviceId = serviceIdOf(service);
  const name = (description: string) => ({ accountId, groupName, serviceDescription: description });
  const shown = observed.service(serviceId)?.serviceDescription;
  const move = async () => {
    for (const before of new Set([shown, record?.manifest.serviceDescription, previousName])) {
      if (before === undefined || before === serviceDescription) continue;
      const item = before === shown ? undefined : await table.get(serviceRecordKey(name(before)));
      if (before !== shown && item?.serviceId !== serviceId) continue;
      await renameServiceRecords({ table, clock }, name(before), name(serviceDescription));
    }
  };
  const moveBack = async () => {
    // Only what this message found under another name: a service without a record has none to move.
    if (shown === undefined || shown === serviceDescription) return;
    const item = await table.get(serviceRecordKey(name(serviceDescription)));
    if (item?.serviceId === serviceId)
      await renameServiceRecords({ table, clock }, name(serviceDescription), name(shown));
  };
  return renamed(move, moveBack, rename);
}
