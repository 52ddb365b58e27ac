import type { ActivationCaller, AppliedRecord } from "../../../shared/activation/activation-caller.ts";
import { applyActivation } from "../../../shared/activation/apply-activation.ts";
import { decideActivation, desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { describeReason, isHalfMade, isInForce, reasonsInForce } from "../../../shared/activation/reasons.ts";
import { type IsSure, isActiveNow, setFoundActive } from "../../../shared/activation/set-active.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { isWantedOtherwise, wantedChange } from "../plan/declared-changes.ts";
import { leftAsItIs, type ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, linkBeingReplaced } from "./apply-context.ts";
import { provisioningKinds, seenState } from "./seen-enabled.ts";
import { validateEndpoint } from "./validate-endpoint.ts";

/** A service whose other steps have been applied. */
export interface AppliedService {
  resource: HttpServiceManifest;
  /** What the table knows of it. */
  record: ServiceRecord | undefined;
  /** Its place in the message. */
  path: string;
  serviceGroupId: number;
  serviceId: number;
  /** What RingCX said last. */
  isEnabled: boolean;
  isLinkConfirmed: boolean;
  /** The candidate has passed its validation in this run. */
  isValidated: boolean;
  /** The record of RingCX was written whole, `isEnabled` with it. */
  isRewritten: boolean;
  /** Created by this message, be it in an earlier delivery. */
  isNew: boolean;
}

/**
 * Brings what the manifest says of `isEnabled` into the activation record and does what the record then asks for: an
 * outage, a hold or a person that speaks against it wins.
 */
export async function applyEnabledState(
  context: ApplyContext,
  applied: AppliedService,
  done: ResourceChanges,
): Promise<void> {
  const { activation, clock } = context;
  const name = nameOf(context, applied);
  const since = new Date(clock.now()).toISOString();
  const before = await activation.get(name);
  const { change: seen, isEnabled } = await seenState(context, before, applied, applied.isEnabled);
  const service = { ...applied, isEnabled };
  const { resource, isRewritten } = service;
  // Also where what says so of the message that began it is no more.
  const isBegun = isHalfMade(before);
  const isNew = service.isNew || isBegun;
  const own = before.reasons.filter(({ kind }) => provisioningKinds.has(kind));
  // It was active until its link had to be replaced, by this delivery or by one that died.
  const isHeld = own.some((reason) => reason.kind === "NOT_VALIDATED" && reason.because === linkBeingReplaced);
  const isDesired = resource.isEnabled ?? (isNew ? false : isHeld || undefined);

  if (isDesired === undefined) {
    // Nothing is asked; but an outage that came while the record was written must not be undone by it.
    if (isRewritten && isEnabled) await applyChange(context, service, seen, done, "deactivate");
    return;
  }
  if (!isDesired) {
    const isRecorded = own.some(({ kind }) => kind === "NOT_WANTED");
    if (isRecorded && !isEnabled && !isBegun) return;
    const ended: ActivationChange = isBegun ? { remove: ["NOT_VALIDATED"] } : {};
    await applyWanted(context, { service, before }, { add: [{ kind: "NOT_WANTED", since }], ...ended, ...seen }, done);
    return;
  }
  if (isEnabled && !isNew && own.length === 0) {
    if (isRewritten) await applyChange(context, service, seen, done, "deactivate");
    return;
  }

  const veto = othersVeto(before, clock.now(), isEnabled);
  // What others keep inactive ends one day, and nobody validates it then.
  const isUnproven = own.some(({ kind }) => kind === "NOT_VALIDATED");
  const blocker = veto && !isUnproven ? undefined : await activationBlocker(context, service, done);
  if (blocker !== undefined) {
    done.problems.push({ path: `${service.path}.${blocker.field}`, message: blocker.because, hint: blocker.hint });
    const blocked: ActivationChange = {
      add: [{ kind: "NOT_VALIDATED", since, because: blocker.because }],
      remove: ["NOT_WANTED"],
    };
    // A live service that somebody activated by hand stays as it is: it was not this message that changed it.
    if (isNew || !isEnabled) {
      await applyChange(context, service, { ...blocked, ...seen }, done, "deactivate");
    }
    return;
  }
  if (veto) {
    const change: ActivationChange = { remove: ["NOT_WANTED", "NOT_VALIDATED"], ...seen };
    if (veto.isReason) await changeRecord(context, { service, before }, change, done);
    done.remark(leftAsItIs(false, veto.because));
    return;
  }
  await applyWanted(context, { service, before }, { remove: ["NOT_WANTED", "NOT_VALIDATED"], ...seen }, done);
}

/** A service, and its activation record before the change. */
interface ChangedService {
  service: AppliedService;
  before: StoredActivation;
}

/** Changes a record as the message wants it. Where nothing is switched by that, it is a change of the message all the same. */
function changeRecord(
  context: ApplyContext,
  { service, before }: ChangedService,
  change: ActivationChange,
  done: ResourceChanges,
): Promise<StoredActivation> {
  const { activation, clock } = context;
  const write = () => activation.change(nameOf(context, service), change);
  const now = clock.now();
  const isSwitched = decideActivation(recordAfter(before, change, now), now).action !== "leave";
  // What is made, begun or adopted by the message is told as that.
  const isAnew = service.isNew || isHalfMade(before) || service.record === undefined;
  const isTold = !isAnew && !isSwitched && isWantedOtherwise(service.resource, before);
  return isTold ? done.make(wantedChange, write) : write();
}

/** Changes the record as the message wants it, then does what the whole record asks for. */
async function applyWanted(
  context: ApplyContext,
  changed: ChangedService,
  change: ActivationChange,
  done: ResourceChanges,
): Promise<void> {
  await applyWritten(context, changed.service, await changeRecord(context, changed, change, done), done);
}

/** Who else keeps it inactive, whatever the manifest says; nothing where nobody does. */
export function othersVeto(
  record: StoredActivation,
  now: number,
  isEnabled: boolean,
): { because: string; isReason: boolean } | undefined {
  const others = reasonsInForce(record, now).filter(({ kind }) => !provisioningKinds.has(kind));
  if (others.length > 0) return { because: others.map(describeReason).join("; "), isReason: true };
  const hasOwn = record.reasons.some(({ kind }) => provisioningKinds.has(kind));
  if (isEnabled || record.lastAppliedState?.isActive !== true || hasOwn) return undefined;
  const because = "somebody deactivated it in the admin page; the command activate brings it back";
  return { because, isReason: false };
}

/** Why calls must not go there yet; nothing where the endpoint and the link are as declared. */
async function activationBlocker(
  context: ApplyContext,
  { resource, record, isLinkConfirmed, isValidated }: AppliedService,
  done: ResourceChanges,
): Promise<{ field: "authConfig" | "validation"; because: string; hint: string } | undefined> {
  if (!isLinkConfirmed) {
    const hint = "RingCX did not keep authConfigId: look at the service in the admin page and send the message again";
    return { field: "authConfig", because: "the link to the auth config is not confirmed", hint };
  }
  if (isValidated) return undefined;
  const result = await validateEndpoint(context, resource, record);
  if (!result) {
    done.remark("not validated: the manifest declares no validation");
    return undefined;
  }
  if (result.passed) return undefined;
  done.isUnvalidated = true;
  return {
    field: "validation",
    because: result.because,
    hint: "it stays inactive; mend the endpoint or the manifest and send the message again",
  };
}

/** Changes the record, then does what the whole record asks for. */
async function applyChange(
  context: ApplyContext,
  service: AppliedService,
  change: ActivationChange,
  done: ResourceChanges,
  only?: "deactivate",
): Promise<void> {
  await applyWritten(context, service, await context.activation.change(nameOf(context, service), change), done, only);
}

/** Does what a record asks for that was just written. */
async function applyWritten(
  context: ApplyContext,
  service: AppliedService,
  record: StoredActivation,
  done: ResourceChanges,
  only?: "deactivate",
): Promise<void> {
  const { resource, isEnabled } = service;
  const name = nameOf(context, service);
  const caller = activationCaller(context, name, service, { done });
  const { decision } = await applySwitch(context, { ...caller, ...(only && { only }) }, record);
  const isAsDeclared = resource.isEnabled === undefined || resource.isEnabled === isEnabled;
  if (decision.action === "leave" && !isAsDeclared) {
    // That it is so already is what "left" says: only the reason is told.
    const isHandsOff = isInForce(record.handsOff, context.clock.now());
    const { because } = isHandsOff ? decision : desiredActivation(record, context.clock.now());
    done.remark(leftAsItIs(isEnabled, because));
  }
}

/** That a service was activated, as it is reported. */
export const activated = "activated";

/** How a switch of a service is reported. */
interface SwitchReport {
  done: ResourceChanges;
  /** @default "activated" */
  on?: string;
  /** @default "deactivated" */
  off?: string;
  onChange?: (isActive: boolean) => void;
  /** It was active before, and is to be out for no longer than it must. @default false */
  isBroughtBack?: boolean;
}

/**
 * How provisioning lets `applyActivation` act on a service. Its ids were read in the same run; where they are no more,
 * the whole message is reconciled once more.
 *
 * @param report where a change is entered, and in which words
 */
export function activationCaller(
  { account, observed, urgent }: ApplyContext,
  name: ServiceName,
  { serviceGroupId, serviceId }: { serviceGroupId: number; serviceId: number },
  { done, on = activated, off = "deactivated", onChange, isBroughtBack = false }: SwitchReport,
) {
  return {
    name,
    setActive: async (isActive: boolean, isSure: IsSure) => {
      // What must not be called is taken out before everything else.
      const asked = isActive && !isBroughtBack ? account : urgent;
      const ids = { serviceGroupId, serviceId };
      await done.make(isActive ? on : off, () => setFoundActive(asked, ids, isActive, isSure));
      observed.noteActive(serviceId, isActive);
      onChange?.(isActive);
    },
    isActive: () => isActiveNow(account, { serviceGroupId, serviceId }),
    isOfMessage: true,
    intend: (isActive: boolean) => done.intend(isActive ? on : off),
  };
}

/**
 * Brings a service to what its record asks for. The message's progress is told first, so that its outcome tells the change
 * whoever carries it out: a sweep does where this process dies.
 */
export async function applySwitch(
  context: ApplyContext,
  { intend, ...caller }: ReturnType<typeof activationCaller> & Pick<ActivationCaller, "only">,
  record: StoredActivation,
): Promise<AppliedRecord> {
  const { action } = decideActivation(record, context.clock.now());
  if (action === "deactivate" || (action === "activate" && caller.only === undefined)) {
    await intend(action === "activate");
  }
  return applyActivation(context, caller, record);
}

function nameOf({ accountId }: ApplyContext, { resource }: AppliedService): ServiceName {
  return { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
}
