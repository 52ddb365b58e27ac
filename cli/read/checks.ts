import { lookup } from "node:dns/promises";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { firstOf } from "../../shared/primitives/first-of.ts";
import { parseJsonObject } from "../../shared/primitives/json.ts";
import { protectionCommand } from "../../shared/primitives/protection-command.ts";
import { RingCxForbiddenError } from "../../shared/ringcx/resources/errors.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../shared/ringcx/session/connection-secret.ts";
import type { CliContext } from "../context.ts";
import { accountsOf, type Environment } from "../environment/environment.ts";
import { asOperator, patiently, ringCxAccount } from "../environment/ringcx.ts";
import { unseenAccounts, unseenWords } from "../environment/unseen-accounts.ts";
import { readAlarms } from "./alarms.ts";
import { readServices } from "./services.ts";

/** What one check of `doctor` found. */
export interface Check {
  what: string;
  isRight: boolean;
  /** What was found; where it is wrong, what to do. */
  found: string;
}

/** Runs a check; whatever it throws is what was found. */
async function check(what: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { what, isRight: true, found: await look() };
  } catch (error) {
    return { what, isRight: false, found: error instanceof Error ? error.message : String(error) };
  }
}

/** Whatever could keep the environment from working, each looked at. */
export async function runChecks(environment: Environment, context: CliContext): Promise<Check[]> {
  const found = [
    await check("AWS identity", () => identity(environment)),
    { what: "stack", isRight: true, found: `${environment.name} in ${environment.region}, with all its outputs` },
    // The SDK corrects its clock by AWS's answers once it is five minutes off, which is as far as a command may be ahead.
    await check("clock", () => clockOffset(environment)),
    // The local one is gone with its process.
    ...(environment.isLocal ? [] : [await check("state table", () => tableProtection(environment))]),
  ];
  for (const connection of environment.connections) {
    const what = `connection ${connection.name}`;
    const login = await check(`${what}, login`, () => loginLife(environment, connection, context));
    found.push(login);
    if (!login.isRight) continue;
    found.push(await check(`${what}, accounts`, () => accountsThatAnswer(environment, connection, context)));
    for (const accountId of connection.accountIds) {
      found.push(...(await permissions(environment, accountId, context)));
    }
  }
  for (const host of environment.allowedHosts) found.push(await check(`allowed host ${host}`, () => resolved(host)));
  found.push(await check("alarms of manifests", () => alarmsThere(environment)));
  return found;
}

async function identity({ clientConfig }: Environment): Promise<string> {
  const client = new STSClient(clientConfig);
  try {
    const { Arn = "unknown" } = await client.send(new GetCallerIdentityCommand({}));
    return Arn;
  } finally {
    client.destroy();
  }
}

/** @throws {Error} where the table may be deleted by hand, with the command that protects it */
export async function tableProtection({
  clientConfig,
  region,
  outputs,
}: Pick<Environment, "clientConfig" | "region"> & { outputs: { TableName: string } }): Promise<string> {
  const client = new DynamoDBClient(clientConfig);
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: outputs.TableName }));
    if (Table?.DeletionProtectionEnabled) return `${outputs.TableName} cannot be deleted by mistake`;
    throw new Error(
      `${outputs.TableName} may be deleted by hand, and with it what is known of RingCX: ${protectionCommand({ tableName: outputs.TableName, region })}`,
    );
  } finally {
    client.destroy();
  }
}

async function clockOffset({ sqs }: Environment): Promise<string> {
  const offsetMs = sqs.config.systemClockOffset;
  if (offsetMs === 0) return "within five minutes of AWS's";
  throw new Error(
    `this machine's clock is ${Math.round(Math.abs(offsetMs) / 1000)} s ${offsetMs > 0 ? "behind" : "ahead of"} AWS's: set it (NTP), or commands are refused for their time`,
  );
}

async function loginLife(environment: Environment, connection: Connection, { clock }: CliContext): Promise<string> {
  const { secretId } = connection;
  const secret = createConnectionSecret({ secretId, secrets: environment.secrets, clock });
  const { jwt } = await asOperator(secret.read());
  const expiresAt = expiryOf(jwt.reveal());
  if (expiresAt === undefined) return "the secret has a value; its JWT does not say when it expires";
  const when = new Date(expiresAt).toISOString();
  if (expiresAt <= clock.now()) {
    throw new Error(
      `the login's JWT expired ${when}: create a new one in the RingCentral developer console and put it into ${secretId}`,
    );
  }
  return `the secret has a value; its JWT expires ${when}`;
}

/** When a JWT expires, epoch milliseconds (RFC 7519, 4.1.4); `undefined` where it does not say. */
export function expiryOf(jwt: string): number | undefined {
  const payload = parseJsonObject(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
  return typeof payload?.exp === "number" ? payload.exp * 1_000 : undefined;
}

async function accountsThatAnswer(
  environment: Environment,
  connection: Connection,
  context: CliContext,
): Promise<string> {
  const missing = await unseenAccounts(environment, connection, context);
  if (missing.length === 0) return firstOf(connection.accountIds);
  throw new Error(`${unseenWords(missing)}, or take it out of the connection's accountIds`);
}

/** Reads alone: whether the user may write can only be seen by writing. */
async function permissions(environment: Environment, accountId: string, context: CliContext): Promise<Check[]> {
  const account = ringCxAccount(environment, accountId, context.clock);
  const reads: readonly (readonly [string, () => Promise<readonly unknown[]>])[] = [
    ["groups and services", () => account.groups.listWithChildren()],
    ["auth configs", () => account.authConfigs.list()],
  ];
  return Promise.all(
    reads.map(([what, read]) =>
      check(`account ${accountId}, ${what}`, async () => {
        const found = await patiently(context, read).catch((error: unknown) => {
          if (error instanceof RingCxForbiddenError) {
            throw new AutomationError(
              `the login's user may not read them: it needs ${error.permission} (Admin portal, Users & Permissions)`,
              { code: error.code, cause: error },
            );
          }
          throw error;
        });
        return `may be read (${found.length})`;
      }),
    ),
  );
}

async function resolved(host: string): Promise<string> {
  if (host.startsWith("*.")) return "a pattern: not looked up";
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const { address } = await lookup(name).catch(() => {
    throw new Error(`${name} has no address: is it spelled right in probe.allowedHosts, and still in use?`);
  });
  return address;
}

async function alarmsThere(environment: Environment): Promise<string> {
  const accounts = await Promise.all(
    accountsOf(environment).map((accountId) => readServices(environment.table, accountId)),
  );
  const alarms = await readAlarms(
    environment,
    accounts.flatMap(({ services }) => services.flatMap((service) => service.alarms)),
  );
  const missing = alarms.filter(({ state }) => state === "MISSING");
  if (missing.length > 0) {
    throw new Error(
      `not there: ${missing.map(({ arn }) => arn).join(", ")}. Name others in the manifests: these protect nobody`,
    );
  }
  const unknown = alarms.filter(({ state }) => state === "UNKNOWN").length;
  return `${alarms.length} are named, all are there${unknown > 0 ? ` (${unknown} could not be asked for)` : ""}`;
}
