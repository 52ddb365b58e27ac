import { DeferredError } from "../../../shared/queues/message.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import {
  RingCxConflictError,
  type RingCxError,
  RingCxForbiddenError,
} from "../../../shared/ringcx/resources/errors.ts";
import { type OperationName, operations } from "../../../shared/ringcx/resources/operations.ts";
import type { AccountReader } from "./observed-account.ts";

/** What a message has doubted. */
export interface Doubts {
  /** Writes a doubt down. @returns whether it is the first of its kind */
  raise(doubt: string): Promise<boolean>;
  /** Whether an earlier turn, or this one, has raised it. */
  isRaised(doubt: string): boolean;
}

/** An account of which not everything is believed at once. */
export type DoubtedAccount = AccountReader & { doubts: Doubts };

/**
 * The one way to believe RingCX that something is missing, or other than we made it: a read may be older than our own last
 * write to the account (`consistency` in docs/simulator.md), and whoever sent the message must not be told so. What is doubted is
 * asked for again when no read can be older; then, or where nothing was written of late, it is believed.
 *
 * @param doubt what is said, with the ids or the name that it is about
 * @throws {DeferredError} the first time, while a read may be older
 */
export async function requireShown({ account, observed, doubts }: DoubtedAccount, doubt: string): Promise<void> {
  const waitMs = await account.unshownMs();
  if (waitMs === 0 || !(await doubts.raise(doubt))) return;
  observed.invalidate();
  throw new DeferredError(`RingCX may not show yet what was just written: ${doubt}`, waitMs);
}

/** {@link requireShown} of an error that may come of an old read; others are left as they are. */
export async function requireShownBehind(context: DoubtedAccount, error: unknown): Promise<void> {
  if (!mayComeOfOldRead(error)) return;
  const { operation, ids, status } = error;
  await requireShown(context, `${operation} ${Object.values(ids).join("/")} ${status ?? ""}`);
}

/**
 * What is listed and what is answered differ; a read is refused, as that of a missing thing may be (`errors.missing`); or a
 * write meets something that was not seen, or was to be gone when its turn came: a name that is taken, a link that is still there. A
 * thing that is not found is first looked for anew by whoever reconciles the message.
 */
function mayComeOfOldRead(error: unknown): error is RingCxError {
  if (error instanceof RingCxContradictionError) return true;
  // What a workflow refers to none of our writes releases.
  if (error instanceof RingCxConflictError) return error.operation !== "services.delete";
  return error instanceof RingCxForbiddenError && operations[error.operation as OperationName]?.method === "GET";
}
