import { PlainTextRefusal, Refusal } from "./refusal.ts";

/** What goes back over HTTP. `body` is sent as JSON, a string in `text` as it is. */
export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  text?: string;
}

/** All documented successes are 200 (a deleted auth config: 204). */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/**
 * The answer that a refusal stands for. Anything else is a mistake in the simulator and is thrown on.
 *
 * @param now epoch milliseconds, for the error's `timestamp`
 */
export function answerOf(error: unknown, now: number): Answer {
  if (error instanceof PlainTextRefusal) return { status: error.status, text: error.message };
  if (!(error instanceof Refusal)) throw error;
  const { status, errorCode, message, headers } = error;
  return { status, headers, body: { errorCode, generalMessage: message, timestamp: now } };
}
