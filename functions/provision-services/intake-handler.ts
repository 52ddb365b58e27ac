import type { SQSEvent } from "aws-lambda";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createIntakeDependencies } from "./dependencies.ts";
import { provisionBatch } from "./intake/provision-batch.ts";

/**
 * Messages of the provisioning queue are taken in. A function of its own, with a short time-out: what it has when it is killed
 * is hidden for as long, and the account's group with it.
 */
export const handler = lambdaHandler(createIntakeDependencies, (event: SQSEvent, dependencies, invocation) =>
  provisionBatch(event, dependencies, invocation),
);
