import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ReconcileDependencies } from "../reconcile/reconcile-service.ts";

/** What it takes to reconcile services, whatever the trigger is. */
export interface TriggerDependencies extends ReconcileDependencies {
  sqs: Pick<SQSClient, "send">;
  alarmQueueUrl: string;
  logger: {
    warn(message: string, facts: Record<string, unknown>): void;
    error(message: string, facts: Record<string, unknown>): void;
  };
}

/** An error of a sweep that says what of it failed. */
export function sweepError(what: string, cause: unknown): Error {
  return new Error(`The sweep of ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
