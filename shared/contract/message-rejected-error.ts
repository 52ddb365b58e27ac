import { AutomationError } from "../primitives/errors.ts";
import type { Problem } from "./outcome.ts";

/** A message that cannot succeed as it is, and everything that is wrong with it. */
export class MessageRejectedError extends AutomationError {
  override readonly name = "MessageRejectedError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], code = "MESSAGE_INVALID") {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : "";
    super(`${first?.path ? `${first.path}: ` : ""}${first?.message}${more}`, { code, details: { problems } });
    this.problems = problems;
  }
}
