import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { ResourceName } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
/** A refusal or failure of RingCX's as a problem of the resource; nothing for what concerns the whole message. */
export function resourceProblem(error: unknown, { path }: ResourcePlan<ResourceName>): Problem | undefined {
  if (error instanceof QuotaDeferredError || error instanceof RingCxNotFoundError) return undefined;
  if (!(error instanceof RingCxError)) return undefined;
  const { generalMessage } = error.details as { generalMessage?: string };
  // RingCX names the field that it refuses at the beginning of its words, if at all.
  const field = /^([A-Za-z]\w*(?:\[\d+\])?(?:\.\w+)*):/.exec(generalMessage ?? "")?.[1];
  return { path: field ? `${path}.${field}` : path, message: error.message, hint: error.advice };
}

/** The problems of a message that this error rejects; `undefined` for an error after which it may still succeed. */
export function rejectionProblems(error: unknown): readonly Problem[] | undefined {
  if (error instanceof MessageRejectedError) return error.problems;
  if (error instanceof RingCxError && !error.retryable) {
    return [{ path: "data", message: error.message, hint: error.advice }];
  }
  return undefined;
}

/**
 * A failure as a problem of the whole message. One that we did not raise ourselves is given by its name only: its
 * message may quote anything.
 */
export function failureProblem(error: unknown, failures: number): { message: string; hint: string } {
  const hint = "look for the event's id in the function's log; send the message again when the cause is gone";
  if (error instanceof AutomationError) return { message: error.message, hint };
  return { message: `it failed ${failures} times (${error instanceof Error ? error.name : "unknown"})`, hint };
}

/** An error for the log: nothing in it may be secret, so the message of an error that is not ours is left out. */
export function errorFacts(error: unknown): Record<string, unknown> {
  if (error instanceof AutomationError) return { code: error.code, message: error.message };
  return { error: error instanceof Error ? error.name : "unknown", stack: stackOf(error) };
}

/** Where it happened, without the message. */
function stackOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return lines.filter((line) => /^\s+at /.test(line)).slice(0, 8);
}
