import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Random } from "../../../shared/primitives/clock.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import type { ExtendVisibility } from "../../../shared/queues/visibility-timeout.ts";
import { SecretVault } from "../read/secret-reader.ts";
import { type AccountDesk, AccountDesks, type DeskParts } from "../reconcile/account-session.ts";
import type { ProvisioningSettings } from "../settings.ts";
import { processBatch } from "./fifo-batch.ts";
import { processMessage } from "./process-message.ts";

export interface ProvisionerParts extends DeskParts {
  outcomes: Outcomes;
  secrets: SecretsManagerClient;
  rejects: DeadLetterQueue;
  defer: ExtendVisibility;
  settings: ProvisioningSettings;
  random: Random;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** Everything of one batch, from its records to which of them come again. */
export async function provision(
  event: SQSEvent,
  parts: ProvisionerParts,
  run: { requestId: string; deadline: number },
): Promise<SQSBatchResponse> {
  const desks = new AccountDesks(parts, { ...run, vault: new SecretVault(parts.secrets) });
  const open = new Map<string, AccountDesk>();
  try {
    return await processBatch(event, {
      defer: parts.defer,
      onWait: ({ messageId }, { waitMs, because }) =>
        parts.logger.info("message put off", { messageId, waitMs, because }),
      process: (incoming) =>
        processMessage(incoming, {
          ...parts,
          openAccount: (accountId, path) => {
            const key = JSON.stringify([incoming.messageGroupId, accountId]);
            const desk = open.get(key) ?? desks.open(accountId, incoming.messageGroupId, path);
            open.set(key, desk);
            return desk;
          },
        }),
    });
  } finally {
    await desks.close();
  }
}
