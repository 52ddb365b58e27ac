import { type OutcomeData, outcomeDataSchema } from "../contract/outcome.ts";

/**
 * An outcome that says for which events it was made, in its details. What is noted before it is told is one: whoever tells it
 * later, for whatever other event, tells the same. Made by `noteOutcome`.
 */
export type NotedOutcome = OutcomeData & {
  details: { readonly correlationId: string | readonly string[] };
};

/** A noted outcome as it is stored. Releases before this one left out that an outcome was made for its cause. */
export const notedOutcomeSchema = outcomeDataSchema.transform((data) => correlatedWith(data, data.cause.id));

/** An outcome with the ids of its events, unless it has its own. */
export function correlatedWith(data: OutcomeData, ids: string | readonly string[]): NotedOutcome {
  const { correlationId = ids, ...details } = data.details ?? {};
  return { ...data, details: { correlationId: correlationId as typeof ids, ...details } };
}
