import { randomBytes, randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { createFoundation } from "../../shared/foundation.ts";
import type { Tools } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { outageFinder } from "./dependents.ts";
import { lambdaIssuer } from "./issuer.ts";
import type { NativeParts } from "./rotation-context.ts";
import { rotationSettings } from "./rotation-settings.ts";

/** What both functions are made of, from the environment. */
export function assemble(environment: NodeJS.ProcessEnv, tools: Tools): NativeParts {
  const foundation = createFoundation(readSettings(rotationSettings, environment), tools);
  const lambda = new LambdaClient({});
  const { clock, logger } = tools;
  return {
    ...foundation,
    clock,
    logger,
    prove: async () => ({ kind: "UNDECLARED" }),
    issuerOf: (functionArn) => lambdaIssuer(lambda, functionArn),
    // 256 bits, in characters that every header and form can carry.
    randomSecret: () => randomBytes(32).toString("base64url"),
    newToken: randomUUID,
    openOutage: outageFinder({ table: foundation.table, clock }),
  };
}
