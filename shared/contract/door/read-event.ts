import * as z from "zod";
import { type JsonPath, scanJson } from "../../primitives/json-scan.ts";
import { identitySchema, incomingEventSchema } from "../cloud-event.ts";
import { notKeptWords, storeAndChangeCredential } from "../credentials/credential-advice.ts";
import { holdsCredential, suspectedCredentials } from "../credentials/credential-detection.ts";
import { accountIdSchema } from "../fields/names.ts";
import { messageProblems } from "../message-problems.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import type { Problem } from "../outcome.ts";
import { duplicateResources } from "./duplicate-resources.ts";
import { textIn, withPlainData } from "./event-data.ts";
import { readJson, shownPath } from "./read-json.ts";

/** What is known of an event before its sender is checked. */
const addressedSchema = incomingEventSchema.extend({
  data: z.looseObject({
    accountId: accountIdSchema,
    from: z.looseObject({ accountId: accountIdSchema.optional() }).optional(),
  }),
});

interface NamedAccount {
  path: string;
  accountId: string;
}

/** An event whose envelope is right. Nothing else of it has been looked at. */
export interface ReceivedEvent {
  id: string;
  source: string;
  type: string;
  /** ISO 8601, the sender's. */
  time: string;
  /** The accounts that it names, each with its path, the one that it is about first: the sender must be allowed every one. */
  accounts: readonly [NamedAccount, ...NamedAccount[]];
  /** The whole event as {@link withPlainData} returns it. */
  event: Readonly<Record<string, unknown>>;
}

/**
 * The first half of the door: reads an event's text as far as is needed to check its sender. Takes time linear in the
 * text.
 *
 * @param types the types that belong onto this queue
 * @throws {MessageRejectedError} and nothing else, whatever the text is. `CREDENTIAL_IN_MESSAGE` where what the answer
 *   is addressed by holds one
 */
export function readEvent(text: string, types: readonly string[]): ReceivedEvent {
  const received = readJson(text);
  rejectCredentials(identityOf(received));
  const stranger = strangerProblem(received, types);
  if (stranger) throw new MessageRejectedError([stranger]);
  const event = withPlainData(received as Record<string, unknown>);
  // Once more: what stood in `data_base64` names accounts, too.
  rejectCredentials(identityOf(event));
  const result = addressedSchema.safeParse(event);
  if (!result.success) throw new MessageRejectedError(addressProblems(result.error, event));
  const { id, source, type, time, data } = result.data;
  const accounts: [NamedAccount, ...NamedAccount[]] = [{ path: "data.accountId", accountId: data.accountId }];
  if (data.from?.accountId !== undefined)
    accounts.push({ path: "data.from.accountId", accountId: data.from.accountId });
  return { id, source, type, time, accounts, event };
}

function addressProblems(error: z.ZodError, event: Readonly<Record<string, unknown>>): Problem[] {
  const problems = messageProblems(error, addressedSchema, event);
  if (typeof event.data !== "string") return problems;
  // CloudEvents forbids to read it as JSON: it is a string that somebody meant.
  const hint = "it is a string: send the object itself, not its JSON as text";
  return problems.map((problem) => (problem.path === "data" ? { ...problem, hint } : problem));
}

/**
 * The second half: everything else about an event whose sender may send it.
 *
 * @param schema that of the event's type
 * @throws {MessageRejectedError} and nothing else. `CREDENTIAL_IN_MESSAGE` where it holds a credential: then its text
 *   must not be kept. Otherwise with every problem at once
 */
export function parseEvent<Message>({ event }: Pick<ReceivedEvent, "event">, schema: z.ZodType<Message>): Message {
  // First and alone: what else is wrong might name what it should not.
  rejectCredentials(event);
  const result = schema.safeParse(event);
  const problems = [
    ...(result.success ? [] : messageProblems(result.error, schema, event)),
    ...duplicateResources((event.data as { resources?: unknown }).resources),
  ];
  if (result.success && problems.length === 0) return result.data;
  throw new MessageRejectedError(problems);
}

/**
 * What can be told of a text that may be no event: enough to name its outcome. Of a text that is not JSON, too long or
 * too deep as well: its sender waits for an answer under its own id. What holds a credential is not told, because it is
 * stored, logged and published. Of a batch nothing: an answer under the id of one of its events would be taken for the
 * answer to that event. Never throws; does not parse the text.
 */
export function peekEvent(text: string): { source?: string; id?: string; type?: string; accountId?: string } {
  const known = new Map<string, string>();
  const take = (place: string, value: string) => {
    if (identitySchema.safeParse(value).success && !holdsCredential(value)) known.set(place, value);
  };
  scanJson(text, {
    deepest: 2,
    onText: (value, path) => {
      const place = path().join(".");
      if (/^(source|id|type|data\.accountId)$/.test(place)) take(place, value);
      if (place !== "data_base64") return;
      const onText = (inner: string, at: () => JsonPath) => {
        if (at().join(".") === "accountId") take("data.accountId", inner);
      };
      scanJson(textIn(value) ?? "", { deepest: 1, onText });
    },
  });
  const found = {
    source: known.get("source"),
    id: known.get("id"),
    type: known.get("type"),
    accountId: known.get("data.accountId"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** @throws {MessageRejectedError} `CREDENTIAL_IN_MESSAGE`, with every place and no value */
function rejectCredentials(value: unknown): void {
  const problems = suspectedCredentials(value).map(({ path, because }) => ({
    path: shownPath(path),
    message: `carries a credential (${because}), which a message never does${notKeptWords}`,
    hint: storeAndChangeCredential,
  }));
  if (problems.length > 0) throw new MessageRejectedError(problems, "CREDENTIAL_IN_MESSAGE");
}

/** What an outcome repeats of an event: its texts alone, at their places. */
function identityOf(event: unknown): object {
  const data = fieldOf(event, "data");
  const from = fieldOf(data, "from");
  return {
    ...textsAt(event, ["id", "source", "type"]),
    data: { ...textsAt(data, ["accountId"]), from: textsAt(from, ["accountId"]) },
  };
}

function textsAt(value: unknown, names: readonly string[]): Record<string, string> {
  const entries = names.map((name) => [name, fieldOf(value, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** Why something is no event of this queue, with a hint where it is one in another envelope. */
function strangerProblem(event: unknown, types: readonly string[]): Problem | undefined {
  const known = types.join(", ");
  const has = (name: string) => typeof event === "object" && event !== null && Object.hasOwn(event, name);
  if (!has("specversion")) {
    const hint = Array.isArray(event)
      ? "it is a list, as a batch of CloudEvents is: send each event as a message of its own"
      : has("detail-type")
        ? "it is in an event of EventBridge: let the rule send $.detail as the target's input"
        : has("TopicArn")
          ? "it is in a notification of SNS: turn on raw message delivery for the subscription"
          : `expected specversion "1.0", id, source, time, type (one of ${known}) and data`;
    return { path: "", message: "the message is not a CloudEvents 1.0 event in structured JSON", hint };
  }
  const { type } = event as { type?: unknown };
  if (typeof type === "string" && types.includes(type)) return undefined;
  const isCommand = typeof type === "string" && /^ringcx\.(command|verify)\./.test(type);
  const isElsewhere = typeof type === "string" && /^ringcx\.(command|verify|apply|copy|retire)\.v1$/.test(type);
  const hint = !isElsewhere
    ? "give the event's type as it is written here"
    : isCommand
      ? "a command goes to the command queue"
      : "other messages go to the provisioning queue";
  return { path: "type", message: `expected one of ${known}`, hint };
}
