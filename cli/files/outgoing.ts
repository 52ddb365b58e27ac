import { v7 as uuid } from "uuid";
import { checkEvent } from "../../shared/contract/door/check-event.ts";
import { MessageRejectedError } from "../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../shared/contract/outcome.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { eventIdReused } from "../../shared/queues/claim-event.ts";
import { contentHash } from "../../shared/records/event-claim.ts";
import { UsageError } from "../exit-codes.ts";
import { problemLines } from "../view/outcome.ts";
import { counted } from "../view/words.ts";
import { readDocuments, type SourceDocument } from "./documents.ts";

/** The source of what this command line sends: of messages of one source the later one holds. */
export const cliSource = "/ringcx-automation/cli";

/** A message or command that is right, as it will be sent. */
export interface Outgoing {
  type: string;
  source: string;
  id: string;
  accountId: string;
  isCommand: boolean;
  /** See {@link contentHash}. */
  content: string;
  /** The CloudEvent as JSON. */
  body: string;
  /** Where it begins in the file that it was read from, counted from 1. */
  line?: number;
}

/** What a message is held against beside the contract. */
export interface CheckingOptions {
  /** Epoch milliseconds. */
  now: number;
  /** The accounts of the environment that it is for. */
  accounts: readonly string[];
}

/** How a file is read. */
export interface ReadingOptions extends CheckingOptions {
  /** The file's name, for errors. */
  file: string;
  /** What `${NAME}` stands for. */
  variables: Readonly<Record<string, string>>;
  /**
   * For what comes from a command's options, a file that nobody has: what of it was typed for a field.
   *
   * @default the line and column of the file, and the field
   */
  typedAs?: (path: string) => string;
  /** Ask what would be done, under another id: the message itself is still to come. */
  isDryRun?: boolean;
}

/**
 * The messages of a file: CloudEvents, or what is in one (`accountId` and `resources`, or `from`), whose envelope is
 * filled in. Each is held against the contract as the function that receives it does.
 *
 * @throws {UsageError} with everything that is wrong: line, field, how to mend it. Nothing has been sent then
 */
export function readOutgoing(text: string, options: ReadingOptions): Outgoing[] {
  const { file, variables, typedAs } = options;
  const documents = readDocuments(replaceVariables(text, variables), file);
  const wrong: string[] = [];
  const outgoing: Outgoing[] = [];
  const reusedIdOf = reusedIds();
  for (const document of documents) {
    const { event, prefix } = enveloped(document, options);
    const body = jsonOf(event, document, file);
    try {
      const { line } = document.begins;
      outgoing.push({ ...checked(body, options), line });
      // As it would be sent: a dry run has an id of its own.
      const reused = reusedIdOf(enveloped(document, { ...options, isDryRun: false }).event, line);
      if (reused) throw new MessageRejectedError([reused], eventIdReused);
    } catch (error) {
      if (!(error instanceof MessageRejectedError)) throw error;
      wrong.push(...placed(error.problems, document, { file, prefix, typedAs }));
    }
  }
  if (wrong.length > 0) {
    if (typedAs) throw new UsageError(`Nothing was sent. ${[...new Set(wrong)].join("\n  ")}`);
    const told = wrong.map((line) => `  ${line}`).join("\n");
    throw new UsageError(`${file} is wrong, and nothing was sent: ${counted(wrong.length, "problem")}.\n${told}`);
  }
  return outgoing;
}

/** Messages as `readOutgoing` reads them. @throws {UsageError} also for commands: they would be carried out unplanned */
export function readManifests(text: string, options: ReadingOptions): Outgoing[] {
  const messages = readOutgoing(text, options);
  if (!messages.some(({ isCommand }) => isCommand)) return messages;
  throw new UsageError(
    `${options.file} holds commands, which are no manifests: use send, or activate, deactivate and so on.`,
  );
}

/**
 * Holds a message against the contract, and its accounts against the environment: the only way to something that can be sent.
 *
 * @throws {MessageRejectedError}
 */
export function checked(body: string, { now, accounts: known }: CheckingOptions): Outgoing {
  const { type, source, id, accounts, isCommand, event } = checkEvent(body, now);
  const problems = accounts
    .filter(({ accountId }) => !known.includes(accountId))
    .map(({ path, accountId }) => ({
      path,
      message: `this environment has no account ${accountId}`,
      hint: nearest(accountId, known).trim() || "it has none at all",
    }));
  if (problems.length > 0) throw new MessageRejectedError(problems, "ACCOUNT_UNKNOWN");
  const accountId = accounts[0]?.accountId ?? "";
  return { type, source, id, accountId, isCommand, content: contentHash(event), body };
}

/** @throws {UsageError} for what no JSON can hold: YAML may refer to itself */
function jsonOf(event: unknown, { begins }: SourceDocument, file: string): string {
  try {
    return JSON.stringify(event);
  } catch (error) {
    const because = error instanceof RangeError ? "it is nested too deep" : "an alias in it leads back to itself";
    throw new UsageError(`${file}:${begins.line}:${begins.column}: this cannot be written as JSON: ${because}.`);
  }
}

/** The whole event, and what its paths have before those of the file. */
function enveloped(
  { value }: SourceDocument,
  { now, isDryRun = false }: ReadingOptions,
): { event: unknown; prefix: string } {
  if (typeof value !== "object" || value === null) return { event: value, prefix: "" };
  const isEvent = "data" in value || "specversion" in value;
  const given: Record<string, unknown> = isEvent ? { ...value } : { data: value };
  const event: Record<string, unknown> = {
    specversion: "1.0",
    id: uuid(),
    source: cliSource,
    type: "from" in Object(given.data) ? "ringcx.copy.v1" : "ringcx.apply.v1",
    time: new Date(now).toISOString(),
    ...given,
  };
  if (isDryRun) {
    event.id = `plan-${uuid()}`;
    if (typeof event.data === "object" && event.data !== null) event.data = { ...event.data, dryRun: true };
  }
  return { event, prefix: isEvent ? "" : "data." };
}

/** Finds another content under the source and id of an event before it: whichever comes second would be refused. */
function reusedIds(): (event: unknown, line: number) => Problem | undefined {
  const known = new Map<string, { content: string; line: number }>();
  return (event, line) => {
    const { source, id } = event as { source: string; id: string };
    const content = contentHash(event as Record<string, unknown>);
    const name = JSON.stringify([source, id]);
    const first = known.get(name);
    if (!first) known.set(name, { content, line });
    if (!first || first.content === content) return undefined;
    const message = `the event of line ${first.line} has this source and id, with another content`;
    return { path: "id", message, hint: "give each event an id of its own: a source and an id name one event" };
  };
}

/** Problems in the order of the file, each with its line and column. */
function placed(
  problems: readonly Problem[],
  document: SourceDocument,
  { file, prefix, typedAs }: { file: string; prefix: string; typedAs: ReadingOptions["typedAs"] },
): string[] {
  const found = problems.map((problem) => {
    const path = problem.path.startsWith(prefix) ? problem.path.slice(prefix.length) : problem.path;
    const { line, column } = path === "" ? document.begins : document.placeOf(path);
    if (typedAs) return { ...problem, line, column, path: typedAs(path) };
    return { ...problem, line, column, path: `${file}:${line}:${column}${path === "" ? "" : `: ${path}`}` };
  });
  return problemLines(found.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** Of names that are known only: an endpoint's own templates stay as they are. */
function replaceVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => variables[name] ?? whole);
}
