import { assumptionNames } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Clock } from "../../shared/primitives/clock.ts";
import type { Quota } from "../../shared/ringcx/quota/quota.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { ConnectionCredentials } from "../../shared/ringcx/session/connection-secret.ts";
import { type Budget, BudgetSpentError, createBudget, deletesActiveOnly } from "./budget.ts";
import { type Caller, createCaller } from "./caller.ts";
import { type Exchange, Seen } from "./exchange.ts";
import { findingsOf } from "./findings/all.ts";
import type { Findings } from "./findings/finding.ts";
import { ownGroup } from "./own-names.ts";
import { mostRequests } from "./plan.ts";
import { createRawLogin } from "./raw-login.ts";
import { openGroup, readAuthConfigs, readOwnGroups, removeOwn } from "./sandbox.ts";
import { outliveToken, tryAccess } from "./steps/access.ts";
import { deleteInUse, tryAuthConfigs } from "./steps/auth-configs.ts";
import { measureLimits } from "./steps/limits.ts";
import { readLongList, readPages } from "./steps/lists.ts";
import { deleteInactive, tryErrors, tryNames } from "./steps/names-and-errors.ts";
import { changeMainService, linkMainService, makeMainService, saveInputs, switchAndClone } from "./steps/services.ts";

/** What a run is made of. */
export interface ConformanceOptions {
  account: string;
  connection: Pick<Connection, "ringcxUrl" | "platformUrl">;
  credentials: ConnectionCredentials;
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
}

/**
 * Finds out how RingCX behaves: in a group of its own, which takes no calls, and with auth configs of its own. Whatever
 * happens, it removes afterwards what it made, and before what an earlier run left.
 *
 * @throws {AutomationError} when a login fails or RingCX does not answer; what was made is removed all the same
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { clock, say } = options;
  const seen = new Seen();
  const login = createRawLogin({ ...options, clock, seen });
  const caller = createCaller({ ...options, login, seen });
  await tryAccess(caller, login);
  const { own, count } = await readOwnGroups(caller, "groups.listed");
  const configs = await readAuthConfigs(caller, "authConfigs.before");
  if (own.length > 0 || configs.length > 0) {
    say("looking for what an earlier run left");
    await removeOwn(caller, own);
  }
  let left: string[] = [];
  const groups: number[] = [...own];
  try {
    await learn(caller, { own: groups, counts: { groups: count, authConfigs: configs.length }, say });
  } finally {
    caller.finish(true);
    caller.keepWithin(undefined);
    say("removing what was made");
    left = await removeOwn(caller, groups, { activatesFirst: deletesActiveOnly(seen.exchanges) }).catch(
      (error: unknown) => [
        `everything in the group "${ownGroup}" and the auth configs whose names begin with "conformance ": ${String(error)}. Run the command again, it removes them`,
      ],
    );
    if (groups.length > 0)
      left.push(`the group "${ownGroup}": RingCX has no call that deletes a group, the admin page has`);
    for (const one of left) say(`left: ${one}`);
  }
  caller.finish(false);
  say("waiting for the end of a token: five minutes");
  await outliveToken(caller, login);
  const [serviceGroupId] = groups;
  if (options.measuresLimit === true && serviceGroupId !== undefined) {
    say("using the rate limit up, three times: ten minutes");
    await measureLimits(caller, login, serviceGroupId);
  }
  return { findings: findingsOf(seen), exchanges: seen.exchanges, secrets: login.secrets, left };
}

/** A part of what is learned. */
interface Part {
  say: string;
  /** What the names begin with of the assumptions that are asked about. */
  about: readonly string[];
  ask(): Promise<void>;
}

/** Asks as much as the budget allows, what is worth most first. @param own groups of the run's own; its group is added */
async function learn(
  caller: Caller,
  { own, counts, say }: { own: number[]; counts: { groups: number; authConfigs: number }; say(line: string): void },
): Promise<void> {
  const budget = createBudget(caller.seen, mostRequests());
  caller.keepWithin(budget);
  const parts = await partsOf(caller, { own, counts, budget });
  for (const [index, part] of parts.entries()) {
    say(part.say);
    try {
      await part.ask();
    } catch (error) {
      if (!(error instanceof BudgetSpentError)) throw error;
      const begin = parts.slice(index).flatMap(({ about }) => about);
      const names = assumptionNames.filter((name) => begin.some((one) => name.startsWith(one)));
      for (const name of names) caller.seen.notAsked.add(name);
      return;
    }
  }
}

async function partsOf(
  caller: Caller,
  { own, counts, budget }: { own: number[]; counts: { groups: number; authConfigs: number }; budget: Budget },
): Promise<Part[]> {
  const serviceGroupId = await openGroup(caller, own);
  if (!own.includes(serviceGroupId)) own.push(serviceGroupId);
  const run = { caller, serviceGroupId };
  let main: number;
  let authConfigId: string | undefined;
  return [
    {
      say: "services",
      about: ["services.", "consistency."],
      async ask() {
        main = await makeMainService(run);
        await changeMainService(run, main);
      },
    },
    {
      say: "auth configs",
      about: ["services.authLink", "services.putAnswer", "authConfigs."],
      async ask() {
        authConfigId = await tryAuthConfigs(run);
        if (authConfigId !== undefined) await linkMainService(run, main, authConfigId);
      },
    },
    {
      say: "inputs and clones",
      about: ["services.i", "services.setActiveAnswer", "inputs.", "clones."],
      async ask() {
        await saveInputs(run, main);
        await switchAndClone(run, main);
      },
    },
    {
      say: "names and errors",
      about: ["services.inactiveDelete", "names.", "errors."],
      async ask() {
        await tryNames(run);
        await deleteInactive(run);
        await tryErrors(run);
      },
    },
    {
      say: "lists",
      about: ["lists.", "authConfigs.deleteInUse"],
      async ask() {
        if (authConfigId !== undefined) await deleteInUse(run, authConfigId);
        await readLongList(run, counts);
        await readPages(run, budget);
      },
    },
  ];
}
