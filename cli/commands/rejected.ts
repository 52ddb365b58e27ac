import { buildRouteMap } from "@stricli/core";
import { examples } from "../../infra/edition.ts";
import { MessageRejectedError } from "../../shared/contract/message-rejected-error.ts";
import { parseExactly } from "../../shared/primitives/exact-json.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { type Answer, opsCommand, type Session } from "../command.ts";
import type { CliContext } from "../context.ts";
import { accountsOf } from "../environment/environment.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { withoutCredentials } from "../export/withheld.ts";
import { checked } from "../files/outgoing.ts";
import { countRejects, dropReject, type Reject, type RejectQueue, withRejects } from "../read/rejects.ts";
import { send } from "../read/send.ts";
import { problemLines } from "../view/outcome.ts";
import { behind, besides, comesForward, howMany, named } from "../view/rejects.ts";
import { objectText } from "../view/table.ts";
import { counted, indented, when } from "../view/words.ts";
import { requireText, text } from "./flags.ts";

interface RejectedFlags {
  commands: boolean;
}

const commandsFlag = {
  commands: { kind: "boolean", default: false, withNegated: false, brief: "Commands instead of messages" },
} as const;

const idPositional = {
  kind: "array",
  parameter: {
    parse: text,
    brief: "Source and id of an event, its id, SQS's id of it, or the beginning of one; all that list shows: all",
    placeholder: "id",
  },
  minimum: 1,
} as const;

function queueOf({ commands }: RejectedFlags): RejectQueue {
  return commands ? "CommandRejectQueueUrl" : "RejectQueueUrl";
}

const listRejected = opsCommand<RejectedFlags>({
  brief: "What could never succeed, the oldest first",
  description: examples("ops rejected list --local"),
  flags: commandsFlag,
  async run({ context, environment }, flags) {
    const others = await countRejects(environment, queueOf({ commands: !flags.commands }));
    return withRejects(environment, queueOf(flags), async (rejects, hidden) => {
      const now = context.clock.now();
      const lines = rejects.flatMap(({ name, messageId, event, sentAt, reason, problems }) => [
        `${named({ name, messageId })}  ${when(sentAt, now)}  ${event.type ?? "of no known type"}`,
        `  ${reason}`,
        ...indented(howMany(problems === undefined ? undefined : parseJson(problems)?.value, name)),
      ]);
      const more = [...behind(hidden), ...besides(others, flags.commands ? "message" : "command")];
      return {
        text: [...lines, counted(rejects.length, "reject"), ...more].join("\n"),
        json: rejects.map(shown),
      };
    });
  },
});

const showRejected = opsCommand<RejectedFlags, string[]>({
  brief: "One of them whole, and what is wrong with it",
  description: examples("ops rejected show crm-enrichment-1 --local"),
  flags: commandsFlag,
  positional: idPositional,
  async run({ environment }, flags, ...ids) {
    return withRejects(environment, queueOf(flags), async (rejects, hidden) => {
      const chosen = choose(rejects, ids, hidden);
      return { text: chosen.map(rejectText).join("\n\n"), json: chosen.map(shown) };
    });
  },
});

const redriveRejected = opsCommand<RejectedFlags, string[]>({
  brief: "Send them again, once the cause is mended, and take them off the queue",
  description: `They are yours then: where senders are checked (provisioning.senders) you must be one. Who sent it may send it again instead.\n\n${examples("ops rejected redrive crm-enrichment-1 --local")}`,
  flags: commandsFlag,
  positional: idPositional,
  async run(session, flags, ...ids) {
    const results = await each(session, flags, ids, (reject) => redrive(session, flags, reject));
    return answer({ ...results, done: await rejectedAgain(session, flags, results) });
  },
});

const dropRejected = opsCommand<RejectedFlags, string[]>({
  brief: "Take them off the queue for good",
  description: examples("ops rejected drop crm-enrichment-1 --local"),
  flags: commandsFlag,
  positional: idPositional,
  async run(session, flags, ...ids) {
    const drop = async (reject: Reject) => {
      await dropReject(session.environment, queueOf(flags), reject);
      return { result: "dropped", isFailed: false };
    };
    return answer(await each(session, flags, ids, drop));
  },
});

/** `rejected …`: messages and commands that could never succeed. */
export const rejectedCommands = buildRouteMap<"list" | "show" | "redrive" | "drop", CliContext>({
  routes: { list: listRejected, show: showRejected, redrive: redriveRejected, drop: dropRejected },
  docs: { brief: "Messages and commands that could never succeed: look at them, send them again, drop them" },
});

/** What became of a reject, in words. */
interface Result {
  result: string;
  isFailed: boolean;
}

type Done = Result & Pick<Reject, "name" | "messageId" | "reason" | "body">;

/** What was done with those that were named. */
interface Results {
  done: readonly Done[];
  /** SQS's ids of all that were found before it began. */
  found: ReadonlySet<string>;
  hidden: number;
}

async function redrive({ context, environment }: Session, flags: RejectedFlags, reject: Reject): Promise<Result> {
  const notSent = (why: string) => ({ result: `NOT sent${why}`, isFailed: true });
  if (!reject.isKept)
    return notSent(": it held a credential and was not kept; its sender must send it anew, without it");
  try {
    await send(environment, checked(reject.body, { now: context.clock.now(), accounts: accountsOf(environment) }));
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    return notSent(`, it is still wrong: ${problemLines(error.problems).join("; ")}`);
  }
  await dropReject(environment, queueOf(flags), reject);
  return { result: sentAgain, isFailed: false };
}

const sentAgain = "sent again";

/** What is still wrong is back among the rejects at once, as it was sent: others may have its source and id. */
async function rejectedAgain(
  { environment }: Session,
  flags: RejectedFlags,
  { done, found }: Results,
): Promise<readonly Done[]> {
  if (done.every(({ isFailed }) => isFailed)) return done;
  const now = await withRejects(environment, queueOf(flags), async (rejects) => rejects);
  const back = now.filter(({ messageId }) => !found.has(messageId));
  const reasons = new Map(back.map(({ body, reason }) => [body, reason]));
  return done.map((each) => {
    const reason = reasons.get(each.body);
    if (each.isFailed || reason === undefined) return each;
    return { ...each, result: `${sentAgain}, and rejected again: ${reason}`, isFailed: true };
  });
}

/** Does something with those that were named, all before what stands behind them can come forward. */
async function each(
  { environment }: Session,
  flags: RejectedFlags,
  ids: readonly string[],
  act: (reject: Reject) => Promise<Result>,
): Promise<Results> {
  const actOn = async (rejects: readonly Reject[], hidden: number) => {
    const done: Done[] = [];
    for (const reject of choose(rejects, ids, hidden)) {
      const { name, messageId, reason, body } = reject;
      done.push({ name, messageId, reason, body, ...(await act(reject)) });
    }
    return { done, found: new Set(rejects.map(({ messageId }) => messageId)), hidden };
  };
  return withRejects(environment, queueOf(flags), actOn, { mayAct: true });
}

function answer({ done, hidden }: Pick<Results, "done" | "hidden">): Answer {
  // What was sent again may be right by now: the reason is that of the time before.
  const lines = done.flatMap(({ result, reason, ...reject }) => [
    `${named(reject)}: ${result}`,
    `  ${reason.replace(/^Rejected: /, "It was rejected for: ")}`,
  ]);
  return {
    text: [...lines, counted(done.length, "reject"), ...comesForward(hidden)].join("\n"),
    json: done.map(({ isFailed: _, body: __, ...told }) => told),
    exitCode: done.some(({ isFailed }) => isFailed) ? exitCodes.failed : exitCodes.done,
  };
}

/** @throws {UsageError} for an id that none has, or several */
function choose(rejects: readonly Reject[], ids: readonly string[], hidden: number): readonly Reject[] {
  if (ids.includes("all")) {
    if (ids.length === 1) return rejects;
    throw new UsageError(`"all" stands alone: it is all that list shows. Leave it out, or the others.`);
  }
  const chosen = ids.flatMap((id) => {
    requireText("The id of a reject", id);
    const names = ({ name, messageId, event }: Reject) => [name, messageId, event.id ?? name];
    const exact = rejects.filter((reject) => names(reject).includes(id));
    const found =
      exact.length > 0 ? exact : rejects.filter((reject) => names(reject).some((name) => name.startsWith(id)));
    if (found.length === 1) return found;
    const known = rejects.map(({ name, event }) => event.id ?? name);
    const offered = found.length > 1 ? ` ${found.map(({ messageId }) => messageId).join(", ")}` : nearest(id, known);
    const told = `${found.length > 1 ? "Several rejects are" : "No reject is"} "${id}".${offered}`;
    throw new UsageError([told, ...(found.length > 1 ? [] : behind(hidden))].join(" "));
  });
  return [...new Set(chosen)];
}

/** What may be shown of a reject: one that was kept holds none that was found, what looks like one is withheld. */
function shown({ receiptHandle: _, body, problems, ...reject }: Reject) {
  return {
    ...reject,
    problems: problems === undefined ? undefined : parseJson(problems)?.value,
    message: withoutCredentials(parseExactly(body)?.value ?? body),
  };
}

function rejectText(reject: Reject): string {
  const {
    name,
    messageId,
    sentAt,
    reason,
    problems = [],
    message,
  } = shown(reject) as ReturnType<typeof shown> & {
    problems?: { path: string; message: string; hint?: string }[];
  };
  return [
    `${named({ name, messageId })}, rejected ${sentAt}`,
    reason,
    ...indented(problemLines(Array.isArray(problems) ? problems : [])),
    "",
    objectText(message),
  ].join("\n");
}
