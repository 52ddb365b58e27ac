import { examples } from "../../infra/edition.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { opsCommand } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { readOutcomes } from "../read/outcomes.ts";
import { readTrace } from "../read/trace.ts";
import { traceText } from "../view/trace.ts";
import { parseDuration, requireText, text } from "./flags.ts";

/** `trace ID`: one event through all functions, in order. */
export const traceCommand = opsCommand<{ since: number }, [id: string]>({
  brief: "One event through all functions, in order: log lines, requests to RingCX, outcomes",
  description:
    "The id is that of a message or command (with its source before it, SOURCE/ID, where several sources use one), of the version of a secret, or of an outcome, whose event it leads to. Times are UTC. Reads that went well are not logged.\n\n" +
    examples(
      "ops trace crm-enrichment-1 --local",
      "ops trace 7f0c3a52-1c1e-4bd8-a9f7-0d1c4e6f0a11 --since 7d --environment production",
    ),
  flags: {
    since: {
      kind: "parsed",
      parse: parseDuration,
      default: "1d",
      brief: "How far back: 90s, 15m, 2h, 1d; logs are kept as long as the setting logRetentionDays says",
      placeholder: "duration",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [
      {
        parse: text,
        brief: "Id of an event, SOURCE/ID where several use it; of a secret's version, or of an outcome",
        placeholder: "id",
      },
    ],
  },
  async run({ context, environment, paint }, { since }, id) {
    requireText("The id of an event", id);
    const now = context.clock.now();
    const time = { since: now - since, now };
    const trace = await readTrace(environment, id, time);
    if (trace.lines.length + trace.outcomes.length > 0) return { text: traceText(trace, paint), json: trace };
    const known = (await readOutcomes(environment.table, time)).map((outcome) =>
      id.includes("/") ? outcome.id : outcome.data.cause.id,
    );
    throw new UsageError(`Nothing is known of "${id}" in that time (--since).${nearest(id, [...new Set(known)])}`);
  },
});
