import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";
import type { LogStore } from "./log-store.ts";

/** Most events of one answer, as of CloudWatch Logs' own. */
const mostEvents = 10_000;

/**
 * CloudWatch Logs' FilterLogEvents, with a filter pattern that is one phrase in quotes: what the command line asks.
 * Source: CloudWatch Logs API Reference, "FilterLogEvents"; User Guide, "Filter pattern syntax".
 */
export function logsService(logs: LogStore): AwsService {
  return ({ operation, input }) => {
    const { logGroupName, filterPattern = '""', startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
    if (operation !== "FilterLogEvents") {
      throw new AwsServiceError("UnknownOperationException", `The local host has no CloudWatch Logs ${operation}`);
    }
    const lines = logs.ofGroup(String(logGroupName));
    if (!lines) throw new AwsServiceError("ResourceNotFoundException", "The specified log group does not exist.");
    const phrase = phraseOf(String(filterPattern));
    const events = lines
      .filter(({ at, text }) => at >= Number(startTime) && at <= Number(endTime) && text.includes(phrase))
      .slice(0, mostEvents)
      .map(({ at, text }) => ({ logStreamName: "local", timestamp: at, message: text }));
    return jsonResponse({ events });
  };
}

function phraseOf(pattern: string): string {
  const [, phrase] = /^"((?:[^"\\]|\\.)*)"$/.exec(pattern) ?? [];
  if (phrase !== undefined) return phrase.replace(/\\(.)/g, "$1");
  throw new AwsServiceError("InvalidParameterException", `The local host knows phrases in quotes only, not ${pattern}`);
}
