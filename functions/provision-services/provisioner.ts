import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Outcomes } from "../../shared/outcomes.ts";
import type { Random } from "../../shared/runtime/clock.ts";
import { type AccountDesk, AccountDesks, type DeskParts } from "./account-desk.ts";
import type { DeferMessages } from "./defer.ts";
import { processBatch } from "./process-batch.ts";
import { processMessage } from "./process-message.ts";
import type { Rejects } from "./rejects.ts";
import { SecretVault } from "./secret-vault.ts";
import type { ProvisioningSettings } from "./settings.ts";

export interface ProvisionerParts extends DeskParts {
  outcomes: Outcomes;
  secrets: SecretsManagerClient;
  rejects: Rejects;
  defer: DeferMessages;
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
          deskFor: (accountId, path) => {
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
