import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { assemble } from "./dependencies.ts";
import { keepReport } from "./report/rotation-report.ts";
import { mirror } from "./sync/sync-secrets.ts";

/** EventBridge Scheduler's tick: whatever secret has a new current version goes into RingCX. */
export const handler = lambdaHandler(assemble, async (_tick: unknown, parts, { deadline, requestId }) => {
  const { metrics } = parts;
  const seen = await mirror(parts, { deadline, requestId });
  const { overdue, diverged, failing, authConfigs, refused } = await keepReport(parts, seen);
  // Every run says every figure, zero too: an alarm needs to see the end as well.
  metrics.addMetric("RotationOverdue", MetricUnit.Count, overdue);
  metrics.addMetric("RotationDiverged", MetricUnit.Count, diverged);
  metrics.addMetric("RotationFailing", MetricUnit.Count, failing);
  metrics.addMetric("RotationBindingsRefused", MetricUnit.Count, refused.length);
  metrics.addMetric("AuthConfigsWatched", MetricUnit.Count, authConfigs);
});
