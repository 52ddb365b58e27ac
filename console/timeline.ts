import { correlationOf } from "../cli/read/trace.ts";
import type { LogRecord } from "../infra/local/functions/log-store.ts";
import type { LoggedRequest } from "../infra/local/ringcx-simulator/control/request-log.ts";
import type { Outcome } from "../shared/contract/outcome.ts";
import { keepLatest } from "../shared/primitives/keep-latest.ts";

/** What of the system is told on the page, in the order in which it became known. */
export interface TimelineEntry {
  /** Counts up from 1. */
  number: number;
  /** Epoch milliseconds. */
  at: number;
  kind: "outcome" | "request" | "log" | "action";
  /** One sentence or line. */
  text: string;
  /** How it went: `good` needs nobody, `bad` is refused or failed. */
  tone: "plain" | "good" | "bad";
  /** The id of the event that caused it, where it is known. */
  correlationId?: string;
  accountId?: string;
  /** What belongs to it, a line each. */
  more?: readonly string[];
}

type Told = Omit<TimelineEntry, "number">;

/** So many entries are kept. */
const most = 2_000;

/** Collects what happens. It holds no request's body or header, and of logs what functions wrote, which has no secrets. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  #last = 0;
  #lastRequest: LoggedRequest | undefined;

  add(told: Told): void {
    this.#last += 1;
    keepLatest(this.#entries, { number: this.#last, ...told }, most);
  }

  /** Takes what has come to a list of requests since it was last looked at. */
  addRequests(requests: readonly LoggedRequest[]): void {
    // Not by its place: the list holds the latest only, and somebody may empty it.
    const seen = this.#lastRequest === undefined ? -1 : requests.lastIndexOf(this.#lastRequest);
    for (const request of requests.slice(seen + 1)) this.add(requestEntry(request));
    this.#lastRequest = requests.at(-1);
  }

  /** Entries behind a number. */
  since(number: number): readonly TimelineEntry[] {
    return this.#entries.filter((entry) => entry.number > number);
  }
}

const badStatuses: ReadonlySet<string> = new Set(["FAILED", "REJECTED"]);

/** An outcome, with a line for each of its resources and problems. Pure. */
export function outcomeEntry({ data, time }: Outcome): Told {
  const { status, summary, cause, accountId, resources = [], problems = [] } = data;
  const lines = resources.flatMap(({ kind, name, result, changes = [], problems: own = [] }) => [
    `${result} ${kind} "${name}"${changes.length > 0 ? `: ${changes.join(", ")}` : ""}`,
    ...own.map(problemLine),
  ]);
  return {
    at: Date.parse(time),
    kind: "outcome",
    text: `${status}: ${summary}`,
    tone: badStatuses.has(status) ? "bad" : "good",
    correlationId: correlationOf(data.details)[0] ?? cause.id,
    ...(accountId !== undefined && { accountId }),
    more: [...lines, ...problems.map(problemLine)],
  };
}

function problemLine({ path, message, hint }: { path: string; message: string; hint?: string | undefined }): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

function requestEntry({ method, path, operation, status, at, accountId, fault }: LoggedRequest): Told {
  const answer = status === 0 ? "no answer" : String(status);
  return {
    at,
    kind: "request",
    text: `${method} ${operation ?? path} ${answer}${fault === undefined ? "" : ` (${fault})`}`,
    tone: status >= 400 || status === 0 || fault !== undefined ? "bad" : "plain",
    ...(accountId !== undefined && { accountId }),
  };
}

/** A line of a function's log. Pure. @param now epoch milliseconds, of a line that has no time of its own */
export function logEntry(record: LogRecord, functionName: string, now: number): Told {
  const { level, message, timestamp, correlationId, accountId, ...facts } = record;
  const [id, ...others] = correlationOf({ correlationId });
  const at = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  const told = Object.entries(facts).filter(([name]) => !envelope.has(name));
  return {
    at: Number.isNaN(at) ? now : at,
    kind: "log",
    text: `${functionName}: ${String(message ?? "")}`,
    tone: level === "ERROR" || level === "WARN" ? "bad" : "plain",
    ...(id !== undefined && { correlationId: id }),
    ...(typeof accountId === "string" && { accountId }),
    more: [
      ...told.map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`),
      ...others.map((other) => `also for ${other}`),
    ],
  };
}

/** What the logger writes to each line, or what is a metric. */
const envelope: ReadonlySet<string> = new Set([
  "service",
  "sampling_rate",
  "xray_trace_id",
  "cold_start",
  "function_arn",
  "function_memory_size",
  "function_name",
  "function_request_id",
  "_aws",
]);
