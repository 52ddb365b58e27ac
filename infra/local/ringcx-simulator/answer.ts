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
