import * as z from "zod";
import { cloudEventSchema } from "./cloud-event.ts";

/** How it ended. Deferred is not among them: a deferred message has no outcome yet. */
export const outcomeStatusSchema = z.enum([
  "SUCCEEDED",
  "NO_CHANGE",
  "PLANNED",
  "PARTIAL",
  "REJECTED",
  "SUPERSEDED",
  "FAILED",
]);
/** How it ended. */
export type OutcomeStatus = z.output<typeof outcomeStatusSchema>;

/** One thing that is wrong: where, what, and how to mend it. */
export const problemSchema = z.strictObject({
  path: z.string().describe("Path in the message (data.resources[0].groupName), or the resource that it concerns."),
  message: z.string().describe("What is wrong, in words."),
  hint: z.string().optional().describe("How to mend it."),
});
/** One thing that is wrong, as an outcome holds it: one that was published by an older version may lack the hint. */
export type ToldProblem = z.output<typeof problemSchema>;
/** One thing that is wrong, as we say it: never without how to mend it. */
export interface Problem extends ToldProblem {
  hint: string;
}

/** What became of one resource. */
export const resourceOutcomeSchema = z.strictObject({
  kind: z.enum(["httpServiceGroup", "authConfig", "httpService"]).describe("What kind of resource it is."),
  name: z.string().describe("Its natural key, such as CRM enrichment/Lookup customer by ANI."),
  result: z
    .enum(["CREATED", "UPDATED", "UNCHANGED", "DELETED", "PLANNED", "SKIPPED", "FAILED"])
    .describe("What became of it."),
  ids: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe("RingCX's ids, as far as they are known."),
  changes: z
    .array(z.string())
    .optional()
    .describe("In words, one entry a change: httpServiceConfig.url, input ani created, activated."),
  problems: z.array(problemSchema).optional().describe("What is wrong with this resource."),
});
/** What became of one resource. */
export type ResourceOutcome = z.output<typeof resourceOutcomeSchema>;

/** What is said of one message, command, rotation or outage. */
export const outcomeDataSchema = z.strictObject({
  status: outcomeStatusSchema.describe("How it ended."),
  summary: z.string().describe("One sentence for the person who reads it."),
  accountId: z.string().optional().describe("The RingCX account that it concerns, where it concerns one."),
  cause: z
    .strictObject({
      source: z.string().describe("Source of the message, or what triggered the automation."),
      id: z.string().describe("Id of the message, or of what triggered the automation."),
      type: z.string().describe("Type of the message, or the kind of trigger."),
    })
    .describe("What it answers: a message, a command, or what triggered the automation (mirror, an alarm's ARN)."),
  resources: z.array(resourceOutcomeSchema).optional().describe("What became of each resource."),
  problems: z.array(problemSchema).optional().describe("What is wrong with the whole."),
  details: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      "Further facts, none of them secret: correlationId, the id of the event that it was made for, or a list of them, which log lines carry, too; of one capability: version ids, level of proof, the alarm's reason.",
    ),
});

/** Longest account id, and source, id or type of a cause, in characters: longer than any message's. */
export const longestIdentity = 1_024;

/** What we publish about each message and each thing that we did of our own accord. */
export const outcomeSchema = cloudEventSchema.extend({
  id: z
    .string()
    .min(1)
    .max(2 * longestIdentity + 1)
    .describe("Source and id of the cause, with a slash between them: the same whenever the same thing is said again."),
  type: z.literal("ringcx.outcome.v1").describe("An outcome."),
  data: outcomeDataSchema.describe("What became of the cause."),
});
/** An outcome as it is published: a CloudEvents 1.0 event. */
export type Outcome = z.output<typeof outcomeSchema>;
/** What a function says happened; the publisher makes the event of it. */
export type OutcomeData = z.output<typeof outcomeDataSchema>;

/** What a change answers: an alarm, a command or the sweep; an outcome's id is made of it. */
export interface Cause {
  source: string;
  id: string;
  type: string;
}
