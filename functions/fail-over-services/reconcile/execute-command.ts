import { isDeepStrictEqual } from "node:util";
import { decideActivation, desiredActivation, isForOutageAlone } from "../../../shared/activation/decide-activation.ts";
import { newCarrier, nextStep, withIntent } from "../../../shared/activation/intents.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import { findServiceByName } from "../../../shared/activation/service-ids.ts";
import type { Command } from "../../../shared/contract/command.ts";
import type { Cause } from "../../../shared/contract/outcome.ts";
import { tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import { nearest } from "../../../shared/primitives/nearest.ts";
import type {
  ActivationChange,
  Carrier,
  Intent,
  StoredActivation,
} from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { commandMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { applyRecord } from "../apply/apply-record.ts";
import { type LookedAt, lookFirst, sendsAnyway } from "../apply/look-first.ts";
import { commandChange, isKnownCommand } from "../outage/command-change.ts";
import { pendingWords, plannedWords, unchangedWords } from "../report/command-words.ts";
import { changeOutcome } from "../report/service-outcome.ts";
import { standingOf } from "../report/standing.ts";
import { calledOtherwise } from "../watchlist/called-otherwise.ts";
import { findByFormerName, isKnownElsewhere, isMessageAbout } from "../watchlist/former-names.ts";
import {
  readWatchedService,
  readWatchedServices,
  undeclaredService,
  type WatchedService,
} from "../watchlist/watched-services.ts";
import { CommandNotedError, isOrderedBy } from "./noted-command.ts";
import type { ReconcileDependencies } from "./reconcile-service.ts";

/** Raised for a command about a service that does not exist: the sender must correct it. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";
  /** How to mend it, as it is known. */
  readonly hint: string;
  /** RingCX alone says so, and what it lists may be older than what was just written. */
  readonly isUnsure: boolean;

  constructor(message: string, hint: string, { isUnsure = false } = {}) {
    super(message);
    this.hint = hint;
    this.isUnsure = isUnsure;
  }
}

/**
 * Does what a person orders, and publishes what came of it, also where nothing had to be done or something still holds.
 * A command that was sent before one that was carried out already is superseded. One that comes again, after whatever
 * others, changes nothing more: only what the record says is brought to RingCX, if that failed.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @throws {ServiceUnknownError}
 */
export async function executeCommand(
  dependencies: ReconcileDependencies,
  command: Command,
  deadline: number,
): Promise<void> {
  const isDone = await retryLostWrites(dependencies, () => executeOnce(dependencies, command, deadline));
  if (!isDone) throw contendedError(`the record of ${displayName(command.data)}`);
}

/** @returns `undefined` when another writer was quicker */
async function executeOnce(
  dependencies: ReconcileDependencies,
  command: Command,
  deadline: number,
): Promise<true | undefined> {
  const { clock, outcomes, activation } = dependencies;
  const { data, source, id, type } = command;
  const service = await findService(dependencies, data, deadline);
  const cause: Cause = { source, id, type };
  const name = displayName(service.name);
  const words = `${data.command} by ${data.by}: ${data.why}`;
  const common = { accountId: data.accountId, cause };
  const isEnforced = (service.health.mode ?? dependencies.settings.mode) === "enforce";
  const changeOf = (record: StoredActivation) => commandChange(command, record, clock.now(), { isEnforced });

  const isAnew =
    service.isUndeclared === true && !(await isKnownElsewhere(dependencies.table, service.name, service.serviceId));
  const known = await activation.get(service.name, { isAnew });
  const last = commandMemoryOf(known);
  const isRepeated = isKnownCommand(command, last);
  if (last && !isRepeated && Date.parse(last.commandTime) > Date.parse(command.time)) {
    if (await tellAsBefore(dependencies, cause)) return true;
    const summary = `${name}: ${words} was not carried out, because a later command came first.`;
    await outcomes.publish({ ...common, status: "SUPERSEDED", summary });
    return true;
  }
  if (data.dryRun === true) {
    if (await tellAsBefore(dependencies, cause)) return true;
    const summary = plannedWords(service, words, known, changeOf(known), clock.now());
    await outcomes.publish({ ...common, status: "PLANNED", summary });
    return true;
  }
  const seen = { service, record: known, deadline };
  const looked = isRepeated
    ? { record: known, isUnknown: false }
    : await lookFirst(dependencies, seen, changeOf(known));
  if (!looked) return undefined;
  const before = looked.record;
  const now = clock.now();
  const carrier = newCarrier(deadline);
  const changes = { ...changeOf(before), ...orderAnyway(command, looked, now) };
  const { next } = standingOf(recordAfter(before, changes, now), now, service);
  const isMeantActive = meantState[data.command];
  const ordered = isRepeated
    ? undefined
    : changesNoReason(before, changes, now)
      ? changes
      : withIntent(before, changes, {
          carrier,
          now,
          because: { words, ...(isMeantActive !== undefined && { isActive: isMeantActive }) },
          outcomeOf: (change, generation) =>
            changeOutcome({ service, because: change.because, cause, ...(next !== undefined && { next }) })(
              change,
              generation,
            ),
        }).change;
  const written = ordered ? await activation.changeIf(service.name, before, ordered) : before;
  // Somebody wrote at the same moment: what the command changes may be another thing now.
  if (!written) return undefined;
  const noted = { service, record: written, words, carrier, generation: ordered?.generation, isRepeated, deadline };
  try {
    await carryOut(dependencies, command, noted);
    return true;
  } catch (error) {
    throw new CommandNotedError(service, words, error);
  }
}

/** A command as it stands in its service's record. */
interface NotedCommand {
  service: WatchedService;
  record: StoredActivation;
  words: string;
  carrier: Carrier;
  /** Number of its intent, where it has one that is noted now. */
  generation: number | undefined;
  isRepeated: boolean;
  deadline: number;
}

/** Brings what the record asks for to RingCX, as far as the command orders it, and tells what came of it. */
async function carryOut(
  dependencies: ReconcileDependencies,
  command: Command,
  { service, record: noted, words, carrier, generation, isRepeated, deadline }: NotedCommand,
): Promise<void> {
  const { clock, outcomes } = dependencies;
  const { source, id, type } = command;
  const cause: Cause = { source, id, type };
  const unchanged = { accountId: command.data.accountId, cause, status: "NO_CHANGE" as const };
  const isOrdered = (intent: Intent) => isOrderedBy(command, intent);
  const pending = pendingChange(noted, isOrdered, clock.now());
  if (pending) {
    if (await tellAsBefore(dependencies, cause)) return;
    await outcomes.publish({ ...unchanged, summary: pendingWords(service, words, noted, pending, clock.now()) });
    return;
  }
  // Applied whatever the mode is, and what it orders past all guards: they are about what automation does by itself.
  const { record, published } = await applyRecord(dependencies, service, noted, { carrier, deadline, isOrdered });
  if (generation !== undefined && published.includes(generation)) return;
  // Whoever was at the record has perhaps carried it out, and told it; or the record that knew it was deleted with its service.
  if (await tellAsBefore(dependencies, cause)) return;
  const { until } = command.data;
  const isLate = !isRepeated && until !== undefined && Date.parse(until) <= clock.now();
  const when = isRepeated
    ? ", taken in before"
    : isLate
      ? `, whose time was over at ${until} when it was taken up: it never held`
      : "";
  const summary = unchangedWords(service, `${words}${when}`, record, clock.now());
  await outcomes.publish({ ...unchanged, summary });
}

/** What a command is meant to bring about. Where another reason brings about the opposite, that is told instead. */
const meantState: Readonly<Partial<Record<Command["data"]["command"], boolean>>> = {
  activate: true,
  override: true,
  deactivate: false,
  "keep-inactive": false,
};

/**
 * Where nobody knows what RingCX has, what is ordered is brought about by a PUT. What is to be inactive is not believed to be so
 * by the record alone, either: a click that nobody has seen yet would leave it active.
 */
function orderAnyway(command: Command, looked: LookedAt, now: number): ActivationChange {
  const isMeantActive = meantState[command.data.command];
  const after = recordAfter(looked.record, commandChange(command, looked.record, now), now);
  const isOrdered = desiredActivation(after, now).isActive === isMeantActive;
  const isUnknown = looked.isUnknown || (looked.isUnanswered === true && isMeantActive === false);
  if (!isUnknown || isMeantActive === undefined || !isOrdered) return {};
  return sendsAnyway({ ...looked, isUnknown }, isMeantActive, now);
}

/**
 * Whether a service is to go out for the same reasons as without the command: that waits for the guards, and keeps its own
 * words.
 */
function changesNoReason(before: StoredActivation, change: ActivationChange, now: number): boolean {
  const after = recordAfter(before, change, now);
  const isGoingOut = [before, after].every((one) => decideActivation(one, now).action === "deactivate");
  return isGoingOut && isDeepStrictEqual(reasonsInForce(before, now), reasonsInForce(after, now));
}

/** What is to be done next of which the command is not the cause: it waits for the guards, and for whoever asks them. */
function pendingChange(
  record: StoredActivation,
  isOrdered: (intent: Intent) => boolean,
  now: number,
): Pick<Intent, "isActive"> | undefined {
  const step = nextStep(record, now);
  if (step.kind === "apply" && !isOrdered(step.intent)) return step.intent;
  return step.kind === "note" && !step.isActive && isForOutageAlone(record, now) ? step : undefined;
}

/** One that neither a manifest nor a tag made known, or of which neither can be read, is looked up in RingCX. */
async function findService(
  dependencies: ReconcileDependencies,
  { accountId, groupName, serviceDescription }: ServiceName,
  deadline: number,
): Promise<WatchedService> {
  const name = { accountId, groupName, serviceDescription };
  const known = await readWatchedService(dependencies, name).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return undefined;
  });
  if (known) {
    const otherwise = await calledOtherwise(dependencies, known.service, deadline);
    if (otherwise) throw new ServiceUnknownError(otherwise.message, otherwise.hint, { isUnsure: true });
    return known.service;
  }
  const account = dependencies.ringcxFor(accountId).account(accountId, { priority: "urgent", deadline });
  const found = await findServiceByName(account, name);
  if (!found) {
    const now = await findByFormerName(dependencies.table, name);
    if (now) {
      throw new ServiceUnknownError(
        `account ${accountId} has no service "${displayName(name)}" any more: it is called "${displayName(now)}" now`,
        `send the command for "${displayName(now)}"`,
      );
    }
    const what = `account ${accountId} has no service "${displayName(name)}"`;
    if (await isMessageAbout(dependencies.table, name)) {
      throw new ServiceUnknownError(
        `${what} yet: a message about it is being worked on`,
        "send the command again once that message has ended; a service that it renames has its old name until then",
      );
    }
    const { services } = await readWatchedServices(dependencies, accountId);
    const known = services.map(({ service }) => displayName(service.name));
    throw new ServiceUnknownError(
      `${what}: check both names.${nearest(displayName(name), known)}`,
      "name the group and the service as RingCX does: `ops list services` shows them",
      { isUnsure: true },
    );
  }
  const { groupName: group, serviceDescription: service, ...ids } = found;
  // It may be known under another spelling, or another name: what a command says must not stand beside what is known.
  const { services } = await readWatchedServices(dependencies, accountId);
  const knownAs = services.find((one) => one.service.serviceId === ids.serviceId);
  return knownAs?.service ?? undeclaredService({ accountId, groupName: group, serviceDescription: service }, ids);
}
