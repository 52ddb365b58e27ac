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
 * @param id of a message or command, of a version of a secret, of an alarm's event; or of an outcome, by which its event is found
 * @param since epoch milliseconds
 */
export async function readTrace(
  environment: Environment,
  id: string,
  { since, now }: { since: number; now: number },
): Promise<Trace> {
  const outcomes = await readOutcomes(environment.table, { since, now });
  const ids = [...new Set([id, ...outcomes.filter((outcome) => isNamed(outcome, id)).flatMap(eventsOf)])];
  const { LogGroupNames: groups } = environment.outputs;
  const questions = (groups?.split(" ") ?? []).flatMap((group) => ids.map((phrase) => ({ group, phrase })));
  // CloudWatch Logs takes few such questions a second of a whole AWS account.
  const read = await pMap(questions, ({ group, phrase }) => filterLog(environment, group, { phrase, since }), {
    concurrency: 2,
  });
  const isOurs = (of: readonly string[]) => of.some((one) => ids.includes(one));
  // The phrase may stand in the line for another reason, and a line may hold two of the ids.
  const lines = new Map(
    read
      .flat()
      .flatMap((line) => (isOurs(correlationOf(line.record)) ? [[JSON.stringify(line.record), line] as const] : [])),
  );
  const told = new Set([...lines.values()].map(({ record }) => record.outcomeId));
  return {
    ids,
    lines: [...lines.values()].sort((a, b) => a.at - b.at),
    outcomes: outcomes.filter((outcome) => isOurs(eventsOf(outcome)) || told.has(outcome.id)).reverse(),
    hasLogs: groups !== undefined,
  };
}

function isNamed({ id, data }: StoredOutcome, name: string): boolean {
  return id === name || data.cause.id === name;
}

/** Of an alarm's outage the cause is the service's, and the details say which events it was. */
function eventsOf({ data }: StoredOutcome): readonly string[] {
  const named = correlationOf(data.details);
  return named.length === 0 ? [data.cause.id] : named;
}
