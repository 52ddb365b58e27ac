import * as z from "zod";
import { SettingsError } from "../primitives/errors.ts";
import { parseJson } from "../primitives/json.ts";
import { connectionsSchema } from "../ringcx/session/connection.ts";
import { AwsError, type Repeating, signedCall } from "./signed-call.ts";
import type { SigningClient } from "./signed-fetch.ts";

/** The variables of a function that say which accounts it serves. */
export interface AccountVariables {
  /** The connections as JSON; without accounts where these are parameters. */
  CONNECTIONS?: string | undefined;
  /** Path of the parameters that hold the accounts, if some do: `PATH/<connection>/<any name>`, ids separated by commas. */
  ACCOUNTS_PATH?: string | undefined;
}

/** Longest wait for a page of parameters, in milliseconds. */
const answerMs = 2_000;

/** Above this it is no page of ours: as many parameters would hold a hundred thousand accounts. */
const mostPages = 20;

const pageSchema = z.object({
  Parameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
  NextToken: z.string().nullish(),
});
const connectionNamesSchema = z.array(z.looseObject({ name: z.string() }));

type Parameter = z.output<typeof pageSchema>["Parameters"][number];

/**
 * The connections with their accounts, as JSON: the variable itself, or what the parameters make of it.
 *
 * @param client of the SDK, for whatever service; made where it is needed
 * @throws {SettingsError} where the parameters are not to be used, with each reason
 * @throws what {@link signedCall} does, where they cannot be read
 */
export async function readConnections(
  { CONNECTIONS = "", ACCOUNTS_PATH }: AccountVariables,
  client: () => SigningClient,
  repeating: Repeating,
): Promise<string> {
  if (ACCOUNTS_PATH === undefined) return CONNECTIONS;
  return withAccounts(CONNECTIONS, ACCOUNTS_PATH, await readParameters(client(), ACCOUNTS_PATH, repeating));
}

/** Every parameter below the path. Source: AWS Systems Manager API Reference, "GetParametersByPath": ten a page at most. */
async function readParameters(client: SigningClient, path: string, repeating: Repeating): Promise<Parameter[]> {
  const found: Parameter[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const request = {
      service: "ssm",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParametersByPath" },
      body: JSON.stringify({ Path: path, Recursive: true, MaxResults: 10, NextToken: next }),
      answerMs,
    } as const;
    const { text } = await signedCall(client, request, repeating).catch((error: unknown) => {
      throw error instanceof AwsError ? cannotRead(path, error) : error;
    });
    const { Parameters, NextToken } = pageSchema.parse(parseJson(text)?.value);
    found.push(...Parameters);
    next = NextToken ?? undefined;
    if (next === undefined) return found;
  }
  throw new Error(`there are more than ${mostPages} pages of parameters below ${path}`);
}

/** Named as Systems Manager names it. */
function cannotRead(path: string, { name, message, status }: AwsError): AwsError {
  return new AwsError(name, `the parameters below ${path} cannot be read: ${status} ${name}: ${message}`, status);
}

/** @throws {SettingsError} */
function withAccounts(connectionsJson: string, path: string, parameters: readonly Parameter[]): string {
  const connections = connectionNamesSchema.parse(parseJson(connectionsJson)?.value);
  const accounts = new Map(connections.map(({ name }) => [name, new Set<string>()]));
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { Name, Value } of parameters) {
    const [name = ""] = Name.slice(path.length + 1).split("/");
    const ofConnection = accounts.get(name);
    if (!ofConnection) problems.push(`${Name} names no connection: there are ${[...accounts.keys()].join(", ")}`);
    for (const accountId of Value.split(",").map((id) => id.trim())) {
      if (!/^\d+$/.test(accountId)) problems.push(`${Name} holds ${JSON.stringify(accountId)}, which is no accountId`);
      const owner = owners.get(accountId) ?? name;
      if (owner !== name) problems.push(`${Name} holds ${accountId}, which is the connection "${owner}"'s`);
      owners.set(accountId, owner);
      ofConnection?.add(accountId);
    }
  }
  for (const [name, ids] of accounts)
    if (ids.size === 0) problems.push(`no parameter ${path}/${name}/… holds accounts`);
  if (problems.length > 0) throw new SettingsError(problems);
  const complete = connections.map((each) => ({ ...each, accountIds: [...(accounts.get(each.name) ?? [])].sort() }));
  return JSON.stringify(connectionsSchema.parse(complete));
}
