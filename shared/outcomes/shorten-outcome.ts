import type { OutcomeData, ResourceOutcome } from "../contract/outcome.ts";
import { shortenText } from "../primitives/publishable-text.ts";

/**
 * Longest outcome as JSON, in bytes. SNS takes 262,144 with the attributes; an item of the table 409,600, in which a
 * list of small numbers takes half as much again as in JSON, and with an outcome may stand as much of a message.
 * Sources: Amazon SNS API Reference, "Publish"; Amazon DynamoDB Developer Guide, "Item sizes and formats".
 */
export const longestOutcome = 128 * 1024;

/** Kept free for the note, and for what holds the outcome, in bytes. */
const reserve = 8 * 1024;

/** How much was left out, by what. */
type LeftOut = Record<string, number>;

/**
 * An outcome that fits. What says least goes first, and no more than needed: the ends of long texts, resources that did
 * not change, changes after the fifth and problems after the third of a resource, problems after the fiftieth, the
 * details but for its events' ids, then resources without problems and at last those with problems. The summary says what was left out, and
 * `details.leftOut` how much. One that fits stays as it is.
 */
export function shortenOutcome<Data extends OutcomeData>(data: Data): Data {
  if (bytesOf(data) <= longestOutcome) return data;
  const leftOut: LeftOut = {};
  const count: Count = (what, number) => {
    if (number > 0) leftOut[what] = number;
  };
  let shorter: OutcomeData = data;
  for (const step of steps) {
    shorter = step(shorter, count);
    if (bytesOf(shorter) <= longestOutcome - reserve) break;
  }
  const parts = Object.entries(leftOut).map(([what, number]) => `${number} ${what}`);
  return {
    ...shorter,
    summary: `${shorter.summary} (Left out, because an outcome has at most ${longestOutcome} bytes: ${parts.join(", ")}.)`,
    details: { ...shorter.details, leftOut },
  } as OutcomeData as Data;
}

/** Told by each step how much it left out of what; a second cut of the texts counts those of the first as well. */
type Count = (what: string, number: number) => void;
type Step = (data: OutcomeData, count: Count) => OutcomeData;

const steps: readonly Step[] = [
  (data, count) => withShorterTexts(data, 1_000, count),
  (data, count) => withResources(data, (resources) => resources.filter(saysSomething), "unchanged resources", count),
  (data, count) => withFewerOfEach(data, { changes: 5, problems: 3 }, count),
  (data, count) => withShorterTexts(data, 200, count),
  (data, count) => withFewerProblems(data, 50, count),
  ({ details, ...data }, count) => {
    const { correlationId, ...others } = details ?? {};
    count("details", Object.keys(others).length);
    return { ...data, ...(correlationId !== undefined && { details: { correlationId } }) };
  },
  (data, count) => withResources(data, (resources) => asManyAsFit(data, resources), "resources", count),
];

function saysSomething({ result, problems = [] }: ResourceOutcome): boolean {
  return result !== "UNCHANGED" || problems.length > 0;
}

function withResources(
  data: OutcomeData,
  choose: (resources: readonly ResourceOutcome[]) => ResourceOutcome[],
  what: string,
  count: Count,
): OutcomeData {
  if (!data.resources) return data;
  const resources = choose(data.resources);
  count(what, data.resources.length - resources.length);
  return { ...data, resources };
}

function withFewerOfEach(data: OutcomeData, most: { changes: number; problems: number }, count: Count): OutcomeData {
  if (!data.resources) return data;
  const beyond = (entries: readonly unknown[] = [], longest: number) => Math.max(0, entries.length - longest);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  count("changes", sum(data.resources.map(({ changes }) => beyond(changes, most.changes))));
  count("problems of resources", sum(data.resources.map(({ problems }) => beyond(problems, most.problems))));
  const resources = data.resources.map(({ changes, problems, ...resource }) => ({
    ...resource,
    ...(changes && { changes: changes.slice(0, most.changes) }),
    ...(problems && { problems: problems.slice(0, most.problems) }),
  }));
  return { ...data, resources };
}

function withFewerProblems(data: OutcomeData, most: number, count: Count): OutcomeData {
  const problems = data.problems?.slice(0, most);
  count("problems", (data.problems ?? []).length - (problems ?? []).length);
  return { ...data, ...(problems && { problems }) };
}

/** Those with problems before the others, each in its place. */
function asManyAsFit(data: OutcomeData, resources: readonly ResourceOutcome[]): ResourceOutcome[] {
  let room = longestOutcome - reserve - bytesOf({ ...data, resources: [] });
  const kept = new Set<ResourceOutcome>();
  const hasProblems = ({ problems = [] }: ResourceOutcome) => problems.length > 0;
  for (const resource of [...resources.filter(hasProblems), ...resources.filter((one) => !hasProblems(one))]) {
    room -= bytesOf(resource) + 1;
    if (room < 0) break;
    kept.add(resource);
  }
  return resources.filter((resource) => kept.has(resource));
}

function withShorterTexts(data: OutcomeData, longest: number, count: Count): OutcomeData {
  let cut = 0;
  const shorter = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (value.length > longest) cut += 1;
      return shortenText(value, longest);
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(shorter);
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [shortenText(name, longest), shorter(field)]),
    );
  };
  const { status, accountId, cause, ...rest } = data;
  const texts = shorter(rest) as typeof rest;
  count("ends of long texts", cut);
  const { correlationId } = data.details ?? {};
  return {
    ...texts,
    status,
    cause,
    ...(accountId !== undefined && { accountId }),
    ...(correlationId !== undefined && { details: { ...texts.details, correlationId } }),
  };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
