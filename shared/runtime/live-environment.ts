import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Clock, Random } from "../primitives/clock.ts";
import { readConnections } from "./account-parameters.ts";
import type { SigningClient } from "./signed-fetch.ts";

/** For how long what was read is not asked for again, in milliseconds: a little less than a minute, at which the schedules tick. */
const freshMs = 50_000;

/**
 * The function's variables, with the accounts as they are now where these are parameters: read at the first call and then
 * each minute. Where that fails or gives what cannot be used, the last good ones hold, and it is told; the very first one throws.
 *
 * @returns what gives the variables: the same object as long as nothing has changed
 */
export function createLiveEnvironment(
  environment: NodeJS.ProcessEnv,
  {
    client,
    clock,
    random,
    logger,
    metrics,
  }: {
    client: () => SigningClient;
    clock: Clock;
    random: Random;
    logger: Pick<Logger, "info" | "error">;
    metrics: Pick<Metrics, "addMetric">;
  },
): () => Promise<NodeJS.ProcessEnv> {
  if (environment.ACCOUNTS_PATH === undefined) return async () => environment;
  let known: NodeJS.ProcessEnv | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known && clock.now() - lookedAt < freshMs) return known;
    try {
      // A later reading is tried once: there is another one in a minute.
      const attempts = known ? 1 : 3;
      const CONNECTIONS = await readConnections(environment, client, { clock, random, attempts });
      if (known && known.CONNECTIONS !== CONNECTIONS) logger.info("the environment's accounts have changed");
      if (known?.CONNECTIONS !== CONNECTIONS) known = { ...environment, CONNECTIONS };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error("the environment's accounts cannot be read", { reason, isLastGoodUsed: known !== undefined });
      metrics.addMetric("AccountsNotRead", MetricUnit.Count, 1);
      if (!known) throw error;
    }
    lookedAt = clock.now();
    return known;
  };
}
