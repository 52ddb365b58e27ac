import type { Manifest } from "../../../shared/contract/apply.ts";
import { displayName } from "../../../shared/contract/resource-key.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import {
  type CreationProgress,
  creationIntentItem,
  creationIntentKey,
  creationProgressOf,
  type ReplacedAuthConfig,
} from "../../../shared/records/account/resource-markers.ts";
import { isMissing } from "../../../shared/ringcx/client/surely-gone.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import { AssumptionBrokenError } from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import {
  AmbiguousWriteError,
  RingCxAnswerError,
  RingCxConflictError,
} from "../../../shared/ringcx/resources/errors.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import { copyTargetKey } from "../plan/ownership.ts";
import { requireShown } from "../read/require-shown.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import type { ApplyContext } from "./apply-context.ts";

/** A message is not kept longer than this on its queue; nor is the intent to create something. */
const intentSeconds = 14 * 24 * 60 * 60;

/** How soon what may have been made is looked for again, in milliseconds. */
const lookAgainMs = 5_000;

/**
 * How soon services are that may have been made of late, in milliseconds: one may be born active, and must not stay so. One list
 * serves all of an account.
 */
export const bornLookMs = 2_000;

/** What is not shown then was hardly made, in milliseconds: it is looked for less often. */
const lateMs = 16_000;

/** Whatever is found under this name afterwards is ours, also after a crash. */
export async function announceCreation(
  { table, accountId, generation, clock, copiedFrom }: ApplyContext,
  resource: Manifest,
  progress: CreationProgress = {},
): Promise<void> {
  const expiresAt = Math.floor(clock.now() / 1000) + intentSeconds;
  const source = resource.kind === "httpService" ? copiedFrom?.get(copyTargetKey(resource)) : undefined;
  const said = { generation, expiresAt, copiedFrom: source, ...progress };
  await table.put(creationIntentItem(accountId, resource, said));
}

/** How something is made, and how it is found where it may be there. */
export interface Creation<Made> {
  /** What is told of it, and where. */
  done: ResourceChanges;
  changes: readonly string[];
  create(): Promise<Made>;
  /** @param after a list that was read later is new enough, epoch milliseconds */
  find(after: number): Promise<Made | undefined>;
}

/** What a POST may have made is not shown yet. Whatever does not depend on it goes on meanwhile. */
export class CreationUnseenError extends DeferredError {}

/**
 * The one way to make a resource: RingCX has no idempotency keys, and its lists may be old. That it is being made is written
 * down before the POST; where nobody saw how that ended (a lost answer, a crash), it is looked for, and not made again
 * before no read can be older than the POST. So there is never a second one.
 *
 * @throws {DeferredError} while what this POST or an earlier one made may not be shown yet
 * @throws {AmbiguousWriteError} when the answer was lost again, and it is not there
 */
async function makeOnce<Made>(
  context: ApplyContext,
  resource: Manifest,
  { create, find, done, changes }: Creation<Made>,
): Promise<Made> {
  const { table, accountId, clock, doubts, observed } = context;
  const { unseenSince } = creationProgressOf(await table.get(creationIntentKey(accountId, resource)));
  const isOfLate = clock.now() - (unseenSince ?? clock.now()) < lateMs;
  const lookMs = resource.kind === "httpService" && isOfLate ? bornLookMs : lookAgainMs;
  const waitMs = unshownMs(unseenSince, clock.now());
  // What was not made must not count as begun: of that name there may be another's.
  const end = (replaced?: ReplacedAuthConfig) =>
    replaced === undefined
      ? table.delete(creationIntentKey(accountId, resource))
      : announceCreation(context, resource, { replaced });
  const look = (after: number) =>
    find(after).catch(async (error: unknown) => {
      // It is there, and not as it must be.
      if (error instanceof AssumptionBrokenError) await end(replacedBy(error, clock.now()));
      throw error;
    });
  const doubt = `${displayName(resource)} may have been made, and RingCX does not show it yet`;
  if (unseenSince !== undefined) {
    // All that is looked for in a turn is looked for in one list.
    const found = await look(Math.max(unseenSince, clock.now() - lookMs));
    if (found) return found;
    if (waitMs > 0) throw new CreationUnseenError(doubt, Math.min(waitMs, lookMs));
  }
  await done.beginMaking(changes);
  await announceCreation(context, resource, { unseenSince: clock.now() });
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) {
      // It was not made, or it is known what was.
      done.notMade();
      await end(replacedBy(error, clock.now()));
      throw error;
    }
    const isAwaited = observed.isLate && !doubts.isRaised(doubt);
    const found = isAwaited ? undefined : await look(clock.now());
    if (found) return found;
    observed.isLate = true;
    // The first time nothing has failed yet.
    if (await doubts.raise(doubt)) throw new CreationUnseenError(doubt, lookMs);
    throw error;
  }
}

function replacedBy(error: unknown, madeAt: number): ReplacedAuthConfig | undefined {
  const authConfigId = error instanceof AssumptionBrokenError ? error.madeId : undefined;
  return authConfigId === undefined ? undefined : { authConfigId, madeAt };
}

/**
 * The same, where the plan says that it is not there. See {@link makeOnce}.
 *
 * @throws {RingCxContradictionError} when its name, or the id of our choosing, is taken, and was not listed
 */
export async function createOnce<Made>(
  context: ApplyContext,
  resource: Manifest,
  creation: Creation<Made>,
): Promise<Made> {
  try {
    return await makeOnce(context, resource, creation);
  } catch (error) {
    // The plan says that it is not there: the list that the plan was made from may be old.
    throw error instanceof RingCxConflictError ? new RingCxContradictionError(error) : error;
  }
}

/**
 * A group or service that we know and that is not listed is not made again before RingCX says that it is gone: the list may
 * be old.
 *
 * @param known ids that the table has of it; nothing where it was never made
 * @throws {RingCxContradictionError} when it is still there
 * @throws {DeferredError} while a read may be older than it
 */
export async function requireGone(
  context: ApplyContext,
  known: { serviceGroupId: number; serviceId?: number } | undefined,
): Promise<void> {
  if (known === undefined) return;
  const { account } = context;
  const { serviceGroupId, serviceId } = known;
  const read = () =>
    serviceId === undefined ? account.groups.get(serviceGroupId) : account.services.get(serviceGroupId, serviceId);
  if (await isMissing(read)) return requireShown(context, `${Object.values(known).join("/")} is gone`);
  const operation = serviceId === undefined ? "groups.get" : "services.get";
  const { permission } = operations[operation];
  const ids = { accountId: account.accountId, ...known };
  const reason = "it is there, and is not listed";
  throw new RingCxContradictionError(new RingCxAnswerError({ operation, permission, ids, reason }));
}
