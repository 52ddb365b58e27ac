import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { MessageSummary } from "../report/message-outcome.ts";
import { type MessageContext, reconcileResources } from "./reconcile-resources.ts";

/**
 * Reads, plans and applies what a message asks for. Where an id leads nowhere everything is read again, once.
 *
 * @returns what was planned, if that was all that was asked
 * @throws {RingCxContradictionError} when an id that is listed leads nowhere
 */
export async function reconcileMessage(
  message: ProvisioningMessage,
  context: MessageContext,
): Promise<MessageSummary | undefined> {
  const { session, sourceSession } = context;
  try {
    return await reconcileOnce(message, context);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    session.observed.invalidate();
    sourceSession.observed.invalidate();
    return reconcileOnce(message, { ...context, stored: undefined }).catch((again: unknown) => {
      // What was just listed is not found: one of both is old.
      const isListed = again instanceof RingCxNotFoundError && (again.ids.serviceGroupId ?? again.ids.authConfigId);
      throw isListed ? new RingCxContradictionError(again) : again;
    });
  }
}

/** What only copies and retirements need is loaded with the first of them. */
async function reconcileOnce(
  message: ProvisioningMessage,
  context: MessageContext,
): Promise<MessageSummary | undefined> {
  const { source, id, time } = message;
  const generation = { source, id, time };
  switch (message.type) {
    case "ringcx.apply.v1": {
      const { accountId, resources } = message.data;
      return reconcileResources({ accountId, generation, resources }, message.data.dryRun, context);
    }
    case "ringcx.copy.v1": {
      const { copyServices } = await import("./copy-services.ts");
      return copyServices(message.data, generation, context);
    }
    case "ringcx.retire.v1": {
      const { retireResources } = await import("./retire-resources.ts");
      return retireResources(message.data, generation, context);
    }
  }
}
