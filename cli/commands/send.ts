import { examples } from "../../infra/edition.ts";
import { opsCommand, type Session } from "../command.ts";
import { readInput } from "../context.ts";
import { decodeText } from "../decode-text.ts";
import { deliver, exitCodeOfDelivery, notEnded } from "../deliver.ts";
import { accountsOf } from "../environment/environment.ts";
import { exitCodes } from "../exit-codes.ts";
import { type Outgoing, readManifests, readOutgoing } from "../files/outgoing.ts";
import { send } from "../read/send.ts";
import { exitCodeOfStatus, outcomesText } from "../view/outcome.ts";
import { countPlan, planText } from "../view/plan.ts";
import { planOrder } from "../view/plan-order.ts";
import { counted } from "../view/words.ts";
import { filePositional, timeoutFlag } from "./flags.ts";

interface WaitFlags {
  timeout: number;
}

const formats =
  "YAML, JSON or JSON lines: CloudEvents, or manifests (accountId and resources) without an envelope. - reads standard input.";

/** `send FILE`: messages and commands onto their queues. */
export const sendCommand = opsCommand<{ wait: boolean } & WaitFlags, [file: string]>({
  brief: "Send messages or commands, checked against the contract first",
  description: `${formats}\n\n${examples("ops send examples/commands.ndjson --local", "generate | ops send - --environment test --wait")}`,
  flags: {
    wait: { kind: "boolean", default: false, withNegated: false, brief: "Wait for the outcomes" },
    timeout: timeoutFlag("10m"),
  },
  positional: filePositional,
  async run(session, { wait, timeout }, file) {
    const messages = await readFile(session, file, readOutgoing);
    if (wait) return delivered(session, messages, timeout);
    for (const message of messages) await send(session.environment, message);
    const names = messages.map(({ type, source, id }) => `sent ${type} ${source}/${id}`);
    return { text: names.join("\n"), json: messages.map(({ type, source, id }) => ({ type, source, id })) };
  },
});

/** `apply FILE`: the same for manifests, with what becomes of each resource. */
export const applyCommand = opsCommand<{ wait: boolean } & WaitFlags, [file: string]>({
  brief: "Apply manifests, and tell what becomes of each resource",
  description: `${formats}\n\n${examples("ops apply manifests.yaml --local", "ops apply manifests.yaml --environment test --no-wait")}`,
  flags: {
    wait: { kind: "boolean", default: true, brief: "Wait for the outcomes" },
    timeout: timeoutFlag("30m"),
  },
  positional: filePositional,
  async run(session, { wait, timeout }, file) {
    const messages = await readFile(session, file, readManifests);
    if (wait) return delivered(session, messages, timeout);
    for (const message of messages) await send(session.environment, message);
    const text = `${counted(messages.length, "message")} sent. Look later with: outcomes --since 1h`;
    return { text, json: messages.map(({ type, source, id }) => ({ type, source, id })) };
  },
});

/** `plan FILE`: what `apply` would change. */
export const planCommand = opsCommand<WaitFlags, [file: string]>({
  brief: "Show what apply would change, and change nothing (exit code 2 where there is something)",
  description: `${formats}\n\n${examples("ops plan manifests.yaml --local")}`,
  flags: { timeout: timeoutFlag("10m") },
  positional: filePositional,
  async run(session, { timeout }, file) {
    const messages = await readFile(session, file, readManifests, { isDryRun: true });
    const result = await deliver(session, messages, { timeoutMs: timeout });
    const outcomes = result.flatMap(({ outcome }) => outcome ?? []);
    const order = planOrder(result.map(({ message, outcome }) => ({ ...message, outcome })));
    const { create, change, remove, adopt, refused, later } = countPlan(outcomes, order);
    const open = notEnded(result, session);
    const hasChanges = create + change + remove + adopt + later > 0;
    return {
      text: [planText(outcomes, session.paint, order), ...(open === undefined ? [] : [open])].join("\n"),
      json: { ...countPlan(outcomes, order), outcomes },
      exitCode:
        refused > 0
          ? exitCodes.failed
          : open !== undefined
            ? exitCodes.notEnded
            : hasChanges
              ? exitCodes.changes
              : exitCodes.done,
    };
  },
});

/** Sends, waits, and tells every outcome. */
export async function delivered(session: Session, messages: readonly Outgoing[], timeoutMs: number) {
  const result = await deliver(session, messages, { timeoutMs });
  const outcomes = result.flatMap(({ outcome }) => outcome ?? []);
  const open = notEnded(result, session);
  const codes = outcomes.map(({ data }) => exitCodeOfStatus(data.status));
  return {
    text: [
      ...(outcomes.length === 0 ? [] : [outcomesText(outcomes, session.paint)]),
      ...(open === undefined ? [] : [open]),
    ].join("\n"),
    json: outcomes,
    exitCode: exitCodeOfDelivery(codes, result),
  };
}

async function readFile(
  { context, environment }: Session,
  file: string,
  read: typeof readOutgoing,
  how: { isDryRun?: boolean } = {},
): Promise<Outgoing[]> {
  const bytes = await readInput(context, file);
  const name = file === "-" ? "standard input" : file;
  return read(decodeText(bytes, name), {
    file: name,
    now: context.clock.now(),
    accounts: accountsOf(environment),
    variables: environment.variables,
    ...how,
  });
}
