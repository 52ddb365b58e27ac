import { MessageRejectedError } from "../../shared/contract/message-rejected-error.ts";

/** What something is refused with. @throws {Error} where it is not, or with what else it ended */
export function rejection(run: () => unknown): MessageRejectedError {
  try {
    run();
  } catch (error) {
    if (error instanceof MessageRejectedError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
