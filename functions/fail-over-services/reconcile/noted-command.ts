import { isCarriedByOther, newCarrier } from "../../../shared/activation/intents.ts";
import { openIntents } from "../../../shared/activation/reasons.ts";
import type { Command } from "../../../shared/contract/command.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { noteOutcome } from "../../../shared/outcomes/note-outcome.ts";
import type { Intent } from "../../../shared/records/account/activation.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { toPublish } from "../apply/admit-deactivation.ts";
import { applyRecord } from "../apply/apply-record.ts";
import { recordOutcome } from "../report/service-outcome.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ReconcileDependencies } from "./reconcile-service.ts";

/** Raised where a command stands in its service's record, and what that asks for could not be done: the sweep goes on with it. */
export class CommandNotedError extends Error {
  override readonly name = "CommandNotedError";
  readonly service: WatchedService;
  /** The command as a person would say it. */
  readonly words: string;

  /** @param cause why it could not be done */
  constructor(service: WatchedService, words: string, cause: unknown) {
    super(`${displayName(service.name)}: ${words} is noted, but ${String(cause)}`, { cause });
    this.service = service;
    this.words = words;
  }
}

/** Whether a change is what a command has ordered. */
export function isOrderedBy({ source, id }: Pick<Command, "source" | "id">, { outcome }: Intent): boolean {
  return outcome?.cause.source === source && outcome.cause.id === id;
}

/** How long RingCX is tried once more for a command that is ended, in milliseconds. */
const lastTrialMs = 1_000;

/**
 * Ends a command that stands in the record and that RingCX does not do: its sender is told so, once, and what becomes of the
 * change later is told by itself. In one write, so that a command never has two outcomes, and published by whoever comes next
 * should this process die.
 *
 * @param because in words, ends with a full stop
 * @returns whether it has ended; otherwise nothing of it is left that is its own, or another process is at it
 */
export async function endNotedCommand(
  dependencies: ReconcileDependencies,
  command: Command,
  { service, words }: CommandNotedError,
  because: string,
): Promise<boolean> {
  const { activation, clock } = dependencies;
  const { accountId } = command.data;
  const { source, id, type } = command;
  const result = await retryLostWrites(dependencies, async () => {
    const now = clock.now();
    const deadline = now + lastTrialMs;
    const carrier = newCarrier(deadline);
    const record = await activation.get(service.name);
    const own = openIntents(record).find((intent) => isOrderedBy(command, intent));
    // What is done and not told yet is told by the sweep.
    if (!own) return { isEnded: (record.intents ?? []).some((intent) => isOrderedBy(command, intent)) };
    if (isCarriedByOther(record, carrier, now)) return { isEnded: false };
    const change = own.isActive ? "activated" : "deactivated";
    const name = displayName(service.name);
    const outcome: OutcomeData = {
      status: "FAILED",
      summary: `${name} is not ${change} yet: ${words}; ${because} It stays noted, each sweep tries it again, and it is told when it is done.`,
      accountId,
      cause: { source, id, type },
      resources: [{ kind: "httpService", name, result: "FAILED", changes: [`not ${change} yet`] }],
    };
    const says = recordOutcome(service, record, now);
    const intents = (record.intents ?? []).map((one) =>
      one.generation === own.generation ? { ...one, outcome: noteOutcome(says(one, one.generation)) } : one,
    );
    const noted = toPublish({ ...record, intents }, outcome, carrier, now);
    const written = await activation.changeIf(service.name, record, noted);
    return written && { isEnded: true, written, carrier, deadline };
  });
  if (!result) throw contendedError(`the record of ${displayName(service.name)}`);
  const { isEnded, written, carrier, deadline } = result;
  if (written) {
    // It is in the record: what fails here the next sweep does.
    await applyRecord(dependencies, service, written, { carrier, deadline }).catch(() => undefined);
  }
  return isEnded;
}
