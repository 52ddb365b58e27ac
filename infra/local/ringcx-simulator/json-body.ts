import { scanJson } from "../../../shared/primitives/json-scan.ts";
import { badRequest } from "./refusal.ts";

/**
 * Deepest nesting of a body. Deeper ones are parsed without harm and then break what writes them into an answer.
 * As Jackson has it by default: `StreamReadConstraints.DEFAULT_MAX_DEPTH`.
 */
const deepest = 1_000;

/** @throws {Refusal} 400 when the text is not JSON, or nested too deep */
export function jsonBody(text: string): unknown {
  const depth = scanJson(text, { deepest: 0 });
  if (depth > deepest) throw badRequest(`body: is nested ${depth} deep, and may be nested ${deepest} deep`);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("body: is not valid JSON");
  }
}
