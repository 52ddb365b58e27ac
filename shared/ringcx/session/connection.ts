import * as z from "zod";
import { AutomationError } from "../../primitives/errors.ts";
import { firstOf } from "../../primitives/first-of.ts";
import { quotaSettingsSchema } from "../quota/quota-policy.ts";

/** Where RingCX and the RingCentral platform are, for whom nothing else is said. */
export const publicHosts = {
  ringcxUrl: "https://ringcx.ringcentral.com",
  platformUrl: "https://platform.ringcentral.com",
};

/** One RingCX login and the sub-accounts that it serves. */
export const connectionSchema = z.strictObject({
  /** How secrets name it in their tag `ringcx:connection`. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, "expected at most 31 lower-case letters, digits and dashes, a letter first"),
  accountIds: z.array(z.string().regex(/^\d+$/, "an accountId is a string of digits")).min(1),
  /** Host of the voice API and of RingCX's own login, without a path. @default RingCX's own */
  ringcxUrl: z.url().default(publicHosts.ringcxUrl),
  /** Host of the RingCentral platform, without a path. @default RingCentral's own */
  platformUrl: z.url().default(publicHosts.platformUrl),
  /** Name or ARN of the secret with `clientId`, `clientSecret` and `jwt`. */
  secretId: z.string().min(1),
  quota: quotaSettingsSchema.prefault({}),
});
/** One connection, complete. */
export interface Connection extends z.output<typeof connectionSchema> {
  /** Whose credential secrets it may use. Unknown, it may use none that names an environment. */
  environment?: SecretEnvironment;
}

/** Which credential secrets are an environment's: those whose tag `ringcx:environment` names it, and maybe untagged ones. */
export interface SecretEnvironment {
  name: string;
  /** Whether secrets without the tag are refused. */
  isTagRequired: boolean;
}

/** The connections of an environment. */
export const connectionsSchema = z.array(connectionSchema).min(1);

/**
 * The connection that serves an account.
 *
 * @throws {AutomationError} `ACCOUNT_UNKNOWN`, naming the accounts that are configured.
 */
export function connectionForAccount(connections: readonly Connection[], accountId: string): Connection {
  const connection = connections.find(({ accountIds }) => accountIds.includes(accountId));
  if (connection) return connection;
  const known = firstOf(connections.flatMap(({ accountIds }) => accountIds));
  throw new AutomationError(
    `No connection may use account ${accountId}. Known accounts: ${known}. Add it to accountIds of one of the environment's connections and deploy.`,
    { code: "ACCOUNT_UNKNOWN", details: { accountId } },
  );
}
