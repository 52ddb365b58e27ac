import { randomBytes, randomUUID } from "node:crypto";
import { createProbe } from "../../shared/probe/probe.ts";

import { createEndpointVerifier } from "../../shared/proof/verify-at-endpoint.ts";

import { createBaseDependencies } from "../../shared/runtime/dependencies.ts";
import type { Tools } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import type { Home } from "../../shared/secrets/secret-now.ts";
import { createInvokeFunction } from "./issuer/invoke-function.ts";
import { lambdaIssuer } from "./issuer/lambda-issuer.ts";
import { createOutageFinder } from "./read/dependent-services.ts";
import { rotationError } from "./record/rotation-progress.ts";
import { rotationSettings } from "./settings.ts";
import type { ScheduleRunDependencies } from "./sync/run-schedule.ts";

/** What both functions stand on, from the environment. The one place of this function that builds anything. */
export function createDependencies(environment: NodeJS.ProcessEnv, tools: Tools): ScheduleRunDependencies {
  const settings = readSettings(rotationSettings, environment);
  const base = createBaseDependencies(settings, tools);
  const { table } = base;
  const { clock, random, logger } = tools;
  const invoke = createInvokeFunction(base.secrets, { clock, random });
  return {
    ...base,
    clock,
    logger,
    verifyAtEndpoint: createEndpointVerifier({ table, clock, probe: createProbe({ settings: settings.PROBE, clock }) }),
    issuerOf(functionArn, deadline) {
      if (settings.ROTATION.issuerFunctionArns.includes(functionArn))
        return lambdaIssuer(invoke, functionArn, deadline);
      throw rotationError(
        "ISSUER_UNKNOWN",
        `${functionArn} is no issuer of this environment: add it to its setting rotation.issuerFunctionArns and deploy.`,
      );
    },
    // 256 bits, in characters that every header and form can carry.
    randomSecret: () => randomBytes(32).toString("base64url"),
    newVersionId: randomUUID,
    findOutage: createOutageFinder({ table, clock }),
    unproven: settings.ROTATION.unproven,
    onViolation: settings.ROTATION.onViolation,
    onChange: settings.ROTATION.onChange,
    unmanagedAuthConfigs: settings.ROTATION.unmanagedAuthConfigs,
    home: homeOf(settings.OUTCOME_TOPIC_ARN),
  };
}

/** The topic is the stack's own: its ARN says where this runs. */
function homeOf(topicArn: string): Home {
  const [, , , region = "", awsAccount = ""] = topicArn.split(":");
  return { region, awsAccount };
}
