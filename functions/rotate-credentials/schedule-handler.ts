import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { createFoundation } from "../../shared/foundation.ts";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { mirror } from "./mirror.ts";
import { rotationSettings } from "./rotation-settings.ts";

/** EventBridge Scheduler's tick: whatever secret has a new current version goes into RingCX. */
export const handler = lambdaHandler(
  (environment, tools) => {
    const settings = readSettings(rotationSettings, environment);
    return createFoundation(settings, tools);
  },
  async (_tick: unknown, parts, { deadline, requestId }) => {
    const fed = await mirror({ ...parts, prove: async () => ({ kind: "UNDECLARED" }) }, { deadline, requestId });
    parts.metrics.addMetric("SecretsWatched", MetricUnit.Count, fed.length);
  },
);
