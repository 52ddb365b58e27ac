import type { StoredOutcome } from "../shared/records/outcome.ts";
import type { Session } from "./command.ts";
import type { CliContext } from "./context.ts";
import { exitCodes, InterruptedError } from "./exit-codes.ts";
import type { Outgoing } from "./files/outgoing.ts";
import { outcomeVersion, readProgress, waitForOutcome } from "./read/outcomes.ts";
import { send } from "./read/send.ts";
import { counted } from "./view/words.ts";

/** A message that was sent, and its outcome where it came in time. */
export interface Delivered {
  message: Outgoing;
  outcome: StoredOutcome | undefined;
}

/**
 * Sends messages and waits for what becomes of each; says on the way what has become of resources.
 *
 * @param timeoutMs how long is waited for each, in milliseconds
 * @throws {InterruptedError} saying what was sent, and that it goes on by itself
 */
export async function deliver(
  session: Session,
  messages: readonly Outgoing[],
  { timeoutMs }: { timeoutMs: number },
): Promise<Delivered[]> {
  const { context, environment, say } = session;
  const sent: { message: Outgoing; earlier: number | undefined; messageId: string | undefined }[] = [];
  for (const message of messages) {
    if (context.interrupted.aborted) throw interrupted(session, messages.slice(0, sent.length), messages.length);
    const earlier = await outcomeVersion(environment.table, message);
    sent.push({ message, earlier, messageId: await send(environment, message) });
    say(`sent ${message.type} ${message.source}/${message.id}`);
  }
  const delivered: Delivered[] = [];
  for (const { message, earlier, messageId } of sent) {
    const sentEvent = { ...message, messageId };
    const outcome = await waitForOutcome({ table: environment.table, clock: context.clock }, sentEvent, {
      timeoutMs,
      signal: context.interrupted,
      earlier,
      onLook: sayProgress(session, message),
    }).catch((error: unknown) => {
      throw context.interrupted.aborted ? interrupted(session, messages, messages.length) : error;
    });
    delivered.push({ message, outcome });
  }
  return delivered;
}

/** What is said where some outcome did not come in time. */
export function notEnded(delivered: readonly Delivered[], session?: Going): string | undefined {
  const open = delivered.filter(({ outcome }) => outcome === undefined);
  if (open.length === 0) return undefined;
  const names = open.map(({ message }) => `${message.source}/${message.id}`).join(", ");
  const have = `${counted(open.length, "message has", "messages have")} not ended in time`;
  if (session?.context.endsSystem) return `${have} (${names}). ${again}`;
  const messages = open.map(({ message }) => message);
  return `${have}; what was sent goes on by itself (${names}). ${commandsEnd(session, messages)}${look}`;
}

/** The exit code of what was delivered: that of the worst outcome. */
export function exitCodeOfDelivery(codes: readonly number[], delivered: readonly Delivered[]): number {
  if (codes.includes(exitCodes.failed)) return exitCodes.failed;
  return notEnded(delivered) === undefined ? exitCodes.done : exitCodes.notEnded;
}

function sayProgress({ context, environment, say }: Session, message: Outgoing): () => Promise<void> {
  const said = new Set<string>();
  if (message.isCommand) return async () => {};
  return async () => {
    for (const { kind, name, result } of await readProgress(environment.table, message, context.clock.now())) {
      const line = `${result.padEnd(9)} ${kind} ${name}`;
      if (!said.has(line)) say(`  ${line}`);
      said.add(line);
    }
  };
}

/** Where it goes on, and for how long. */
interface Going {
  context: Pick<CliContext, "endsSystem">;
  environment: Pick<Session["environment"], "isLocal">;
}

/** The queues of one machine end with its host. Messages are in its table by then, commands are not. */
function commandsEnd(session: Going | undefined, sent: readonly Pick<Outgoing, "isCommand">[]): string {
  const isOne = session?.environment.isLocal === true && sent.some(({ isCommand }) => isCommand);
  return isOne ? "A command that the local system has not taken in ends with it: then send it again. " : "";
}

const look = "Look later with: outcomes --since 1h";
const again =
  "The system ends now, and with it what is under way: run it again with the same messages, it goes on from there.";

function interrupted(session: Going, messages: readonly Outgoing[], of: number): InterruptedError {
  const sent = messages.length;
  if (sent === 0) return new InterruptedError("Interrupted: nothing was sent.");
  const rest = sent < of ? ` ${of - sent} of ${of} were not sent.` : "";
  const whole = `Interrupted: ${counted(sent, "message was", "messages were")} sent whole`;
  return new InterruptedError(
    session.context.endsSystem
      ? `${whole}.${rest} ${again}`
      : `${whole}, and what was sent goes on without this command line.${rest} ${commandsEnd(session, messages)}${look}`,
  );
}
