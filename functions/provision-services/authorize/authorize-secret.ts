import type { AuthConfigManifest, Manifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { ResourceKey } from "../../../shared/contract/resource-key.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import type { ProbeSettings } from "../../../shared/probe/probe-settings.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import {
  environmentProblem,
  isPermittedAccount,
  isPermittedConnection,
  isPermittedHost,
} from "../../../shared/secrets/permitted-use.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { accountsOf, hostsOf } from "../../../shared/secrets/secret-tags.ts";
import { SecretUnreadableError, whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import type { StoredResources } from "../read/stored-resources.ts";

/** What the checks need to know of an account. */
export interface AuthorizedAccount {
  accountId: string;
  /** The connection that serves it. */
  connection: Connection;
  secretReader: SecretReader;
  /** Where validation requests may go. */
  probeSettings: ProbeSettings;
}

/** What the checks of a message's endpoints and secrets are made with. */
export interface AuthorizeContext extends AuthorizedAccount {
  stored: StoredResources;
  /** Resources that were brought to their end already, and are not checked again. @default none */
  ended?: ReadonlySet<ResourceKey>;
  /** The path of a resource's problems. @default its place in the message */
  pathOf?: (resource: Manifest) => string;
}

/** What speaks against sending the secret to this account: its tags, or that it cannot be read or does not fit the type. */
export async function secretProblems(
  { secretId, authType }: AuthConfigManifest,
  at: string,
  { accountId, connection, secretReader }: AuthorizeContext,
): Promise<Problem[]> {
  const path = `${at}.secretId`;
  try {
    const secret = await secretReader.describe(secretId);
    if (secret.isDeleted)
      return [{ path, message: `the secret ${secretId} is deleted`, hint: "restore it, or name another" }];
    const problems: Problem[] = [];
    if (!isPermittedConnection(secret, connection.name)) {
      const message = `the secret ${secretId} is not for the connection ${connection.name}`;
      problems.push({ path, message, hint: `tag it with ringcx:connection = ${connection.name}, if it is` });
    }
    const misplaced = environmentProblem(secret, connection.environment);
    if (misplaced) problems.push({ path, ...misplaced, message: `the secret ${secretId}: ${misplaced.message}` });
    if (!isPermittedAccount(secret, accountId)) {
      const message = `the secret ${secretId} may not be sent to account ${accountId}: its tag ringcx:accounts names ${accountsOf(secret).join(", ") || "none"}`;
      problems.push({ path, message, hint: "whoever owns the secret can add the account to that tag" });
    }
    // Its value is read only for those who may use it.
    if (problems.length === 0) await secretReader.credential(secretId, authType);
    return problems;
  } catch (error) {
    return [{ path, ...unreadableSecret(error, secretId) }];
  }
}

function unreadableSecret(error: unknown, secretId: string): Omit<Problem, "path"> {
  if (error instanceof SecretUnreadableError && error.unusable) {
    const { reason, hint } = error.unusable;
    return {
      message: `the secret ${secretId} cannot be read: ${reason}`,
      hint: `${hint}; see docs/runbook.md, secret-unreadable`,
    };
  }
  if (error instanceof AutomationError && !error.retryable) {
    return {
      message: error.message,
      hint: "the secret is JSON text in RingCX's field names of the auth config's type",
    };
  }
  throw error;
}

/**
 * What speaks against sending the secret to the host of a URL: its tag `ringcx:hosts`. Where the secret
 * cannot be used at all, the problem of its auth config says so.
 */
export async function hostProblems(
  url: string,
  path: string,
  secretId: string,
  secretReader: SecretReader,
): Promise<Problem[]> {
  try {
    const secret = await secretReader.describe(secretId);
    if (secret.isDeleted || isPermittedHost(secret, url)) return [];
    const named = hostsOf(secret).join(" ") || "none";
    const message = `the secret ${secretId} may not be sent to ${plainUrl(url)?.host ?? "that host"}: its tag ringcx:hosts names ${named}`;
    return [{ path, message, hint: "whoever owns the secret can add the host to that tag" }];
  } catch (error) {
    if (whyUnusable(error) === undefined) throw error;
    return [];
  }
}
