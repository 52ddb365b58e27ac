import * as z from "zod";
import { createFoundation } from "../../shared/foundation.ts";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { rotationSettings } from "./rotation-settings.ts";

/** Source: AWS Secrets Manager User Guide, "Lambda rotation functions". */
const rotationEventSchema = z.object({
  Step: z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]),
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().min(1),
});

/** One of the four steps of Secrets Manager's rotation. */
export const handler = lambdaHandler(
  (environment, tools) => createFoundation(readSettings(rotationSettings, environment), tools),
  async (event: unknown) => {
    const { Step } = rotationEventSchema.parse(event);
    throw new Error(`The step ${Step} is not built yet`);
  },
);
