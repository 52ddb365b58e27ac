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
  /** Path in the message (`data.resources[0].groupName`), or the resource that it concerns. */
  path: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
/** One thing that is wrong. */
export type Problem = z.output<typeof problemSchema>;

/** What became of one resource. */
export const resourceOutcomeSchema = z.strictObject({
  kind: z.enum(["httpServiceGroup", "authConfig", "httpService"]),
  /** Natural key: `CRM enrichment/Lookup customer by ANI`. */
  name: z.string(),
  result: z.enum(["CREATED", "UPDATED", "UNCHANGED", "DELETED", "PLANNED", "SKIPPED", "FAILED"]),
  /** RingCX's ids, as far as they are known. */
  ids: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** In words, one entry a change: `httpServiceConfig.url`, `input ani created`, `activated`. */
  changes: z.array(z.string()).optional(),
  problems: z.array(problemSchema).optional(),
});
/** What became of one resource. */
export type ResourceOutcome = z.output<typeof resourceOutcomeSchema>;

/** What is said of one message, command, rotation or outage. */
export const outcomeDataSchema = z.strictObject({
  status: outcomeStatusSchema,
  /** One sentence for the person who reads it. */
  summary: z.string(),
  accountId: z.string().optional(),
  /** What it answers: the message, or what triggered the automation (`mirror`, an alarm's ARN). */
  cause: z.strictObject({ source: z.string(), id: z.string(), type: z.string() }),
  resources: z.array(resourceOutcomeSchema).optional(),
  problems: z.array(problemSchema).optional(),
  /** Further facts of one capability, none of them secret: version ids, level of proof, the alarm's reason. */
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Longest account id, and source, id or type of a cause, in characters: longer than any message's. */
export const longestIdentity = 1_024;

/** What we publish about each message and each thing that we did of our own accord. */
export const outcomeSchema = cloudEventSchema.extend({
  /** Source and id of the cause, with a slash between them: the same whenever the same thing is said again. */
  id: z
    .string()
    .min(1)
    .max(2 * longestIdentity + 1),
  type: z.literal("ringcx.outcome.v1"),
  data: outcomeDataSchema,
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
