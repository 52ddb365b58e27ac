/** What belongs to this one invocation. */
export interface Invocation {
  /**
   * Epoch milliseconds by which the work must be handed back: the Lambda's end less a margin in which
   * state is written and messages are returned.
   */
  deadline: number;
  requestId: string;
}
