import { parseAnswerSchema } from "../contract/fields/answer-schema.ts";
import { headerProblems, type Validation } from "../contract/fields/validation.ts";

/**
 * Why a validation cannot be asked with, whatever its endpoint is like: one that was stored before the contract refused
 * what it holds. Nothing if it can. In words that hold no value of it.
 */
export function whyUntestable(validation: Pick<Validation, "headers" | "credential" | "expect">): string | undefined {
  const [header] = headerProblems(validation);
  if (header) return `validation.${header.path.join(".")}: ${header.message}; declare the validation anew`;
  const { schema } = validation.expect;
  const parsed = schema === undefined ? undefined : parseAnswerSchema(schema);
  if (!parsed || !("problems" in parsed)) return undefined;
  const [problem] = parsed.problems;
  const path = ["validation", "expect", "schema", ...(problem?.path ?? [])].join(".");
  return `${path}: ${problem?.message}; declare the validation anew`;
}

/**
 * Whether an endpoint is asked by its validation request outside messages. Only what reads: a probe that is repeated each minute
 * must never create data, so a POST is not sent and the alarms alone decide. So they do where a stored validation holds what the
 * contract refuses by now: that says nothing about the endpoint.
 *
 * @param validation none where the manifest declares none, or no URL that can be asked
 */
export function isProbe(validation: Validation | undefined): boolean {
  return validation !== undefined && validation.method !== "POST" && whyUntestable(validation) === undefined;
}
