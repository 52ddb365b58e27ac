import * as z from "zod";
import { parseJson } from "../../shared/primitives/json.ts";
import type { Environment } from "../environment/environment.ts";
import { signedPost } from "../environment/signed-post.ts";

/** A line of a function's log. */
export interface LogEvent {
  /** Epoch milliseconds. */
  at: number;
  /** What the function wrote, as JSON; a text of the runtime's own as `message`. */
  record: Readonly<Record<string, unknown>>;
}

/** Most pages that are read of a log group: one that says nothing is one too. */
const mostPages = 50;

const pageSchema = z.object({
  events: z.array(z.object({ timestamp: z.number(), message: z.string() })).default([]),
  nextToken: z.string().optional(),
});
const errorSchema = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });
const recordSchema = z.record(z.string(), z.unknown());

/**
 * The lines of a log group that hold a phrase, the oldest first. Source: CloudWatch Logs API Reference, "FilterLogEvents".
 *
 * @param since epoch milliseconds
 * @throws {Error} named as CloudWatch Logs names it
 */
export async function filterLog(
  { sqs, clientConfig, isLocal }: Pick<Environment, "sqs" | "clientConfig" | "isLocal">,
  logGroupName: string,
  { phrase, since }: { phrase: string; since: number },
): Promise<LogEvent[]> {
  // As the line has it, which is JSON; then as a pattern has it.
  const written = JSON.stringify(phrase).slice(1, -1);
  const filterPattern = `"${written.replace(/["\\]/g, "\\$&")}"`;
  const found: LogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { status, text } = await signedPost(sqs, "logs", {
      contentType: "application/x-amz-json-1.1",
      target: "Logs_20140328.FilterLogEvents",
      body: JSON.stringify({ logGroupName, filterPattern, startTime: since, nextToken }),
      ...(isLocal && { endpoint: clientConfig.endpoint }),
    });
    const answer = parseJson(text)?.value;
    if (status !== 200) throw awsError(answer, status);
    const { events, nextToken: next } = pageSchema.parse(answer);
    found.push(...events.map(eventOf));
    nextToken = next;
    if (next === undefined) break;
  }
  return found;
}

/** At the time at which it was written, where the line says it: that is before it has reached its log group. */
function eventOf({ timestamp, message }: { timestamp: number; message: string }): LogEvent {
  const { success, data } = recordSchema.safeParse(parseJson(message)?.value);
  if (!success) return { at: timestamp, record: { message: message.trimEnd() } };
  const written = typeof data.timestamp === "string" ? Date.parse(data.timestamp) : Number.NaN;
  return { at: Number.isNaN(written) ? timestamp : written, record: data };
}

function awsError(answer: unknown, status: number): Error {
  const { data } = errorSchema.safeParse(answer);
  const error = new Error(data?.message ?? data?.Message ?? `CloudWatch Logs answered ${status}.`);
  error.name = data?.__type.split("#").at(-1) ?? "CloudWatchLogsError";
  return error;
}
