import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { edition } from "../../infra/edition.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { UsageError } from "../exit-codes.ts";
import { findDeployed } from "./deployed.ts";
import { findStack } from "./deployed-stack.ts";
import type { Environment, FoundEnvironment } from "./environment.ts";
import { findLocal } from "./local.ts";

/** How the command line names an environment. */
export interface EnvironmentFlags {
  environment?: string;
  /** The stack of somebody's own app that holds the automation. */
  stack?: string;
  /** Which automation of the stack. */
  instance?: string;
  region?: string;
  /** File of the running local system; empty for the usual one. */
  local?: string;
}

/**
 * @param directory relative files begin here
 * @throws {UsageError} where it is not said which environment, or an unknown one, or two
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

async function find(flags: EnvironmentFlags, directory: string): Promise<FoundEnvironment> {
  const { environment, stack, instance, region, local } = flags;
  const named = (["environment", "stack", "local"] as const).filter((name) => flags[name] !== undefined);
  if (named.length > 1) {
    const options = named.map((name) => `--${name}`).join(" and ");
    throw new UsageError(`${options} are ${named.length === 2 ? "two" : "three"} environments: give one of them.`);
  }
  if (instance !== undefined && stack === undefined) {
    throw new UsageError("--instance says which automation of a --stack: give --stack NAME with it.");
  }
  if (local !== undefined) return findLocal(local, directory);
  if (environment !== undefined) return findDeployed(environment, region);
  if (stack !== undefined) return findStack({ stack, instance, region });
  throw new UsageError(`Which environment? ${edition.whichEnvironment}`);
}
