import type { OutcomeData } from "../contract/outcome.ts";
import { correlation, correlationIds } from "../primitives/correlation.ts";

/**
 * An outcome that says for which events it was made, where its cause does not: an alarm's outage is named after the service.
 * For what is noted before it is told, so that whoever tells it, for whatever other event, tells the same.
 */
export function withCorrelation(data: OutcomeData): OutcomeData {
  if (correlationIds().every((id) => id === data.cause.id)) return data;
  return { ...data, details: { ...correlation(), ...data.details } };
}
