import type { Clock } from "../../primitives/clock.ts";
import {
  type RingCxError,
  RingCxForbiddenError,
  RingCxNotFoundError,
  RingCxUnavailableError,
} from "../resources/errors.ts";
import type { RingCxAccount } from "./api.ts";
import { oldestReadMs } from "./unshown.ts";

/** Whether a read was refused as that of something is that is not there: with a 404, or a 403 (`errors.missing`). */
function isNotShown(error: unknown): error is RingCxError {
  return error instanceof RingCxNotFoundError || error instanceof RingCxForbiddenError;
}

/** Whether RingCX does not show something: it is not there, or must not be read. */
export async function isMissing(read: () => Promise<unknown>): Promise<boolean> {
  return read().then(
    () => false,
    (error: unknown) => {
      if (isNotShown(error)) return true;
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

/** How soon what is not shown yet is asked for again, in milliseconds. */
const lookAgainMs = 5_000;

/**
 * The one way to read by its id what we, or a person, may just have made: while a read may be older than our own last write to
 * the account, what it does not show is asked for again, and nobody is told. However much is written meanwhile, what was there
 * at the first read is shown within {@link oldestReadMs}.
 *
 * @param options.deadline by when RingCX must have answered, epoch milliseconds
 * @throws {RingCxUnavailableError} when there is no time left to ask again
 * @throws what RingCX says when no read can be too old
 */
export async function readShown<Read>(
  account: Pick<RingCxAccount, "unshownMs">,
  read: () => Promise<Read>,
  { clock, deadline }: { clock: Clock; deadline: number },
): Promise<Read> {
  const shownBy = clock.now() + oldestReadMs;
  for (;;) {
    const askedAt = clock.now();
    try {
      return await read();
    } catch (error) {
      if (!isNotShown(error) || askedAt >= shownBy) throw error;
      const unshownMs = await account.unshownMs();
      if (unshownMs === 0) throw error;
      const waitMs = Math.min(lookAgainMs, unshownMs, shownBy - clock.now());
      if (clock.now() + waitMs >= deadline) {
        const { operation, permission, ids } = error;
        const reason = "it may have been made just now, and is not shown yet";
        throw new RingCxUnavailableError({ operation, permission, ids, reason, mayBeDone: false });
      }
      await clock.sleep(Math.max(0, waitMs));
    }
  }
}
