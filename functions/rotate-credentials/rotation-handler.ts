// Rooms, each importing only those after it: steps, issuer, write, report, read, record.
import * as z from "zod";
import { correlated } from "../../shared/primitives/correlation.ts";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createDependencies } from "./dependencies.ts";
import { runStep } from "./steps/run-step.ts";

const eventSchema = z.object({
  Step: z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]),
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().min(1),
});

/** One of the four steps of Secrets Manager's rotation. */
export const handler = lambdaHandler(createDependencies, async (event: unknown, dependencies, invocation) => {
  const step = eventSchema.parse(event);
  dependencies.logger.appendKeys({ step: step.Step, versionId: step.ClientRequestToken });
  // The version that is to become the current one is what the four steps have in common.
  await correlated(step.ClientRequestToken, async () => {
    await runStep(dependencies, invocation, step);
    dependencies.logger.info("rotation step done");
  });
});
