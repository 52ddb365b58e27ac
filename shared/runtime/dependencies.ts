import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import { chatSettingsSchema } from "../outcomes/chat-notification.ts";
import { createOutcomes, type Outcomes } from "../outcomes/outcome-publisher.ts";
import { createUnreadableReporter } from "../outcomes/unreadable-report.ts";
import { longestWaits } from "../primitives/longest-waits.ts";
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
import { createTopics } from "./sns-topics.ts";

/** The variables of a function that asks neither RingCX nor Secrets Manager. */
export const stateSettings = z.object({
  ENVIRONMENT: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  OUTCOME_TOPIC_ARN: z.string().min(1),
  CONNECTIONS: json(connectionsSchema),
  /** Where a chat is told, if one is. */
  CHAT: json(chatSettingsSchema).optional(),
});

/** The variables that every other function has. A function's own schema extends one of the two. */
export const baseSettings = stateSettings.extend({
  /** Connections whose credential secrets must name the environment. */
  ENVIRONMENT_TAG_REQUIRED: json(z.array(z.string())),
});

/** What every function stands on: the table and the outcomes. */
interface StateDependencies {
  table: StateTable;
  outcomes: Outcomes;
}

/** What nearly every function stands on: the table, the outcomes and RingCX. */
export interface BaseDependencies extends StateDependencies {
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

/**
 * Builds what every function stands on, once per container.
 *
 * @param answerMs longest wait for one answer of AWS, in milliseconds
 */
export function createStateDependencies(
  settings: z.output<typeof stateSettings>,
  { clock, random, logger, metrics }: Tools,
  answerMs: number = longestWaits.awsAnswerMs,
): StateDependencies {
  const dynamo = new DynamoDBClient(awsClientSettings(answerMs));
  const table = new DynamoStateTable(dynamo, settings.TABLE_NAME);
  const outcomes = createOutcomes({
    table,
    topics: createTopics(dynamo, { clock, random, answerMs }),
    topicArn: settings.OUTCOME_TOPIC_ARN,
    environment: settings.ENVIRONMENT,
    clock,
    chat: settings.CHAT,
    onChatFailed: ({ id }, error) => logger.warn("chat not told", { outcomeId: id, reason: String(error) }),
    onOutcome: ({ id, data }) => {
      logger.info("outcome", { outcomeId: id, status: data.status, summary: data.summary });
      metrics.singleMetric().addDimension("status", data.status).addMetric("OutcomePublished", "Count", 1);
    },
  });
  return { table, outcomes };
}

/** Builds the base dependencies, once per container; clients keep their connections, token and quota between events. */
export function createBaseDependencies(settings: z.output<typeof baseSettings>, tools: Tools): BaseDependencies {
  const { clock, random, logger, metrics } = tools;
  const { table, outcomes } = createStateDependencies(settings, tools);
  const secrets = new SecretsManagerClient(awsClientSettings());
  const clients = new Map<string, RingCx>();
  const connections = settings.CONNECTIONS.map((connection): Connection => {
    const isTagRequired = settings.ENVIRONMENT_TAG_REQUIRED.includes(connection.name);
    return { ...connection, environment: { name: settings.ENVIRONMENT, isTagRequired } };
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
