import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import { namedOrCut } from "../../../shared/primitives/same-name.ts";
import { creationIntentKey, creationProgressOf } from "../../../shared/records/account/resource-markers.ts";
import { isMissing } from "../../../shared/ringcx/client/surely-gone.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import {
  AssumptionBrokenError,
  replacedAuthConfigId,
} from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ApplyContext } from "./apply-context.ts";
import { type Creation, createOnce } from "./create-once.ts";

/** How an auth config is written, under the id of our choosing. */
export interface OwnAuthConfig extends Pick<Creation<AuthConfig>, "done" | "changes"> {
  authConfigId: string;
  create(): Promise<AuthConfig>;
  /** What is there under the id is ours, and gets the credential. */
  update(): Promise<AuthConfig>;
}

/**
 * Makes an auth config. Where RingCX made it under an id of its own, that id is kept: nothing else finds it again while
 * the lists are old, and the message that is sent once more would make another.
 *
 * @throws {AssumptionBrokenError} when RingCX does so now, or did so before and still has it
 * @throws {RingCxContradictionError} when the id is taken, and was not listed
 */
export async function createUnderOwnId(
  context: ApplyContext,
  resource: AuthConfigManifest,
  { authConfigId, create, update, ...told }: OwnAuthConfig,
): Promise<AuthConfig> {
  const { table, accountId, account, clock } = context;
  const intent = await table.get(creationIntentKey(accountId, resource));
  const before = intent && creationProgressOf(intent).replaced;
  if (before && (unshownMs(before.madeAt, clock.now()) > 0 || (await isThere(context, before.authConfigId)))) {
    throw madeUnderOtherId(accountId, before.authConfigId);
  }
  return createOnce(context, resource, {
    ...told,
    create,
    async find() {
      if (await isThere(context, authConfigId)) return update();
      const configs = await account.authConfigs.listAll();
      if (configs.some((config) => isSameId(config.authConfigId, authConfigId))) return update();
      // There was none of this name when it was planned for.
      const [other] = namedOrCut(configs, resource.providerName, (config) => config.providerName);
      if (other) throw madeUnderOtherId(accountId, other.authConfigId);
      return undefined;
    },
  });
}

function madeUnderOtherId(accountId: string, authConfigId: string): AssumptionBrokenError {
  const { permission } = operations["authConfigs.get"];
  const reason = "it was made, and is not there under the id that it was sent";
  const facts = { operation: "authConfigs.get", permission, ids: { accountId, authConfigId }, reason };
  return new AssumptionBrokenError(facts, replacedAuthConfigId(authConfigId));
}

async function isThere({ account }: ApplyContext, authConfigId: string): Promise<boolean> {
  return !(await isMissing(() => account.authConfigs.get(authConfigId)));
}
