import type { Manifest } from "../../../shared/contract/apply.ts";
import { creationIntentItem, type ReplacedAuthConfig } from "../../../shared/records/account/resource-markers.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import {
  AmbiguousWriteError,
  RingCxAnswerError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ApplyContext } from "./apply-context.ts";

/** A message is not kept longer than this on its queue; nor is the intent to create something. */
const intentSeconds = 14 * 24 * 60 * 60;

/** Written before a POST: whatever is found under this name afterwards is ours, also after a crash. */
export async function announceCreation(
  { table, accountId, generation, clock }: ApplyContext,
  resource: Manifest,
  replaced?: ReplacedAuthConfig,
): Promise<void> {
  const expiresAt = Math.floor(clock.now() / 1000) + intentSeconds;
  await table.put(creationIntentItem(accountId, resource, { generation, expiresAt, ...(replaced && { replaced }) }));
}

/**
 * Creates something that has no id of our choosing. When the answer is lost it is looked for. Where it is not there, it may
 * still come: a later turn looks once more and creates it then, so that there is never a second one.
 *
 * @throws {AmbiguousWriteError} when its answer was lost and it is not there
 * @throws {RingCxContradictionError} when its name is taken, and was not listed
 */
export async function createOnce<Created>(
  create: () => Promise<Created>,
  find: () => Promise<Created | undefined>,
): Promise<Created> {
  try {
    return await create();
  } catch (error) {
    // The plan says that it is not there: the list that the plan was made from may be old.
    if (error instanceof RingCxConflictError) throw new RingCxContradictionError(error);
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const found = await find();
    if (!found) throw error;
    return found;
  }
}

/**
 * A group or service that we know and that is not listed is not made again before RingCX says that it is gone: the list may
 * be old.
 *
 * @param known ids that the table has of it; nothing where it was never made
 * @throws {RingCxContradictionError} when it is still there
 */
export async function requireGone(
  { account }: ApplyContext,
  known: { serviceGroupId: number; serviceId?: number } | undefined,
): Promise<void> {
  if (known === undefined) return;
  const { serviceGroupId, serviceId } = known;
  const read = () =>
    serviceId === undefined ? account.groups.get(serviceGroupId) : account.services.get(serviceGroupId, serviceId);
  const found = await read().catch((error: unknown) => {
    if (error instanceof RingCxNotFoundError || error instanceof RingCxForbiddenError) return undefined;
    throw error;
  });
  if (!found) return;
  const operation = serviceId === undefined ? "groups.get" : "services.get";
  const { permission } = operations[operation];
  const ids = { accountId: account.accountId, ...known };
  const reason = "it is there, and is not listed";
  throw new RingCxContradictionError(new RingCxAnswerError({ operation, permission, ids, reason }));
}
