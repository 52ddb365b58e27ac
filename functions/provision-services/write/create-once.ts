import type { Manifest } from "../../../shared/contract/apply.ts";
import { creationIntentItem } from "../../../shared/records/account/resource-markers.ts";
import { AmbiguousWriteError } from "../../../shared/ringcx/resources/errors.ts";
import type { ApplyContext } from "./apply-context.ts";

/** A message is not kept longer than this on its queue; nor is the intent to create something. */
const intentSeconds = 14 * 24 * 60 * 60;

/** Written before a POST: whatever is found under this name afterwards is ours, also after a crash. */
export async function announceCreation(
  { table, accountId, generation, clock }: ApplyContext,
  resource: Manifest,
): Promise<void> {
  const expiresAt = Math.floor(clock.now() / 1000) + intentSeconds;
  await table.put(creationIntentItem(accountId, resource, { generation, expiresAt }));
}

/**
 * Creates something that has no id of our choosing. When the answer is lost it is looked for. Where it is not there, it may
 * still come: a later turn looks once more and creates it then, so that there is never a second one.
 *
 * @throws {AmbiguousWriteError} when its answer was lost and it is not there
 */
export async function createOnce<Created>(
  create: () => Promise<Created>,
  find: () => Promise<Created | undefined>,
): Promise<Created> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const found = await find();
    if (!found) throw error;
    return found;
  }
}
