import * as z from "zod";
import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";
import type { SecretsManagerParts } from "./operation-inputs.ts";
import { operations } from "./operations.ts";

/** Secrets Manager over HTTP. */
export function secretsManagerService(parts: SecretsManagerParts): AwsService {
  return ({ operation, input }) => {
    const perform = operations[operation];
    if (!perform) {
      throw new AwsServiceError("InvalidAction", `The local host's Secrets Manager has no operation ${operation}.`);
    }
    try {
      return jsonResponse(perform(input, parts));
    } catch (error) {
      // Only the paths: a message of zod's may quote what was sent, and that may be a secret.
      if (!(error instanceof z.ZodError)) throw error;
      const paths = error.issues.map(({ path }) => path.join(".")).join(", ");
      throw new AwsServiceError("InvalidParameterException", `${operation}: missing or malformed ${paths}.`);
    }
  };
}
