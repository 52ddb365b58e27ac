// Rooms, each importing only those after it: sync, steps, audit, follow, issuer, write, report, read, record.
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createDependencies } from "./dependencies.ts";
import { runSchedule } from "./sync/run-schedule.ts";

/** EventBridge Scheduler's tick: whatever secret has a new current version goes into RingCX. */
export const handler = lambdaHandler(createDependencies, async (_tick: unknown, dependencies, invocation) => {
  const { metrics } = dependencies;
  const report = await runSchedule(dependencies, invocation);
  const { overdue, diverged, failing, authConfigs, notFollowed, changed, refused, edgesNotPermitted } = report;
  // Every run says every figure, zero too: an alarm needs to see the end as well.
  metrics.addMetric("RotationOverdue", MetricUnit.Count, overdue);
  metrics.addMetric("RotationDiverged", MetricUnit.Count, diverged);
  metrics.addMetric("RotationFailing", MetricUnit.Count, failing);
  metrics.addMetric("RotationBindingsRefused", MetricUnit.Count, refused.length);
  metrics.addMetric("AuthConfigsNotFollowed", MetricUnit.Count, notFollowed);
  metrics.addMetric("AuthConfigsChanged", MetricUnit.Count, changed);
  metrics.addMetric("EdgesNotPermitted", MetricUnit.Count, edgesNotPermitted);
  metrics.addMetric("AuthConfigsWatched", MetricUnit.Count, authConfigs);
});
