import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Random } from "../../../shared/primitives/clock.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import type { ExtendVisibility } from "../../../shared/queues/visibility-timeout.ts";
import { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { type AccountSession, AccountSessions, type SessionDependencies } from "../reconcile/account-session.ts";
import type { ProvisioningSettings } from "../settings.ts";
import { processBatch } from "./fifo-batch.ts";
import { processMessage } from "./process-message.ts";

/** What the intake of a batch uses. */
export interface IntakeDependencies extends SessionDependencies {
  outcomes: Outcomes;
  secrets: SecretsManagerClient;
  deadLetters: DeadLetterQueue;
  extendVisibility: ExtendVisibility;
  settings: ProvisioningSettings;
  random: Random;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** How long secrets are kept for the messages of a batch, in milliseconds; a batch takes two minutes at most. */
const keptForBatch = { tagsForMs: 60_000, valueForMs: 60_000 };

/** Processes one batch of the provisioning queue. @returns which of its messages are delivered again */
export async function provisionBatch(
  event: SQSEvent,
  dependencies: IntakeDependencies,
  invocation: Invocation,
): Promise<SQSBatchResponse> {
  const sessions = new AccountSessions(dependencies, {
    ...invocation,
    secretReader: new SecretReader(dependencies.secrets, dependencies.clock, keptForBatch),
  });
  const open = new Map<string, AccountSession>();
  try {
    return await processBatch(event, {
      extendVisibility: dependencies.extendVisibility,
      onDeferred: ({ messageId }, { waitMs, because }) =>
        dependencies.logger.info("message deferred", { messageId, waitMs, because }),
      process: (delivery) =>
        processMessage(delivery, {
          ...dependencies,
          openAccount: (accountId, path) => {
            const key = JSON.stringify([delivery.messageGroupId, accountId]);
            const session = open.get(key) ?? sessions.open(accountId, delivery.messageGroupId, path);
            open.set(key, session);
            return session;
          },
        }),
    });
  } finally {
    await sessions.close();
  }
}
