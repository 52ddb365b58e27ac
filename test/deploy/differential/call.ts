import type { Aws } from "./aws.ts";

export type Host = "the local host" | "MiniStack";

/** One thing that our code relies on. */
export interface Call {
  what: string;
  /** In the order of the table, on the same resources. Errors are told by their names. */
  does(aws: Aws): Promise<unknown>;
  /** As AWS documents it. */
  answers: unknown;
  /** Where a host answers otherwise, and why that is no harm. Once it does as AWS does, this has to go. */
  known?: Partial<Record<Host, { answers: unknown; because: string }>>;
}

/** What was answered, or the name of the error. */
export async function answerOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    return `error ${error instanceof Error ? error.name : error}`;
  }
}
