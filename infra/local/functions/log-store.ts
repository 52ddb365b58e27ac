/** One line of a function's log: the JSON that it wrote, or its text as `message`. */
export type LogRecord = Readonly<Record<string, unknown>>;

const maxRecords = 10_000;

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
  readonly #partial = new Map<string, string>();
  readonly #onLog: ((record: LogRecord, functionName: string) => void) | undefined;

  constructor(onLog?: (record: LogRecord, functionName: string) => void) {
    this.#onLog = onLog;
  }

  write(functionName: string, text: string): void {
    const lines = `${this.#partial.get(functionName) ?? ""}${text}`.split("\n");
    this.#partial.set(functionName, lines.pop() ?? "");
    for (const line of lines) {
      if (line.trim() === "") continue;
      const record = parse(line);
      this.records.push(record);
      if (this.records.length > maxRecords) this.records.shift();
      this.#onLog?.(record, functionName);
    }
  }
}
