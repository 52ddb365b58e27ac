import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type Clock, type Random, systemClock } from "../primitives/clock.ts";
import { correlated } from "../primitives/correlation.ts";
import type { Invocation } from "../primitives/invocation.ts";
import { awsClientSettings } from "./aws-client-settings.ts";
import { CorrelatedLogger } from "./correlated-logger.ts";
import { createLiveEnvironment } from "./live-environment.ts";

/** What every function is given, whatever it does. */
export interface Tools {
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
  random: Random;
}

/** Time kept free at the end of an invocation, in milliseconds. */
const marginMs = 5_000;

/**
 * The Lambda handler of every function: Powertools logger and metrics by middy, dependencies made on the
 * container's first event (so a missing setting fails the invocation with its name, not the import) and anew where the
 * environment's accounts have changed.
 *
 * @param createDependencies makes the function's dependencies from the environment and the tools
 * @param handle see, decide, do, say. It throws what went wrong: a returned error would look like success.
 */
export function lambdaHandler<Event, Result, Dependencies>(
  createDependencies: (environment: NodeJS.ProcessEnv, tools: Tools) => Dependencies,
  handle: (event: Event, dependencies: Dependencies & Tools, invocation: Invocation) => Promise<Result>,
) {
  const tools: Tools = {
    logger: new CorrelatedLogger(),
    metrics: new Metrics(),
    clock: systemClock,
    random: Math.random,
  };
  // Only asked where accounts are parameters; then for what every client knows.
  const client = () => new DynamoDBClient(awsClientSettings());
  let environment: (() => Promise<NodeJS.ProcessEnv>) | undefined;
  let made: { of: NodeJS.ProcessEnv; dependencies: Dependencies & Tools } | undefined;
  return middy<Event, Result>()
    .use(injectLambdaContext(tools.logger, { resetKeys: true }))
    .use(logMetrics(tools.metrics))
    .handler(async (event: Event, context: Context) => {
      const { awsRequestId: requestId } = context;
      const deadline = tools.clock.now() + context.getRemainingTimeInMillis() - marginMs;
      // Until a door says for which event it works, the invocation stands for itself: no line is without an id.
      return correlated(requestId, async () => {
        environment ??= createLiveEnvironment(process.env, { ...tools, client });
        const now = await environment();
        if (made?.of !== now) made = { of: now, dependencies: { ...tools, ...createDependencies(now, tools) } };
        return handle(event, made.dependencies, { deadline, requestId });
      });
    });
}
