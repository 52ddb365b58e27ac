import { isMissing } from "../../../shared/ringcx/client/surely-gone.ts";
import { RingCxForbiddenError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";

/**
 * Removes something; nothing is wrong where it is gone already, and what it was in is there. A 403 may say that, too (`errors.missing` in
 * docs/simulator.md): it is a refusal where the thing can be read, or what it was in cannot.
 *
 * @param read the thing itself
 * @param readNear what it was in
 * @throws {RingCxForbiddenError} when it is there, or cannot be looked at
 * @throws {RingCxNotFoundError} when what it was in is gone as well
 */
export async function unlessGone(
  remove: () => Promise<unknown>,
  { read, readNear }: { read(): Promise<unknown>; readNear(): Promise<unknown> },
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    const isForbidden = error instanceof RingCxForbiddenError;
    if (!isForbidden && !(error instanceof RingCxNotFoundError)) throw error;
    if (isForbidden && !(await isMissing(read))) throw error;
    if (await isMissing(readNear)) throw error;
  }
}
