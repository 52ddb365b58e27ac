import * as z from "zod";
import { shellArgument } from "../../shared/primitives/shell-argument.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import type { LogEvent } from "../read/logs.ts";
import type { Trace } from "../read/trace.ts";
import { outcomeText } from "./outcome.ts";
import type { Paint, Tone } from "./paint.ts";
import { counted } from "./words.ts";

/** What the logger writes into each line, or what the trace shows in a place of its own. */
const envelope: ReadonlySet<string> = new Set([
  ...[
    "level",
    "message",
    "timestamp",
    "service",
    "sampling_rate",
    "xray_trace_id",
    "cold_start",
    "correlationId",
    "eventSource",
  ],
  ...["function_arn", "function_memory_size", "function_name", "function_request_id", "tenant_id", "_aws"],
]);

/** The functions by what they are called in the code, whatever stack they are in. */
const functionPattern = /AcceptMessages|ProvisionServices|RotateCredentials|RotateSecret|FailOverServices/;

const requestSchema = z.looseObject({
  message: z.literal("RingCX request"),
  method: z.string(),
  operation: z.string(),
  result: z.union([z.number(), z.string()]),
  ms: z.number(),
  attempt: z.number().default(1),
});

/** An event's way through the functions, a line each with its time of day in UTC; after its lines what came of it. Pure. */
export function traceText({ ids, sources, lines, outcomes, hasLogs }: Trace, paint: Paint): string {
  const shown = new Set<unknown>(outcomes.map(({ id }) => id));
  const others = lines.filter(({ record }) => !shown.has(record.outcomeId));
  const told = others.map((line) => ({ at: line.at, text: lineText(line, paint) }));
  const ended = outcomes.map((outcome) => {
    const at = toldAt(outcome, lines);
    return { at, text: `${clockTime(at)}  outcome  ${outcomeWords(outcome, paint)}` };
  });
  const requests = lines.filter(({ record }) => requestSchema.safeParse(record).success).length;
  return [
    ids.map((id) => paint("strong", id)).join("\n"),
    ...(sources.length > 1 ? [severalSources(ids, sources)] : []),
    ...[...told, ...ended].sort((a, b) => a.at - b.at).map(({ text }) => text),
    `${counted(lines.length, "log line")}, of them ${counted(requests, "request")} to RingCX; ${counted(outcomes.length, "outcome")}`,
    ...(hasLogs ? [] : ["This version of the stack does not say where its logs are: deploy it anew."]),
  ].join("\n");
}

/**
 * When an outcome was told: by the first line of it since its own time, which is when it was decided, before what was asked of
 * RingCX for it. What is sent again has several outcomes of one id, and one may be told again.
 */
function toldAt({ id, time, data }: StoredOutcome, lines: readonly LogEvent[]): number {
  const decidedAt = Date.parse(time);
  const told = lines.filter(
    ({ at, record }) =>
      record.outcomeId === id && at >= decidedAt && (record.status === undefined || record.status === data.status),
  );
  return told.length === 0 ? decidedAt : Math.min(...told.map(({ at }) => at));
}

function severalSources(ids: readonly string[], sources: readonly string[]): string {
  const choices = sources.map((source) => `trace ${shellArgument(`${source}/${ids[0]}`)}`);
  return `${counted(sources.length, "source")} use this id; one of them alone: ${choices.join(", or ")}`;
}

function outcomeWords(outcome: StoredOutcome, paint: Paint): string {
  const [first, ...more] = outcomeText(outcome, paint).split("\n");
  return [`${first} (${outcome.data.cause.source})`, ...more].join("\n    ");
}

function lineText({ at, record }: LogEvent, paint: Paint): string {
  const name = String(record.function_name ?? "a function");
  const { eventSource: source } = record;
  const from = `${functionPattern.exec(name)?.[0] ?? name}${typeof source === "string" ? `, ${source}` : ""}`;
  const request = requestSchema.safeParse(record);
  if (request.success) {
    const { method, operation, result, ms, attempt } = request.data;
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    const isBad = typeof result === "string" || result >= 400;
    return `${clockTime(at)}  request  ${method} ${operation}: ${paint(isBad ? "bad" : "good", String(result))} in ${ms} ms${again} (${from})`;
  }
  const facts = Object.entries(record)
    .filter(([name]) => !envelope.has(name))
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const told = facts.length === 0 ? "" : `: ${facts.join(", ")}`;
  return `${clockTime(at)}  log      ${paint(tones[String(record.level)] ?? "dim", String(record.message ?? ""))}${told} (${from})`;
}

const tones: Readonly<Record<string, Tone>> = { WARN: "warn", ERROR: "bad", CRITICAL: "bad" };

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
