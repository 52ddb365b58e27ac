import type { Clock } from "../../primitives/clock.ts";
import { AssumptionBrokenError, unservedV2 } from "../resources/assumption-broken-error.ts";
import { RingCxError, RingCxNotFoundError } from "../resources/errors.ts";
import { isMissing } from "./surely-gone.ts";
import { oldestReadMs } from "./unshown.ts";

/** What a server says of a path that it does not serve, and never of a thing that is not there. */
const unserved: readonly (number | undefined)[] = [405, 410, 501];

/** What is known in a process of what v1 has shown, and v2 has not. */
export interface V1Memory {
  clock: Pick<Clock, "now">;
  /** For how long a read may be old, of `RingCxAccount`. */
  unshownMs(): Promise<number>;
  /** When v1 has first shown it: what was there then is in every read of {@link oldestReadMs} later, whatever is written meanwhile. */
  shownAt: Map<string, number>;
}

/**
 * Calls a v2 operation, and says what it means where RingCX serves none: its own words, a 404, are those of a thing that is not there.
 * So the same thing is asked for in v1, once no read can be older than what was written.
 *
 * @param call the v2 operation
 * @param readV1 reads the same thing, or what it is in, in v1
 * @throws {AssumptionBrokenError} `services.v2`
 */
export async function servedV2<Answer>(
  call: Promise<Answer>,
  readV1: () => Promise<unknown>,
  memory: V1Memory,
): Promise<Answer> {
  try {
    const answer = await call;
    memory.shownAt.clear();
    return answer;
  } catch (error) {
    if (!(error instanceof RingCxError)) throw error;
    const isSaid = unserved.includes(error.status);
    const isLike = error instanceof RingCxNotFoundError && (await isSurelyThere(error, readV1, memory));
    if (!isSaid && !isLike) throw error;
    const { operation, permission, ids, status, errorCode } = error;
    const reason = isSaid ? undefined : "v1 shows it";
    throw new AssumptionBrokenError({ operation, permission, ids, status, errorCode, reason }, unservedV2(operation));
  }
}

async function isSurelyThere(
  { ids }: RingCxError,
  readV1: () => Promise<unknown>,
  { clock, unshownMs, shownAt }: V1Memory,
): Promise<boolean> {
  const key = JSON.stringify(ids);
  if (await isMissing(readV1)) {
    shownAt.delete(key);
    return false;
  }
  const since = shownAt.get(key) ?? clock.now();
  shownAt.set(key, since);
  return clock.now() - since >= oldestReadMs || (await unshownMs()) === 0;
}
