import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { describeReason, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ActivationChange, InactiveReason } from "../../../shared/records/account/activation.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import type { ApplyContext } from "./apply-context.ts";
import { validateEndpoint } from "./validate-endpoint.ts";

export interface ServiceState {
  resource: HttpServiceManifest;
  record: ServiceRecord | undefined;
  path: string;
  serviceGroupId: number;
  serviceId: number;
  /** What RingCX said last. */
  isEnabled: boolean;
  isLinkConfirmed: boolean;
  /** The candidate has passed its probe in this run. */
  isValidated: boolean;
  /** The record of RingCX was written whole, `isEnabled` with it. */
  isRewritten: boolean;
  /** Made by this message, or begun by it in an earlier delivery. */
  isNew: boolean;
}

/** The reasons that are provisioning's own. */
const provisioningKinds: ReadonlySet<InactiveReason["kind"]> = new Set(["NOT_WANTED", "NOT_VALIDATED"]);

/**
 * Brings what the manifest says of `isEnabled` into the activation record and follows what the record then decides:
 * an outage, a hold or a person that speaks against it wins.
 */
export async function applyEnabledState(
  context: ApplyContext,
  settling: ServiceState,
  done: ResourceChanges,
): Promise<void> {
  const { activation, clock, accountId } = context;
  const { resource, isEnabled, isRewritten, isNew } = settling;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  const since = new Date(clock.now()).toISOString();
  const isDesired = resource.isEnabled ?? (isNew ? false : undefined);
  const before = await activation.get(name);
  const own = before.reasons.filter(({ kind }) => provisioningKinds.has(kind));

  if (isDesired === undefined) {
    // Nothing is asked; but an outage that came while the record was written must not be undone by it.
    if (isRewritten && isEnabled) await applyRecord(context, settling, { observed: true }, done, "deactivate");
    return;
  }
  if (!isDesired) {
    const isNoted = own.some(({ kind }) => kind === "NOT_WANTED");
    if (isNoted && !isEnabled) return;
    await applyRecord(context, settling, { add: [{ kind: "NOT_WANTED", since }], observed: isEnabled }, done);
    return;
  }
  if (isEnabled && !isNew && own.length === 0) {
    if (isRewritten) await applyRecord(context, settling, { observed: true }, done, "deactivate");
    return;
  }

  const others = reasonsInForce(before, clock.now()).filter(({ kind }) => !provisioningKinds.has(kind));
  if (others.length > 0) {
    await activation.change(name, { remove: ["NOT_WANTED"] });
    done.remark(`left inactive: ${others.map(describeReason).join("; ")}`);
    return;
  }
  if (!isEnabled && before.lastAppliedState?.isActive === true && own.length === 0) {
    done.remark("left inactive: somebody deactivated it in the admin page; the command activate brings it back");
    return;
  }
  const doubt = await activationBlocker(context, settling, done);
  if (doubt !== undefined) {
    done.problems.push({ path: `${settling.path}.${doubt.field}`, message: doubt.because, hint: doubt.hint });
    const change: ActivationChange = {
      add: [{ kind: "NOT_VALIDATED", since, because: doubt.because }],
      remove: ["NOT_WANTED"],
    };
    // A live service that somebody activated by hand stays as it is: it was not this message that changed it.
    if (isNew || !isEnabled)
      await applyRecord(context, settling, { ...change, observed: isEnabled }, done, "deactivate");
    return;
  }
  await applyRecord(context, settling, { remove: ["NOT_WANTED", "NOT_VALIDATED"], observed: isEnabled }, done);
}

/** What is not known well enough to let calls go there, or nothing. */
async function activationBlocker(
  context: ApplyContext,
  { resource, record, isLinkConfirmed, isValidated }: ServiceState,
  done: ResourceChanges,
) {
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

/** Writes the intent first, then does what the whole record decides. */
async function applyRecord(
  context: ApplyContext,
  { resource, serviceGroupId, serviceId, isEnabled }: ServiceState,
  change: ActivationChange,
  done: ResourceChanges,
  only?: "deactivate",
): Promise<void> {
  const { activation, account, accountId, clock, observed } = context;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  const set = async (isActive: boolean) => {
    await account.services.setActive(serviceGroupId, serviceId, isActive);
    observed.noteActive(serviceId, isActive);
    done.change(isActive ? "activated" : "deactivated");
    return activation.change(name, { lastAppliedState: isActive });
  };
  const decision = decideActivation(await activation.change(name, change), clock.now());
  if (decision.action === "leave") {
    if (resource.isEnabled !== undefined && resource.isEnabled !== isEnabled) {
      done.remark(`left ${isEnabled ? "active" : "inactive"}: ${decision.because}`);
    }
    return;
  }
  if (only !== undefined && decision.action !== only) return;
  const after = await set(decision.action === "activate");
  // What came in between the decision and the write wins.
  if (decision.action === "activate" && decideActivation(after, clock.now()).action === "deactivate") await set(false);
}
