import { isMissing } from "../../../shared/ringcx/client/surely-gone.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import {
  type RingCxError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import { type DoubtedAccount, requireShown } from "../read/require-shown.ts";

/**
 * Removes something; nothing is wrong where it is gone already, and what it was in is there. A 403 may say that, too (`errors.missing` in
 * docs/simulator.md): it is a refusal where the thing can be read, or what it was in cannot. What was written of late may not be
 * shown yet: nothing is concluded from that, see {@link requireShown}.
 *
 * @param read the thing itself
 * @param readNear what it was in
 * @throws {DeferredError} the first time, while a read may be older than what was written to the account
 * @throws {RingCxForbiddenError} when it is there, or cannot be looked at
 * @throws {RingCxContradictionError} when it is there, and RingCX says 404 of its removal
 * @throws {RingCxNotFoundError} when what it was in is gone as well
 */
export async function unlessGone(
  context: DoubtedAccount,
  remove: () => Promise<unknown>,
  { read, readNear }: { read(): Promise<unknown>; readNear(): Promise<unknown> },
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    const isForbidden = error instanceof RingCxForbiddenError;
    if (!isForbidden && !(error instanceof RingCxNotFoundError)) throw error;
    const isThere = !(await isMissing(read));
    if (isForbidden && isThere) throw error;
    await requireShown(context, `${removedBy(error)} is ${isThere ? "there" : "gone"}`);
    if (isThere) throw new RingCxContradictionError(error);
    if (await isMissing(readNear)) throw error;
  }
}

function removedBy({ operation, ids }: RingCxError): string {
  return `what ${operation} was to remove, ${Object.values(ids).join("/")},`;
}
