import type * as z from "zod";

/** What one check of a field refuses. */
export interface Refusal {
  /** @default the field that is checked */
  path?: readonly PropertyKey[];
  /** What is wrong, or what was expected. */
  message: string;
  /** How to mend it. */
  hint: string;
}

/** The one way in which a check of our own refuses a field of a message: never without how to mend it. */
export function refuse(context: z.RefinementCtx, { path = [], message, hint }: Refusal): void {
  context.addIssue({ code: "custom", path: [...path], message, params: { hint } });
}
