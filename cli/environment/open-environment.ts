import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { UsageError } from "../exit-codes.ts";
import { findDeployed } from "./deployed.ts";
import type { Environment, FoundEnvironment } from "./environment.ts";
import { findLocal } from "./local.ts";

/** How the command line names an environment. */
export interface EnvironmentFlags {
  environment?: string;
  region?: string;
  /** File of the running local system; empty for the usual one. */
  local?: string;
}

/**
 * @param directory relative files begin here
 * @throws {UsageError} where it is not said which environment, or an unknown one
 * @throws {UnreachableError} where it cannot be reached
 */
export async function openEnvironment(flags: EnvironmentFlags, directory: string): Promise<Environment> {
  return connectEnvironment(await find(flags, directory));
}

/** The clients that reach an environment that was found. */
export function connectEnvironment({ clientConfig, ...found }: FoundEnvironment): Environment {
  const dynamo = new DynamoDBClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const secrets = new SecretsManagerClient(clientConfig);
  const cloudWatch = new Map<string, CloudWatchClient>();
  return {
    ...found,
    clientConfig,
    region: clientConfig.region,
    table: new DynamoStateTable(dynamo, found.outputs.TableName),
    sqs,
    secrets,
    cloudWatchIn(region) {
      const client = cloudWatch.get(region) ?? new CloudWatchClient({ ...clientConfig, region });
      cloudWatch.set(region, client);
      return client;
    },
    close() {
      for (const client of [dynamo, sqs, secrets, ...cloudWatch.values()]) client.destroy();
    },
  };
}

function find({ environment, region, local }: EnvironmentFlags, directory: string): Promise<FoundEnvironment> {
  if (local !== undefined && environment !== undefined) {
    throw new UsageError("--local and --environment are two environments: give one of them.");
  }
  if (local !== undefined) return findLocal(local, directory);
  if (environment !== undefined) return findDeployed(environment, region);
  throw new UsageError(
    "Which environment? Give --environment NAME (as in infra/environments.ts), or --local for the system that `npm start -- --stay` runs.",
  );
}
