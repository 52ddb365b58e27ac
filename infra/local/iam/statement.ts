import * as z from "zod";
import { isKnownOperator } from "./condition.ts";

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const conditionValues = z
  .union([z.string(), z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))])
  .transform((value) => [value].flat().map(String));

const operatorName = z.string().refine(isKnownOperator, "the local host does not know this condition operator");

const principalSchema = z.union([z.literal("*"), z.record(z.string(), oneOrMore)]);

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Principal: principalSchema.optional(),
    Condition: z.record(operatorName, z.record(z.string(), conditionValues)).default({}),
  })
  .refine(({ Action, NotAction }) => Action || NotAction, "a statement needs Action or NotAction");

/** A statement of an IAM policy, lists where IAM allows one or many. */
export type Statement = z.output<typeof statementSchema>;

/** A policy document. `NotPrincipal` and unknown keys are refused: nothing is silently skipped. */
export const policyDocumentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.preprocess((value) => [value].flat(), z.array(statementSchema)),
});
/** A policy as IAM takes it. */
export type PolicyDocument = z.output<typeof policyDocumentSchema>;
