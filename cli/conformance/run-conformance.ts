import type { Clock } from "../../shared/primitives/clock.ts";
import type { Quota } from "../../shared/ringcx/quota/quota.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { ConnectionCredentials } from "../../shared/ringcx/session/connection-secret.ts";
import { deletesActiveOnly, servicesLeft } from "./budget.ts";
import { type Caller, createCaller } from "./caller.ts";
import { type Exchange, type Row, rowsOf, Seen } from "./exchange.ts";
import { findingsOf } from "./findings/all.ts";
import type { Findings } from "./findings/finding.ts";
import { learn, namesOf } from "./learn.ts";
import type { Mark } from "./mark.ts";
import { claimGroup, findGroup, type Groups, type IsOver, releaseGroup, settleMs } from "./own-group.ts";
import { ownGroup, runOf } from "./own-names.ts";
import { createRawLogin, type RawLogin } from "./raw-login.ts";
import { linkedInGroups, linkedInTree, readAuthConfigs, removeOwn, removeServices } from "./sandbox.ts";
import { outliveToken, tryAccess } from "./steps/access.ts";
import { measureLimits } from "./steps/limits.ts";

/** What a run is made of. */
export interface ConformanceOptions {
  account: string;
  connection: Pick<Connection, "ringcxUrl" | "platformUrl">;
  credentials: ConnectionCredentials;
  /** Of this run alone: {@link createMark}. */
  mark: Mark;
  /** Whether another run's process is known to have ended. @default it is not known */
  isOver?: IsOver;
  /** Called before the first write that makes something. */
  begins?(): Promise<void>;
  /** Every request takes its place in it. */
  quota: Quota;
  clock: Clock;
  /** Aborted by Ctrl-C: the run then cleans up and ends. */
  interrupted: AbortSignal;
  /** How far it has come. */
  say(line: string): void;
  /** Whether the rate limit is used up, to see how it counts. @default false */
  measuresLimit?: boolean;
}

/** What a run came to. */
export interface ConformanceResult {
  findings: Findings;
  exchanges: readonly Exchange[];
  /** What must be replaced in the exchanges before anybody sees them. */
  secrets: readonly string[];
  /** What could not be removed, in words. */
  left: readonly string[];
  /** Why it ended before it was through: Ctrl-C, or an error. What was found until then is there all the same. */
  endedBy?: unknown;
}

/**
 * Finds out how RingCX behaves: in a group of its own, which takes no calls, and with auth configs of its own. Whatever
 * happens, it removes afterwards what it made, and before what an earlier run left. It writes to nothing that does not carry
 * the mark of a run ({@link runOf}).
 *
 * @throws {AutomationError} before anything was made: when a login fails, the account is not one that the login sees, another
 *   run is at work or the group holds what no run made
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { clock, say, isOver = () => false } = options;
  const seen = new Seen(options.mark);
  const login = createRawLogin({ ...options, clock, seen });
  const caller = createCaller({ ...options, login, seen });
  await tryAccess(caller, login);
  seen.close(["tokens.refresh", "tokens.unauthorized"]);
  const groups = await findGroup(caller, isOver);
  await options.begins?.();
  const left: string[] = [];
  const state = { isSole: false };
  /** Exchanges before anything was made. */
  let from = seen.exchanges.length;
  let endedBy: unknown;
  try {
    say("marking the group, and looking for half a minute whether another run begins");
    await claimGroup(caller, groups, isOver);
    state.isSole = true;
    const configs = await readAuthConfigs(caller, "authConfigs.before");
    left.push(...(await removeLeftovers(caller, groups, { configs, say })));
    from = seen.exchanges.length;
    const counts = { groups: groups.others.length + groups.ownIds.length, authConfigs: configs.length };
    await learn(caller, { serviceGroupId: groups.serviceGroupId, counts, say });
  } catch (error) {
    endedBy = error;
  }
  // A run that is broken off has not waited for its last writes: what it made may not be listed yet.
  const waitMs = endedBy === undefined ? 0 : settleMs;
  if (state.isSole) left.push(...(await removeMade(caller, groups, { say, waitMs, from })));
  // Two that measure the limit at once would measure each other.
  const isHeld = options.measuresLimit === true && endedBy === undefined;
  if (!isHeld) left.push(await giveBack(caller, groups, state.isSole));
  if (!state.isSole) {
    for (const one of left) say(`left: ${one}`);
    throw endedBy;
  }
  try {
    if (endedBy === undefined) await waitAndMeasure(caller, login, { ...options, groups });
  } catch (error) {
    endedBy = error;
  }
  if (isHeld) left.push(await giveBack(caller, groups, true));
  if (endedBy !== undefined) seen.endedBy = options.interrupted.aborted ? "interrupted" : "failed";
  for (const one of new Set(left)) say(`left: ${one}`);
  return {
    findings: findingsOf(seen),
    exchanges: seen.exchanges,
    secrets: login.secrets,
    left: [...new Set(left)],
    ...(endedBy !== undefined && { endedBy }),
  };
}

/** Removes what an earlier run left: it is over, as the group was free. */
async function removeLeftovers(
  caller: Caller,
  { ownIds, others }: Groups,
  { configs, say }: { configs: readonly Row[]; say(line: string): void },
): Promise<string[]> {
  const services = caller.seen.exchanges.filter(({ label }) => label === "group.before").flatMap(rowsOf);
  if (![...services, ...configs].some((row) => runOf(row) !== undefined)) return [];
  say("removing what an earlier run left");
  return removeOwn(caller, {
    groupIds: ownIds,
    goes: () => true,
    linkedElsewhere: () => linkedInGroups(caller, others),
  });
}

/** How often what a run has made is looked for that was broken off, in milliseconds. */
const lookMs = 3_000;

/**
 * Removes what this run made; Ctrl-C does not stop it.
 *
 * @param from the exchanges before it made anything
 * @param waitMs how long what was made may not be listed: what is listed goes at once
 * @returns what is left, in words
 */
async function removeMade(
  caller: Caller,
  groups: Groups,
  { say, waitMs, from }: { say: (line: string) => void; waitMs: number; from: number },
): Promise<string[]> {
  const { seen } = caller;
  caller.finish(true);
  caller.keepWithin(undefined);
  say(
    waitMs > 0
      ? "removing what was made, once all of it is listed: half a minute, then the report. Another Ctrl-C ends it at once, without a report; the next run then removes what is left"
      : "removing what was made",
  );
  const removal = {
    groupIds: [groups.serviceGroupId],
    goes: ({ text }: Mark) => text === seen.mark.text,
    linkedElsewhere: () => linkedInTree(caller, groups.ownIds),
    activatesFirst: deletesActiveOnly(seen.exchanges),
    gone: new Set<number>(),
  };
  try {
    const until = caller.clock.now() + waitMs;
    // What is active, as a clone may be born, is so no longer than until it is listed.
    for (let now = caller.clock.now(); now < until; now = caller.clock.now()) {
      if (servicesLeft(seen.exchanges.slice(from)) > 0) await removeServices(caller, { ...removal, isAtOnce: true });
      await caller.sleep(Math.min(lookMs, until - now));
    }
    return await removeOwn(caller, removal);
  } catch (error) {
    return [
      `what was made, in the run's group and auth configs named "conformance ${seen.mark.text} ...": ${String(error)}. Run the command again, it removes them`,
    ];
  } finally {
    caller.finish(false);
  }
}

/** The group's name is free again for the next run; Ctrl-C does not stop it. @returns what is left, in words */
async function giveBack(caller: Caller, groups: Groups, isSole: boolean): Promise<string> {
  caller.finish(true);
  const isReleased = await releaseGroup(caller, groups, isSole).catch(() => false);
  caller.finish(false);
  return isReleased
    ? `the group "${ownGroup}": RingCX has no call that deletes a group, the admin page has`
    : `the group's name, which says for half an hour that a run is at work: the next one may have to wait so long`;
}

async function waitAndMeasure(
  caller: Caller,
  login: RawLogin,
  { say, measuresLimit, groups }: Pick<ConformanceOptions, "say" | "measuresLimit"> & { groups: Groups },
): Promise<void> {
  say("waiting for the end of a token: five minutes");
  await outliveToken(caller, login);
  caller.seen.close(["tokens.life", "tokens.expiresIn"]);
  if (measuresLimit === true) {
    say("using the rate limit up, three times: ten minutes");
    await measureLimits(caller, login, groups.serviceGroupId);
  }
  caller.seen.close(namesOf("rate.", "tokens.sessions"));
}
