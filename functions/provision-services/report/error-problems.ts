import type { Problem } from "../../../shared/contract/outcome.ts";
import type { ResourceName } from "../../../shared/contract/resource-key.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
/** A refusal or failure of RingCX's as a problem of the resource; nothing for what concerns the whole message. */
export function problemOf(error: unknown, { path }: ResourcePlan<ResourceName>): Problem | undefined {
  if (error instanceof QuotaDeferredError || error instanceof RingCxNotFoundError) return undefined;
  if (!(error instanceof RingCxError)) return undefined;
  const { generalMessage } = error.details as { generalMessage?: string };
  // RingCX names the field that it refuses at the beginning of its words, if at all.
  const field = /^([A-Za-z]\w*(?:\[\d+\])?(?:\.\w+)*):/.exec(generalMessage ?? "")?.[1];
  return { path: field ? `${path}.${field}` : path, message: error.message, hint: error.advice };
}
