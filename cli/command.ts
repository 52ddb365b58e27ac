import { buildCommand, type Command, type TypedCommandParameters } from "@stricli/core";
import { edition } from "../infra/edition.ts";
import type { CliContext } from "./context.ts";
import type { Environment } from "./environment/environment.ts";
import { openEnvironment } from "./environment/open-environment.ts";
import { exitCodes, UsageError } from "./exit-codes.ts";
import { errorJson, errorStack, tellError } from "./tell-error.ts";
import { type Paint, painter } from "./view/paint.ts";

/** What a command answers: for people, and for machines. */
export interface Answer {
  /** Lines for a person. */
  text: string;
  /** The same as JSON, for `--json`. */
  json: unknown;
  /** @default done */
  exitCode?: number;
  /** It was written already, as it came. @default false */
  isShown?: boolean;
}

/** What every command is given. */
export interface Session extends PlainSession {
  environment: Environment;
}

/** What a command is given that may do without an environment. */
export interface PlainSession {
  context: CliContext;
  /** Opens an environment; it is closed when the command has ended. @throws {UsageError} where none is named */
  openEnvironment(): Promise<Environment>;
  paint: Paint;
  isJson: boolean;
  /** Says how far it has come, on standard error: standard output is for the answer. */
  say(line: string): void;
}

/** Options that every command has. */
export type CommonFlags = {
  readonly environment?: string;
  readonly stack?: string;
  readonly instance?: string;
  readonly region?: string;
  readonly local?: string;
  readonly json: boolean;
  readonly debug: boolean;
};

const text = (value: string) => value;

/** The file of `--local`; what follows it on the line is taken for its file, whatever it was meant for. */
function localFile(value: string): string {
  if (value === "" || value.endsWith(".json")) return value;
  throw new UsageError(
    `--local takes a file whose name ends in .json, and "${value}" is none: put --local at the end of the line.`,
  );
}

const commonFlags = {
  environment: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Deployed environment, by its name",
    placeholder: "name",
  },
  stack: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Stack of your own app that holds the construct RingCxAutomation",
    placeholder: "name",
  },
  instance: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Which RingCxAutomation of the stack, by its id or path, where it holds several",
    placeholder: "id",
  },
  region: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: `AWS region, where neither ${edition.regionOf} nor AWS_REGION says it`,
    placeholder: "region",
  },
  local: {
    kind: "parsed",
    parse: localFile,
    inferEmpty: true,
    optional: true,
    brief: `What ${edition.localSystem} runs; a file if it wrote its addresses elsewhere`,
    placeholder: "file",
  },
  json: { kind: "boolean", default: false, withNegated: false, brief: "Answer in JSON" },
  debug: { kind: "boolean", default: false, withNegated: false, brief: "Show where an error comes from" },
} as const;

/** A command of one's own flags and arguments, and how it is documented. */
export interface OpsCommand<Flags extends object, Args extends readonly unknown[], Given = Session> {
  brief: string;
  /** More, with examples. */
  description?: string;
  flags?: Record<string, unknown>;
  aliases?: Record<string, string>;
  positional?: unknown;
  run(session: Given, flags: Flags & CommonFlags, ...args: Args): Promise<Answer>;
}

/** Builds a command: opens the environment, runs, prints, and tells an error in a sentence; with `--json` as JSON, too. */
export function opsCommand<Flags extends object = object, Args extends readonly unknown[] = []>({
  run,
  ...command
}: OpsCommand<Flags, Args>): Command<CliContext> {
  return plainCommand<Flags, Args>({
    ...command,
    run: async (session, flags, ...args) =>
      run({ ...session, environment: await session.openEnvironment() }, flags, ...args),
  });
}

/** Builds a command that opens an environment where it wants one. */
export function plainCommand<Flags extends object = object, Args extends readonly unknown[] = []>({
  brief,
  description,
  flags = {},
  aliases = {},
  positional,
  run,
}: OpsCommand<Flags, Args, PlainSession>): Command<CliContext> {
  const parameters = {
    flags: { ...flags, ...commonFlags },
    aliases: { e: "environment", ...aliases },
    ...(positional !== undefined && { positional }),
  };
  return buildCommand<CommonFlags, never[], CliContext>({
    docs: { brief, ...(description !== undefined && { fullDescription: `${brief}\n\n${description}` }) },
    // The flags of a command are checked against its `Flags` by its own definition; here they are put together.
    parameters: parameters as unknown as TypedCommandParameters<CommonFlags, never[], CliContext>,
    async func(this: CliContext, given: CommonFlags, ...args: never[]) {
      this.process.exitCode = await runCommand(this, given, (session) =>
        run(session, given as Flags & CommonFlags, ...(args as unknown as Args)),
      );
    },
  });
}

async function runCommand(
  context: CliContext,
  flags: CommonFlags,
  run: (session: PlainSession) => Promise<Answer>,
): Promise<number> {
  const { stdout, stderr } = context.process;
  const { json: isJson, debug, ...named } = flags;
  let environment: Environment | undefined;
  try {
    const answer = await run({
      context,
      openEnvironment: async () => {
        environment ??= await openEnvironment(named, context.directory);
        return environment;
      },
      paint: painter(context.isColored && !isJson),
      isJson,
      say: (line) => stderr.write(`${line}\n`),
    });
    if (answer.isShown !== true) stdout.write(`${isJson ? JSON.stringify(answer.json, undefined, 2) : answer.text}\n`);
    return answer.exitCode ?? exitCodes.done;
  } catch (cause) {
    const place = { region: environment?.region ?? flags.region ?? "", isLocal: environment?.isLocal ?? false };
    const error = tellError(cause, place);
    stderr.write(`${debug ? errorStack(cause) : error.message}\n`);
    if (isJson) stdout.write(errorJson(error));
    return error.exitCode;
  } finally {
    environment?.close();
  }
}
