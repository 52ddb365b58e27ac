import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import { creationIntentKey, replacedOfIntent } from "../../../shared/records/account/resource-markers.ts";
import {
  AssumptionBrokenError,
  replacedAuthConfigId,
} from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { RingCxForbiddenError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ApplyContext } from "./apply-context.ts";
import { announceCreation } from "./create-once.ts";

/** No read is older than this: what RingCX then does not have is gone. */
const oldestReadMs = 60_000;

/**
 * Makes an auth config. Where RingCX made it under an id of its own, that id is kept: nothing else finds it again while
 * the lists are old, and the message that is sent once more would make another.
 *
 * @throws {AssumptionBrokenError} when RingCX does so now, or did so before and still has it
 */
export async function createUnderOwnId<Created>(
  context: ApplyContext,
  resource: AuthConfigManifest,
  create: () => Promise<Created>,
): Promise<Created> {
  const { table, accountId, clock } = context;
  const intent = await table.get(creationIntentKey(accountId, resource));
  const before = intent && replacedOfIntent(intent);
  if (before && (clock.now() < before.madeAt + oldestReadMs || (await isThere(context, before.authConfigId)))) {
    const ids = { accountId, authConfigId: before.authConfigId };
    const { permission } = operations["authConfigs.get"];
    const reason = "an earlier message made it, and it is not listed under the id that it was sent";
    const facts = { operation: "authConfigs.get", permission, ids, reason };
    throw new AssumptionBrokenError(facts, replacedAuthConfigId(before.authConfigId));
  }
  await announceCreation(context, resource);
  try {
    return await create();
  } catch (error) {
    if (error instanceof AssumptionBrokenError && error.madeId !== undefined) {
      await announceCreation(context, resource, { authConfigId: error.madeId, madeAt: clock.now() });
    }
    throw error;
  }
}

async function isThere({ account }: ApplyContext, authConfigId: string): Promise<boolean> {
  return account.authConfigs.get(authConfigId).then(
    () => true,
    (error: unknown) => {
      if (error instanceof RingCxNotFoundError || error instanceof RingCxForbiddenError) return false;
      throw error;
    },
  );
}
