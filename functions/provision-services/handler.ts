// The rooms, from here downward; each uses only those below it:
//
//   intake      may this delivery leave the queue, and if not, when does it come again?
//   reconcile   what does each message type do, and who may write to the account meanwhile?
//   apply       with which fewest calls does a plan come true?
//   report      what became of each resource and of the message?
//   authorize   who may change what, with which secret, towards which host?
//   plan        what is to be done? (pure)
//   desired     what should exist, once defaults, earlier messages and copies are worked in? (pure)
//   read        what exists now?

import type { SQSEvent } from "aws-lambda";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createDependencies } from "./dependencies.ts";
import { provisionBatch } from "./intake/provision-batch.ts";

/** Messages of the provisioning queue: what they ask for comes into being in RingCX. */
export const handler = lambdaHandler(createDependencies, (event: SQSEvent, dependencies, invocation) =>
  provisionBatch(event, dependencies, invocation),
);
