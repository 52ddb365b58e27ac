import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";

/**
 * Renames in RingCX what the table knows by its name: the records first, so that nobody finds them under a name that is no more.
 * They are moved back where RingCX certainly did not do it; otherwise the service would be nobody's under the name that it has.
 *
 * @param move moves the records
 * @param moveBack the same the other way round
 */
export async function renamed<Result>(
  move: () => Promise<void>,
  moveBack: () => Promise<void>,
  rename: () => Promise<Result>,
): Promise<Result> {
  await move();
  try {
    return await rename();
  } catch (error) {
    if (hadNoEffect(error)) await moveBack();
    throw error;
  }
}

/** It was not sent, or RingCX refused it: what a 5xx or a lost answer did, nobody knows. */
function hadNoEffect(error: unknown): boolean {
  if (error instanceof QuotaDeferredError) return true;
  return error instanceof RingCxError && error.status !== undefined && error.status < 500;
}
