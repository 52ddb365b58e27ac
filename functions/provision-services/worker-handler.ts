// The rooms, from here downward; each uses only those below it:
//
//   intake      may this message come in, and what is written down of it?
//   reconcile   whose turn is it, and what does each message type do?
//   apply       in which order do the plans of a message come true?
//   write       what does one step write, with which fewest calls?
//   report      what became of each resource and of the message?
//   authorize   who may change what, with which secret, towards which host?
//   plan        what is to be done? (pure)
//   desired     what should exist, once defaults, earlier messages and copies are worked in? (pure)
//   read        what exists now?

import type { SQSEvent } from "aws-lambda";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createWorkerDependencies } from "./dependencies.ts";
import { workAccounts } from "./reconcile/work-accounts.ts";

/** Accounts of the wake queue are worked off: what was asked comes into being. */
export const handler = lambdaHandler(createWorkerDependencies, (event: SQSEvent, dependencies, invocation) =>
  workAccounts(event, dependencies, invocation),
);
