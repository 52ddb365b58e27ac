import { isHalfMade } from "../../../shared/activation/reasons.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { requireRoom } from "../read/require-room.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import {
  type ApplyContext,
  linkBeingReplaced,
  type ServiceInProgress,
  type StepContext,
  serviceIdOf,
} from "./apply-context.ts";
import { activationCaller, applySwitch } from "./apply-enabled-state.ts";
import { seenState } from "./seen-enabled.ts";
import { confirmLink } from "./write-service.ts";

/**
 * Replaces a service's link while nothing calls it, before its URL is written. Where RingCX does not take the new link the
 * service is as it was, and so is its URL.
 *
 * @returns false when the URL must not be written; `done` then holds the problem
 */
export async function replaceLink(
  context: ApplyContext,
  { step, plan, resource, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  if (step.do !== "replaceLink") return true;
  const path = `${plan.path}.authConfig`;
  const wasActive = service.isEnabled;
  if (wasActive) {
    // It is out until its URL is written, and is activated again.
    await requireRoom(context.account, 8, `replacing the link of ${plan.key}`);
    await hold(context, resource, service, done);
  }
  if (service.isEnabled) {
    await release(context, resource, service, done);
    const message = "the service must be inactive while its link is replaced, and is kept active";
    done.problems.push({ path, message, hint: "end the hold (hands-off, override) that keeps it active" });
    return false;
  }
  try {
    await confirmLink(context, serviceIdOf(service), step.authConfigId, { service, url: endpointOf(resource) });
  } catch (error) {
    if (wasActive) await release(context, resource, service, done);
    throw error;
  }
  if (service.link.isConfirmed) return true;
  if (wasActive) await release(context, resource, service, done);
  const message = "RingCX did not take the new link, so the URL was not changed either";
  done.problems.push({ path, message, hint: "look at the service in the admin page and send the message again" });
  return false;
}

async function hold(
  context: ApplyContext,
  resource: HttpServiceManifest,
  service: ServiceInProgress,
  done: ResourceChanges,
): Promise<void> {
  const since = new Date(context.clock.now()).toISOString();
  const name = nameOf(context, resource);
  const ids = { serviceGroupId: service.serviceGroupId, serviceId: serviceIdOf(service) };
  const before = await context.activation.get(name);
  const { isEnabled, change } = await seenState(context, before, ids, true);
  service.isEnabled = isEnabled;
  // Somebody else has switched it off since: it is not ours to switch on afterwards.
  if (!isEnabled) return;
  // One that a person has activated half-made stays what it is.
  const isBegun = isHalfMade(before);
  const record = await context.activation.change(name, {
    ...(!isBegun && { add: [{ kind: "NOT_VALIDATED", since, because: linkBeingReplaced }] }),
    ...change,
  });
  await applySwitch(context, { ...caller(context, resource, service, done), only: "deactivate" }, record);
}

async function release(
  context: ApplyContext,
  resource: HttpServiceManifest,
  service: ServiceInProgress,
  done: ResourceChanges,
): Promise<void> {
  const name = nameOf(context, resource);
  const before = await context.activation.get(name);
  if (isHalfMade(before)) return;
  const record = await context.activation.change(name, { remove: ["NOT_VALIDATED"] });
  await applySwitch(context, caller(context, resource, service, done), record);
}

function caller(
  context: ApplyContext,
  resource: HttpServiceManifest,
  service: ServiceInProgress,
  done: ResourceChanges,
) {
  const ids = { serviceGroupId: service.serviceGroupId, serviceId: serviceIdOf(service) };
  const words = { on: "activated again", off: "deactivated while its link is replaced" };
  return activationCaller(context, nameOf(context, resource), ids, {
    done,
    ...words,
    isBroughtBack: true,
    onChange: (isActive) => {
      service.isEnabled = isActive;
    },
  });
}

function nameOf({ accountId }: ApplyContext, { groupName, serviceDescription }: HttpServiceManifest) {
  return { accountId, groupName, serviceDescription };
}
