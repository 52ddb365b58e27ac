import { longestIdentity, type Outcome, type OutcomeData } from "../contract/outcome.ts";
import { messageAttributes, type TextAttribute } from "../primitives/message-attributes.ts";
import { publishableText } from "../primitives/publishable-text.ts";
import { boundedKey } from "../state/bounded-key.ts";
import { shortenOutcome } from "./shorten-outcome.ts";

/** Deepest nesting of the details, in levels: DynamoDB stores 32. */
const deepest = 20;

/** An outcome that can be stored and published, and the attributes that subscribers filter by. */
export interface PublishableOutcome {
  outcome: Outcome;
  attributes: Record<string, TextAttribute>;
}

/**
 * Makes an outcome publishable before anything is done with it: characters that SNS, SQS and DynamoDB refuse are
 * replaced, and what is too large is shortened with a note (see {@link shortenOutcome}). The id, source, time, status and
 * cause stay. What is publishable already stays as it is.
 */
export function publishable({ data, ...envelope }: Outcome): PublishableOutcome {
  const outcome: Outcome = {
    ...envelope,
    id: identity(envelope.id, 2 * longestIdentity + 1),
    source: identity(envelope.source),
    data: publishableData(data),
  };
  const { status, accountId, cause } = outcome.data;
  const attributes = messageAttributes({ type: cause.type, status, source: cause.source, account: accountId });
  return { outcome, attributes };
}

/** The same for what an outcome says, before it is one: what is kept of a message is what will be told. */
export function publishableData<Data extends OutcomeData>(data: Data): Data {
  // As JSON would have it: no `undefined`, no dates, no NaN; what prints itself, prints itself.
  const plain = cleaned(JSON.parse(JSON.stringify(data)), 0) as Data;
  const { accountId } = plain;
  const { source, id, type } = plain.cause;
  const cause = { source: identity(source), id: identity(id), type: identity(type) };
  return shortenOutcome({ ...plain, cause, ...(accountId !== undefined && { accountId: identity(accountId) }) });
}

/** What is too long ends in the hash of all of it: two that differ at their ends only are two things said. */
function identity(text: string, longest: number = longestIdentity): string {
  const clean = publishableText(text);
  return clean.length <= longest ? clean : boundedKey(clean, longest);
}

function cleaned(value: unknown, level: number): unknown {
  if (typeof value === "string") return publishableText(value);
  if (typeof value === "number") return isStorable(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (level >= deepest) return "(left out: nested too deep)";
  if (Array.isArray(value)) return value.map((entry) => cleaned(entry, level + 1));
  const entries = Object.entries(value).map(([name, field]) => [
    publishableText(name) || "(no name)",
    cleaned(field, level + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Amazon DynamoDB Developer Guide, "Data types", Number: 0, or 1E-130 to 9.99…E+125. */
function isStorable(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-130 && size < 1e126);
}
