import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../shared/state/table.ts";

/** What failover does about an outage: acts, says what it would have done, or nothing. */
export const failoverModeSchema = z.enum(["enforce", "observe", "off"]);
/** See {@link failoverModeSchema}. */
export type FailoverMode = z.output<typeof failoverModeSchema>;

/** The outputs of the stack that the command line uses. */
export const stackOutputsSchema = z.object({
  TableName: z.string(),
  OutcomeTopicArn: z.string(),
  ProvisioningQueueUrl: z.string(),
  RejectQueueUrl: z.string(),
  CommandQueueUrl: z.string(),
  CommandRejectQueueUrl: z.string(),
  AlarmQueueUrl: z.string(),
  ProvisionServicesFunctionName: z.string(),
  /** Optional only so that what has not to do with failover works without it. */
  FailOverServicesFunctionName: z.string().optional(),
  /** Of all functions, with a space between them; a version of before has not said them. */
  LogGroupNames: z.string().optional(),
});
/** See {@link stackOutputsSchema}. */
export type StackOutputs = z.output<typeof stackOutputsSchema>;

/** Where things are, and the clients that reach them: a deployed environment, or the running local system. */
export interface Environment {
  /** As a person calls it: `production`, `local`. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly region: string;
  readonly outputs: StackOutputs;
  /** The RingCX logins and accounts, as they are deployed. */
  readonly connections: readonly Connection[];
  /** What `${NAME}` stands for in a file of messages; of the local system only. */
  readonly variables: Readonly<Record<string, string>>;
  /** Hosts that a probe may ask, as settings name them; of a version that does not tell, none. */
  readonly allowedHosts: readonly string[];
  /** What failover does about an outage where no manifest says it; left out where that cannot be read. */
  readonly failoverMode?: FailoverMode | undefined;
  readonly clientConfig: ClientConfig;
  readonly table: StateTable;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** Alarms live in any region. */
  cloudWatchIn(region: string): CloudWatchClient;
  /** Frees connections. */
  close(): void;
}

/** How SDK clients reach an environment. */
export interface ClientConfig {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  maxAttempts?: number;
}

/** What was found of an environment. */
export interface FoundEnvironment
  extends Pick<Environment, "name" | "isLocal" | "connections" | "variables" | "allowedHosts" | "failoverMode"> {
  clientConfig: ClientConfig;
  outputs: StackOutputs;
}

/** Every account of the environment, in the order of its connections. */
export function accountsOf({ connections }: Pick<Environment, "connections">): readonly string[] {
  return connections.flatMap(({ accountIds }) => accountIds);
}
