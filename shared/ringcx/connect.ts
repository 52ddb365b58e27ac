import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock, Random } from "../runtime/clock.ts";
import type { Connection } from "../runtime/connections.ts";
import type { StateTable } from "../state/table.ts";
import type { RingCx } from "./client.ts";

export interface ConnectOptions {
  connection: Connection;
  table: StateTable;
  secrets: SecretsManagerClient;
  clock: Clock;
  random: Random;
  logger?: Pick<Logger, "debug" | "info" | "warn">;
  metrics?: Metrics;
}

/** The RingCX client of a connection, with the session and the quota that everything that runs shares. */
export function connect(_options: ConnectOptions): RingCx {
  throw new Error("not built yet");
}
