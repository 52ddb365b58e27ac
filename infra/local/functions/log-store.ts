import { keepLatest } from "../../../shared/primitives/keep-latest.ts";

/** One line of a function's log: the JSON that it wrote, or its text as `message`. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** So many lines are kept of each log group, and of all together. */
const maxRecords = 2_000;

/** A line of a log group. */
export interface LogLine {
  /** When it was written, epoch milliseconds. */
  at: number;
  text: string;
}

function parse(line: string): LogRecord {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as LogRecord;
  } catch {
    // A line that is not JSON is a text.
  }
  return { message: line };
}

/** The functions' logs, line by line. */
export class LogStore {
  readonly records: LogRecord[] = [];
  readonly #groups = new Map<string, LogLine[]>();
  readonly #partial = new Map<string, string>();
  readonly #onLog: ((record: LogRecord, functionName: string) => void) | undefined;

  constructor(onLog?: (record: LogRecord, functionName: string) => void) {
    this.#onLog = onLog;
  }

  /** The lines of a log group, the oldest first; `undefined` where there is none. */
  ofGroup(logGroup: string): readonly LogLine[] | undefined {
    return this.#groups.get(logGroup);
  }

  /** Makes a log group known, before anything is written to it. */
  addGroup(logGroup: string): void {
    if (!this.#groups.has(logGroup)) this.#groups.set(logGroup, []);
  }

  /** @param logGroup where the function's log goes */
  write(functionName: string, text: string, logGroup: string): void {
    const lines = `${this.#partial.get(functionName) ?? ""}${text}`.split("\n");
    this.#partial.set(functionName, lines.pop() ?? "");
    for (const line of lines) {
      if (line.trim() === "") continue;
      const record = parse(line);
      keepLatest(this.records, record, maxRecords);
      const group = this.#groups.get(logGroup);
      if (group) keepLatest(group, { at: Date.now(), text: line }, maxRecords);
      this.#onLog?.(record, functionName);
    }
  }
}
