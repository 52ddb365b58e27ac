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
import {
  countRejects,
  dropReject,
  type Reject,
  type RejectQueue,
  withEachReject,
  withRejects,
} from "../read/rejects.ts";
import { send } from "../read/send.ts";
import { problemLines } from "../view/outcome.ts";
import { howMany } from "../view/rejects.ts";
import { objectText } from "../view/table.ts";
import { counted, indented, when } from "../view/words.ts";
import { text } from "./flags.ts";

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
    brief: "SQS's id of a reject, its event's id, or the beginning of one; all of them: all",
    placeholder: "id",
  },
  minimum: 1,
} as const;

/** A FIFO queue keeps the order of a group by not showing what stands behind. */
function behind(hidden: number): string[] {
  return hidden > 0
    ? [
        `About ${hidden} more stand behind these, of the same accounts. SQS shows them when these are gone: redrive these, once they are mended, or drop them. Whoever has a message that stands behind need not wait: sent again (send FILE) it is carried out, and its reject can be dropped later.`,
      ]
    : [];
}

/** That there is another list. */
function besides(others: number, { commands }: RejectedFlags): string[] {
  if (others === 0) return [];
  return commands
    ? [`${counted(others, "message")} besides → rejected list`]
    : [`${counted(others, "command")} besides → rejected list --commands`];
}

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
      const lines = rejects.flatMap(({ messageId, event, sentAt, reason, problems }) => [
        `${messageId}  ${when(sentAt, now)}  ${event.type ?? "of no known type"} ${event.source ?? "?"}/${event.id ?? "?"}`,
        `  ${reason}`,
        ...indented(howMany(problems === undefined ? undefined : parseJson(problems)?.value, messageId)),
      ]);
      return {
        text: [...lines, counted(rejects.length, "reject"), ...behind(hidden), ...besides(others, flags)].join("\n"),
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
    const sent = new Set<string>();
    return each(session, flags, ids, async (reject) => {
      // What is still wrong is back among the rejects at once: sending it again in turn would never end.
      if (sent.has(reject.body)) return `NOT sent a second time: it is among the rejects again (${reject.reason})`;
      sent.add(reject.body);
      return (await redrive(session, flags, reject)) ?? "sent again";
    });
  },
});

const dropRejected = opsCommand<RejectedFlags, string[]>({
  brief: "Take them off the queue for good",
  description: examples("ops rejected drop crm-enrichment-1 --local"),
  flags: commandsFlag,
  positional: idPositional,
  async run(session, flags, ...ids) {
    return each(session, flags, ids, async (reject) => {
      await dropReject(session.environment, queueOf(flags), reject);
      return "dropped";
    });
  },
});

/** `rejected …`: messages and commands that could never succeed. */
export const rejectedCommands = buildRouteMap<"list" | "show" | "redrive" | "drop", CliContext>({
  routes: { list: listRejected, show: showRejected, redrive: redriveRejected, drop: dropRejected },
  docs: { brief: "Messages and commands that could never succeed: look at them, send them again, drop them" },
});

/** @returns why it was not sent again */
async function redrive(
  { context, environment }: Session,
  flags: RejectedFlags,
  reject: Reject,
): Promise<string | undefined> {
  if (!reject.isKept)
    return "NOT sent: it held a credential and was not kept; its sender must send it anew, without it";
  try {
    await send(environment, checked(reject.body, { now: context.clock.now(), accounts: accountsOf(environment) }));
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    return `NOT sent, it is still wrong: ${problemLines(error.problems).join("; ")}`;
  }
  await dropReject(environment, queueOf(flags), reject);
  return undefined;
}

function isAll(ids: readonly string[]): boolean {
  return ids.length === 1 && ids[0] === "all";
}

/** Does something with those that were named; with all of them also what stood behind others, once those are gone. */
async function each(
  { environment }: Session,
  flags: RejectedFlags,
  ids: readonly string[],
  act: (reject: Reject) => Promise<string>,
): Promise<Answer> {
  const results: { messageId: string; result: string }[] = [];
  const actOn = async (reject: Reject) => {
    const result = await act(reject);
    results.push({ messageId: reject.messageId, result });
    return !result.startsWith("NOT");
  };
  let after: string[] = [];
  if (isAll(ids)) {
    const hidden = await withEachReject(environment, queueOf(flags), actOn);
    after = [counted(results.length, "reject"), ...behind(hidden)];
  } else {
    await withRejects(environment, queueOf(flags), async (rejects, hidden) => {
      for (const reject of choose(rejects, ids, hidden)) await actOn(reject);
    });
  }
  return {
    text: [...results.map(({ messageId, result }) => `${messageId}: ${result}`), ...after].join("\n"),
    json: results,
    exitCode: results.some(({ result }) => result.startsWith("NOT")) ? exitCodes.failed : exitCodes.done,
  };
}

/** @throws {UsageError} for an id that none has, or several */
function choose(rejects: readonly Reject[], ids: readonly string[], hidden: number): readonly Reject[] {
  if (isAll(ids)) return rejects;
  const chosen = ids.flatMap((id) => {
    const names = ({ messageId, event }: Reject) => [messageId, event.id ?? "", `${event.source}/${event.id}`];
    const exact = rejects.filter((reject) => names(reject).includes(id));
    const found =
      exact.length > 0 ? exact : rejects.filter((reject) => names(reject).some((name) => name.startsWith(id)));
    if (found.length === 1) return found;
    const known = rejects.map(({ messageId, event }) => event.id ?? messageId);
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
    messageId,
    sentAt,
    reason,
    problems = [],
    message,
  } = shown(reject) as ReturnType<typeof shown> & {
    problems?: { path: string; message: string; hint?: string }[];
  };
  return [
    `${messageId}, rejected ${sentAt}`,
    reason,
    ...indented(problemLines(Array.isArray(problems) ? problems : [])),
    "",
    objectText(message),
  ].join("\n");
}
