import * as z from "zod";
import { invokedFunction } from "../functions/lambda-service.ts";
import { type AwsRequest, AwsServiceError } from "../gateway/aws-request.ts";
import type { CallFault } from "../gateway/gateway.ts";
import { matchesWildcard } from "../iam/condition.ts";
import { operationsByService, type ServiceName } from "./operations.ts";

const wholeNumber = z.int().min(0);
const serviceNames = Object.keys(operationsByService) as ServiceName[];

const every = z.strictObject({
  service: z.enum(serviceNames),
  /** @default all of the service */
  operation: z.string().optional(),
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
  after: wholeNumber.optional(),
  match: z
    .strictObject({
      /** The function that calls, by its construct's id, or `administrator`; `*` stands for anything. */
      caller: z.string().min(1).optional(),
      /** Fields of the call by name; `*` stands for anything in a value. What is no text is compared as its JSON. */
      input: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

const error = {
  kind: z.literal("error"),
  code: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9.]+$/, "expected the name of an error of AWS, such as InternalServiceError")
    .describe("the error's name, as in the API reference of the service"),
  /** What AWS says with it. */
  message: z.string().min(1).optional(),
};

/** A call of AWS that goes wrong. */
export const awsFaultSchema = z
  .discriminatedUnion("kind", [
    /** The connection is cut before anything happens. */
    every.extend({ kind: z.literal("drop") }),
    /** It is done, the answer never arrives: the connection is cut. */
    every.extend({ kind: z.literal("lost-answer") }),
    /** The service's own error of a call too many, instead of acting. */
    every.extend({ kind: z.literal("throttled") }),
    /** Any error of AWS, instead of acting. */
    every.extend(error),
  ])
  .superRefine(({ service, operation }, context) => {
    const known: readonly string[] = operationsByService[service];
    if (operation === undefined || known.includes(operation)) return;
    context.addIssue({ code: "custom", path: ["operation"], message: `expected one of ${known.join(", ")}` });
  });

/** See {@link awsFaultSchema}. */
export type AwsFault = z.output<typeof awsFaultSchema>;

/** Whether a call is one that the fault is meant for. @param caller every name of who calls */
export function isMeantFor(
  { service, operation, match = {} }: AwsFault,
  request: AwsRequest,
  caller: readonly string[],
): boolean {
  // Lambda's operations have no name on the wire.
  const invoked = request.service === "lambda" ? invokedFunction(request) : undefined;
  const called = invoked === undefined ? request.operation : "Invoke";
  const input: AwsRequest["input"] = invoked === undefined ? request.input : { FunctionName: invoked };
  return (
    service === request.service &&
    (operation === undefined || operation === called) &&
    (match.caller === undefined || isNamed(match.caller, caller)) &&
    Object.entries(match.input ?? {}).every(([field, pattern]) => isLike(input[field], pattern))
  );
}

/** Whether somebody has the name that a fault says. @param pattern where `*` stands for anything */
export function isNamed(pattern: string, names: readonly string[]): boolean {
  return names.some((name) => matchesWildcard(pattern, name));
}

function isLike(value: unknown, pattern: string): boolean {
  return value !== undefined && matchesWildcard(pattern, typeof value === "string" ? value : JSON.stringify(value));
}

/** Each service's own name for a call too many; the others' is `ThrottlingException`. */
const throttled: Partial<Record<ServiceName, readonly [code: string, status: number]>> = {
  dynamodb: ["ProvisionedThroughputExceededException", 400],
  lambda: ["TooManyRequestsException", 429],
  monitoring: ["Throttling", 400],
  sns: ["Throttled", 429],
  sqs: ["RequestThrottled", 403],
  sts: ["Throttling", 400],
  tagging: ["ThrottledException", 400],
};

/** What happens to a call that a fault meets. */
export function effectOf(fault: AwsFault): CallFault {
  if (fault.kind === "throttled") {
    const [code, status] = throttled[fault.service] ?? ["ThrottlingException", 400];
    return new AwsServiceError(code, "Rate exceeded", status);
  }
  if (fault.kind !== "error") return fault.kind;
  const { code, message = "The local host was told to let this call fail." } = fault;
  return new AwsServiceError(code, message, statusOf(code));
}

/** The SDK takes 500 and more for a failure of the service, and sends the call again. */
function statusOf(code: string): number {
  if (code.startsWith("ServiceUnavailable")) return 503;
  return code.startsWith("Internal") ? 500 : 400;
}
