import { makingNotEnded } from "../../../shared/activation/reasons.ts";
import { setActive } from "../../../shared/activation/set-active.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { displayName } from "../../../shared/contract/resource-key.ts";
import { longestWaits } from "../../../shared/primitives/longest-waits.ts";
import { namedOrCut } from "../../../shared/primitives/same-name.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { creationIntentKey, creationProgressOf } from "../../../shared/records/account/resource-markers.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { AssumptionBrokenError } from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { isRefusal } from "../../../shared/ringcx/resources/errors.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import { bornActive, wasActiveFor } from "../plan/joined-changes.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type ServiceInProgress, serviceIdOf } from "./apply-context.ts";
import { activated } from "./apply-enabled-state.ts";
import { createOnce } from "./create-once.ts";

/** That RingCX calls what nothing has validated, as an outcome tells it. */
const leftActive =
  "it is ACTIVE and takes calls: RingCX made it so and has refused to deactivate it; each sweep tries that again, or deactivate it in the admin page";

/** From so long on it is told for how long a new service was active before its time, in milliseconds. */
const worthTellingMs = 5_000;

/**
 * The one way to make a service, by a POST or as a clone. RingCX may make it active whatever was sent (`services.born`,
 * `clones.active` in docs/simulator.md), and calls it until {@link makeInactive}, which comes next whatever else there is to do:
 * a POST leaves it a place in the quota (`reserveOf`), and here its time.
 */
export async function makeService(
  context: ApplyContext,
  {
    resource,
    service,
    changes,
    create,
  }: {
    resource: HttpServiceManifest;
    service: ServiceInProgress;
    changes: readonly string[];
    create: () => Promise<HttpService>;
  },
  done: ResourceChanges,
): Promise<void> {
  const { activation, clock, deadline, observed, urgent } = context;
  const { serviceGroupId } = service;
  if (clock.now() + 1.2 * longestWaits.ringcxAnswerMs > deadline)
    throw new DeferredError(`There is no time left to make ${displayName(resource)}`, 0);
  // From now on nobody activates it before its last step. How it is nobody knows: what was known is of an earlier one of its name.
  const since = new Date(clock.now()).toISOString();
  const name = nameOf(context, resource);
  await activation.change(name, {
    add: [{ kind: "NOT_VALIDATED", since, because: makingNotEnded }],
    isAnew: true,
  });
  const created = await createOnce(context, resource, {
    done,
    changes,
    create,
    async find(after) {
      const groups = await observed.lookAgain(after, urgent);
      const group = groups.find((one) => one.serviceGroupId === serviceGroupId);
      return namedOrCut(group?.services ?? [], resource.serviceDescription, (one) => one.serviceDescription)[0];
    },
  }).catch(async (error: unknown) => {
    if (isRefused(error)) await activation.change(name, { remove: ["NOT_VALIDATED"] });
    throw error;
  });
  observed.noteService(serviceGroupId, created);
  done.isCreated = true;
  done.ids.serviceId = created.serviceId;
  service.serviceId = created.serviceId;
  service.isEnabled = created.isEnabled ?? false;
}

/** Nothing was made, and this message will not make it. */
function isRefused(error: unknown): boolean {
  return isRefusal(error) && !(error instanceof AssumptionBrokenError) && (error.status ?? 500) < 500;
}

/**
 * Takes out a new service that was born active; what an earlier delivery activated after validating it stays. Tells it also
 * where {@link deactivateBorn} came first.
 */
export async function makeInactive(
  context: ApplyContext,
  resource: HttpServiceManifest,
  service: ServiceInProgress,
  done: ResourceChanges,
): Promise<void> {
  // Also by one that died before it knew: what its activation has come to is looked at where it is activated.
  if (done.earlier.includes(activated)) return;
  const { accountId, clock, table } = context;
  const intent = creationIntentKey(accountId, resource);
  const { unseenSince: madeAt = clock.now(), ...before } = creationProgressOf(await table.get(intent));
  let { activeForMs } = before;
  if (activeForMs !== undefined) done.change(bornActive);
  else if (service.isEnabled) {
    const name = nameOf(context, resource);
    const born = { name, ...service, serviceId: serviceIdOf(service), madeAt };
    try {
      activeForMs = await deactivateBorn(context, born, (deactivate) => done.make(bornActive, deactivate));
    } catch (error) {
      if (isRefusal(error)) {
        // The sweep goes on with it.
        await context.activation.change(name, { observed: true });
        done.remark(leftActive);
      }
      throw error;
    }
    // A later turn, whose reads may still show it active, must not tell it anew.
    if (activeForMs !== undefined) await table.update(intent, { activeForMs });
  }
  if (activeForMs === undefined) return;
  service.isEnabled = false;
  service.isMadeInactive = true;
  if (activeForMs >= worthTellingMs) done.remark(wasActiveFor(activeForMs));
}

/** It was inactive never before: what shows it so is no older than its birth. */
const isNew = () => true;

/**
 * Deactivates a service that was just born active, before any other call. What the record says of its name was said of an earlier
 * service, a hold, too: all that counts is that nothing has validated this one.
 *
 * @param born `madeAt`: when its POST was sent, epoch milliseconds
 * @param make tells the change
 * @returns for how long it was active at most, in milliseconds; `undefined` where it was activated on purpose, and stays
 */
export async function deactivateBorn(
  {
    activation,
    clock,
    observed,
    table,
    urgent,
  }: Pick<ApplyContext, "activation" | "clock" | "observed" | "table" | "urgent">,
  born: { name: ServiceName; serviceGroupId: number; serviceId: number; madeAt: number },
  make: (deactivate: () => Promise<void>) => Promise<void> = (deactivate) => deactivate(),
): Promise<number | undefined> {
  const { name, serviceGroupId, serviceId, madeAt } = born;
  const { lastAppliedState, intents = [] } = await activation.get(name);
  if (lastAppliedState?.isActive === true || intents.some(({ isActive }) => isActive)) return undefined;
  await make(() => setActive({ account: urgent, table }, name, { serviceGroupId, serviceId }, false, isNew));
  const activeForMs = clock.now() - madeAt;
  observed.noteActive(serviceId, false);
  await activation.change(name, { lastAppliedState: false, isAnew: true });
  return activeForMs;
}

function nameOf({ accountId }: ApplyContext, { groupName, serviceDescription }: HttpServiceManifest): ServiceName {
  return { accountId, groupName, serviceDescription };
}
