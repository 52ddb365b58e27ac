import * as z from "zod";
import { parseJson } from "../../shared/primitives/json.ts";
import { type Connection, connectionSchema, publicHosts } from "../../shared/ringcx/session/connection.ts";
import { type ConnectionCredentials, connectionSecretSchema } from "../../shared/ringcx/session/connection-secret.ts";
import { UsageError } from "../exit-codes.ts";

/** The connection's secret as it stands in Secrets Manager, and where RingCX is, if not at its own address. */
const fileSchema = connectionSecretSchema.extend({
  ringcxUrl: z.url().optional(),
  platformUrl: z.url().default(publicHosts.platformUrl),
  /** As the simulator calls it, whose first line is such a file. */
  url: z.url().default(publicHosts.ringcxUrl),
});

/**
 * The connection in a file.
 *
 * @throws {UsageError} naming the fields that are wrong; never a value
 */
export function readConnectionFile(
  text: string,
  { file, account }: { file: string; account: string },
): { connection: Connection; credentials: ConnectionCredentials } {
  const parsed = fileSchema.safeParse(parseJson(text)?.value);
  if (!parsed.success) throw wrongFields(file, parsed.error);
  const { clientId, clientSecret, jwt, url, ringcxUrl = url, platformUrl } = parsed.data;
  const connection = connectionSchema.safeParse({
    name: "conformance",
    accountIds: [account],
    ringcxUrl,
    platformUrl,
    secretId: file,
  });
  if (!connection.success) throw wrongFields(file, connection.error);
  return { connection: connection.data, credentials: { clientId, clientSecret, jwt } };
}

function wrongFields(file: string, { issues }: z.ZodError): UsageError {
  const wrong = [...new Set(issues.map(({ path }) => path.join(".") || "the whole object"))];
  return new UsageError(
    `${file} must be JSON with "clientId", "clientSecret" and "jwt", as the connection's secret is. Missing or wrong: ${wrong.join(", ")}.`,
  );
}
