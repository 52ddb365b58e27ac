import { RingCxForbiddenError, RingCxNotFoundError } from "../resources/errors.ts";

/** Whether RingCX does not show something: it is not there, or must not be read. */
export async function isMissing(read: () => Promise<unknown>): Promise<boolean> {
  return read().then(
    () => false,
    (error: unknown) => {
      if (error instanceof RingCxNotFoundError || error instanceof RingCxForbiddenError) return true;
      throw error;
    },
  );
}

/**
 * The one way to conclude from a list that something is gone: a list may be older than our own last write, and not show yet
 * what that has made. So nobody can say while one may; then the thing itself is asked for, by its id.
 *
 * @param unshownMs of `RingCxAccount`, asked before what a person is told of is known to be there
 * @param isThere asks for the thing itself; not called where nobody can say
 * @returns `undefined` where nobody can say
 */
export async function isSurelyGone(unshownMs: number, isThere: () => Promise<boolean>): Promise<boolean | undefined> {
  return unshownMs > 0 ? undefined : !(await isThere());
}
