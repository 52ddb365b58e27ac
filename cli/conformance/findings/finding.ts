import type { Answer, AssumptionName } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Seen } from "../exchange.ts";

/** What was found out about an assumption: an answer of the catalogue and how it was seen, or why it was not. */
export type Finding<Name extends AssumptionName> =
  | { answer: Answer<Name>; how: string }
  | { answer: undefined; because: string };

/** What was found out about some assumption. */
export type AnyFinding = { answer: string; how: string } | { answer: undefined; because: string };

/** What was found out about every assumption, in the order of the catalogue. */
export type Findings = ReadonlyMap<AssumptionName, AnyFinding>;

/** Tells an answer from what was said: without a request of its own, so that it can be told again from a report. */
export type Experiment<Name extends AssumptionName> = (seen: Seen) => Finding<Name>;

/** The experiments of some assumptions. */
export type Experiments<Name extends AssumptionName> = { readonly [One in Name]: Experiment<One> };

/** The names that begin with an area's. */
export type NamesOf<Area extends string> = Extract<AssumptionName, `${Area}.${string}`>;

/** An answer and how it was seen. */
export function found<Name extends AssumptionName>(answer: Answer<Name>, how: string): Finding<Name> {
  return { answer, how };
}

/** No answer, and why. */
export function notFound(because: string): { answer: undefined; because: string } {
  return { answer: undefined, because };
}

/** Why nothing could be linked, with what RingCX said to it. @param what could not be done */
export function unlinked(seen: Seen, label: string, what: string): string {
  const { status } = seen.last(label) ?? {};
  return status === undefined
    ? `${what}: it was not tried, as no auth config could be made and read`
    : `${what}: ${status}`;
}
