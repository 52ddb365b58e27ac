import pMap from "p-map";
import * as z from "zod";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import type { Environment } from "../environment/environment.ts";
import { filterLog, type LogEvent } from "./logs.ts";
import { readOutcomes } from "./outcomes.ts";

/** All that is known of an event. */
export interface Trace {
  /** The ids that it was followed by. */
  ids: readonly string[];
  /** Lines of all functions that carry one of them, the oldest first. */
  lines: readonly LogEvent[];
  /** Who has sent an event of that id; more than one where several use it. */
  sources: readonly string[];
  /** What came of it, the oldest first. */
  outcomes: readonly StoredOutcome[];
  /** Whether the functions' logs could be looked for: an older version does not say where they are. */
  hasLogs: boolean;
}

const idsSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((ids) => [ids].flat())
  .catch([]);
const detailsSchema = z
  .looseObject({ correlationId: idsSchema, eventId: idsSchema })
  .catch({ correlationId: [], eventId: [] });

/** The ids of the events that something was done for. */
export function correlationOf(attributes: unknown): readonly string[] {
  const { correlationId, eventId } = detailsSchema.parse(attributes ?? {});
  return [...correlationId, ...eventId];
}

/**
 * Follows an event through all functions.
 *
 * @param id of a message or command, with its source and a slash before it where several sources use it; of a version of a secret, of an alarm's event; or of an outcome, by which its event is found
 * @param since epoch milliseconds
 */
export async function readTrace(
  environment: Environment,
  id: string,
  { since, now }: { since: number; now: number },
): Promise<Trace> {
  const outcomes = await readOutcomes(environment.table, { since, now });
  const { source, ids } = meantBy(id, outcomes);
  const { LogGroupNames: groups } = environment.outputs;
  const questions = (groups?.split(" ") ?? []).flatMap((group) => ids.map((phrase) => ({ group, phrase })));
  // CloudWatch Logs takes few such questions a second of a whole AWS account.
  const read = await pMap(questions, ({ group, phrase }) => filterLog(environment, group, { phrase, since }), {
    concurrency: 2,
  });
  const isOurs = (of: readonly string[], from: unknown) =>
    of.some((one) => ids.includes(one)) && (source === undefined || from === undefined || from === source);
  // The phrase may stand in the line for another reason, and a line may hold two of the ids.
  const lines = new Map(
    read.flatMap((some) =>
      some
        .filter(({ record }) => isOurs(correlationOf(record), record.eventSource))
        .map((line) => [JSON.stringify(line.record), line] as const),
    ),
  );
  const told = new Set([...lines.values()].map(({ record }) => record.outcomeId));
  const found = outcomes.filter((one) => isOurs(eventsOf(one), senderIn(one, ids)) || told.has(one.id));
  const senders = [...lines.values()].map(({ record }) => record.eventSource);
  return {
    ids,
    sources: [...new Set([...senders, ...found.map((one) => senderIn(one, ids))])].filter(
      (one) => typeof one === "string",
    ),
    lines: [...lines.values()].sort((a, b) => a.at - b.at),
    outcomes: found.reverse(),
    hasLogs: groups !== undefined,
  };
}

/** The ids that a name stands for, and the source where it says one. An id may hold slashes itself, and wins then. */
function meantBy(
  name: string,
  outcomes: readonly StoredOutcome[],
): { ids: readonly string[]; source?: string | undefined } {
  const withIt = (named: readonly StoredOutcome[]) => [...new Set([name, ...named.flatMap(eventsOf)])];
  const ofId = outcomes.filter(({ data }) => data.cause.id === name);
  if (ofId.length > 0) return { ids: withIt(ofId) };
  const whole = outcomes.filter(({ id }) => id === name);
  if (whole.length > 0) return { ids: withIt(whole), source: whole[0]?.data.cause.source };
  // It has not ended yet: only lines know it.
  const slash = name.lastIndexOf("/");
  return slash < 1 ? { ids: [name] } : { ids: [name, name.slice(slash + 1)], source: name.slice(0, slash) };
}

/** Who has sent the event that an outcome answers, where it is one of these; `undefined` of what came of it besides. */
function senderIn({ data: { cause } }: StoredOutcome, ids: readonly string[]): string | undefined {
  return ids.includes(cause.id) ? cause.source : undefined;
}

/** Of an alarm's outage the cause is the service's, and the details say which events it was. */
function eventsOf({ data }: StoredOutcome): readonly string[] {
  const named = correlationOf(data.details);
  return named.length === 0 ? [data.cause.id] : named;
}
