import * as z from "zod";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { assemble } from "./dependencies.ts";
import { runStep } from "./steps/run-step.ts";

const eventSchema = z.object({
  Step: z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]),
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().min(1),
});

/** One of the four steps of Secrets Manager's rotation. */
export const handler = lambdaHandler(assemble, async (event: unknown, parts, { deadline, requestId }) => {
  const step = eventSchema.parse(event);
  parts.logger.appendKeys({ step: step.Step, versionId: step.ClientRequestToken });
  await runStep(parts, { deadline, requestId }, step);
});
