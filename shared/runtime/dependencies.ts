import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import * as z from "zod";
import { createOutcomes, type Outcomes } from "../outcomes/outcome-publisher.ts";
import { createUnreadableReporter } from "../outcomes/unreadable-report.ts";
import type { RingCx } from "../ringcx/client/api.ts";
import { connect } from "../ringcx/client/connect.ts";
import { type Connection, connectionForAccount, connectionsSchema } from "../ringcx/session/connection.ts";
import { createConnectionSecret } from "../ringcx/session/connection-secret.ts";
import { DynamoStateTable } from "../state/dynamo-table.ts";
import type { OnUnreadable } from "../state/rebuilt-item.ts";
import type { StateTable } from "../state/table.ts";
import { awsClientSettings } from "./aws-client-settings.ts";
import type { Tools } from "./lambda-handler.ts";
import { json } from "./settings.ts";

/** The variables that every function has. A function's own schema extends this one. */
export const baseSettings = z.object({
  ENVIRONMENT: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  OUTCOME_TOPIC_ARN: z.string().min(1),
  CONNECTIONS: json(connectionsSchema),
  /** Connections whose credential secrets must name the environment. */
  ENVIRONMENT_TAG_REQUIRED: json(z.array(z.string())),
});

/** What every function stands on: the table, the outcomes and RingCX. */
export interface BaseDependencies {
  table: StateTable;
  outcomes: Outcomes;
  secrets: SecretsManagerClient;
  /** Reports an item of the table that could not be read, and was rebuilt. */
  onUnreadable: OnUnreadable;
  connections: readonly Connection[];
  /**
   * The client of the connection that serves the account.
   *
   * @throws {AutomationError} `ACCOUNT_UNKNOWN`
   */
  ringcxFor(accountId: string): RingCx;
}

/** Builds the base dependencies, once per container; clients keep their connections, token and quota between events. */
export function createBaseDependencies(
  settings: z.output<typeof baseSettings>,
  { clock, random, logger, metrics }: Tools,
): BaseDependencies {
  const table = new DynamoStateTable(new DynamoDBClient(awsClientSettings()), settings.TABLE_NAME);
  const secrets = new SecretsManagerClient(awsClientSettings());
  const clients = new Map<string, RingCx>();
  const connections = settings.CONNECTIONS.map((connection): Connection => {
    const isTagRequired = settings.ENVIRONMENT_TAG_REQUIRED.includes(connection.name);
    return { ...connection, environment: { name: settings.ENVIRONMENT, isTagRequired } };
  });
  const outcomes = createOutcomes({
    table,
    sns: new SNSClient(awsClientSettings()),
    topicArn: settings.OUTCOME_TOPIC_ARN,
    environment: settings.ENVIRONMENT,
    clock,
    onOutcome: ({ id, data }) => {
      logger.info("outcome", { outcomeId: id, status: data.status, summary: data.summary });
      metrics.singleMetric().addDimension("status", data.status).addMetric("OutcomePublished", "Count", 1);
    },
  });
  const onUnreadable = createUnreadableReporter({ outcomes, clock, logger, metrics });
  return {
    table,
    secrets,
    outcomes,
    onUnreadable,
    connections,
    ringcxFor(accountId) {
      const connection = connectionForAccount(connections, accountId);
      const client =
        clients.get(connection.name) ??
        connect({
          connection,
          table,
          secret: createConnectionSecret({ secretId: connection.secretId, secrets, clock }),
          clock,
          random,
          logger,
          metrics,
          onUnreadable,
        });
      clients.set(connection.name, client);
      return client;
    },
  };
}
