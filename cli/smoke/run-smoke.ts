import { v7 as uuid } from "uuid";
import type { Command } from "../../shared/contract/command.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import type { Session } from "../command.ts";
import { deliver } from "../deliver.ts";
import { checked, cliSource, type Outgoing, readOutgoing } from "../files/outgoing.ts";
import { ringCxReader } from "../read/ringcx-account.ts";
import { readAuthConfigs, readCredentialHistory } from "../read/rotation-history.ts";
import { readServices } from "../read/services.ts";
import { createThrowaway, manifests, names, retired, type Throwaway } from "./throwaway.ts";

/** One line of the result. */
export interface SmokeLine {
  what: string;
  /** Nothing where it could not be seen here. */
  holds: boolean | undefined;
  /** What was seen. */
  found: string;
  /** What to do where it does not hold. */
  advice?: string;
}

/** How long is waited for each thing, in milliseconds. */
export interface Patience {
  outcomeMs: number;
  /** An alarm's event is here at once, the sweep within a minute. */
  alarmMs: number;
  /** The schedule of rotation comes every five minutes. */
  rotationMs: number;
}

/** What the steps share. */
interface Smoke {
  session: Session;
  accountId: string;
  throwaway: Throwaway;
  patience: Patience;
  note(line: SmokeLine): void;
}

/** What stands before a line. */
export function markOf({ holds }: SmokeLine): "✓" | "✗" | "?" {
  if (holds === undefined) return "?";
  return holds ? "✓" : "✗";
}

/** How often it is looked, in milliseconds: each look at RingCX is a request of the shared quota. */
function lookEveryMs({ isLocal }: Session["environment"]): number {
  return isLocal ? 1_000 : 5_000;
}

/**
 * Does the three jobs once, with throwaway resources, and removes them; whatever happens in between. What does not hold ends
 * it, as the rest builds on it.
 *
 * @throws {InterruptedError} at Ctrl-C, when everything has been removed
 */
export async function runSmoke(session: Session, accountId: string, patience: Patience): Promise<SmokeLine[]> {
  const { environment, context } = session;
  const lines: SmokeLine[] = [];
  const throwaway = createThrowaway(environment, accountId, context.clock);
  const smoke: Smoke = {
    session,
    accountId,
    throwaway,
    patience,
    note: (line) => {
      lines.push(line);
      session.say(`${markOf(line)} ${line.what}`);
    },
  };
  smoke.note({
    what: "the environment is reached",
    holds: true,
    found: `${environment.name} in ${environment.region}`,
  });
  const elsewhere = context.process.env?.AWS_ENDPOINT_URL;
  if (elsewhere !== undefined && !environment.isLocal) {
    smoke.note({
      what: "the roles permit what is needed, and no more",
      holds: undefined,
      found: `could not be seen here: AWS_ENDPOINT_URL is set, and what answers there may check no permission`,
    });
  }
  try {
    for (const step of [provisions, failsOver, rotates]) if (!(await step(smoke))) break;
  } finally {
    // A second Ctrl-C ends the process; the next run then takes over what is there.
    const calm = { ...session, context: { ...context, interrupted: new AbortController().signal } };
    await removeAll({ ...smoke, session: calm });
  }
  return lines;
}

/** A dry run, then the same for good. */
async function provisions(smoke: Smoke): Promise<boolean> {
  const { throwaway, session } = smoke;
  const alarmArn = await throwaway.makeAlarm();
  await throwaway.makeSecret();
  const resources = manifests({ alarmArn, secretId: throwaway.secretId });
  const advice = "ops doctor; ops outcomes --since 1h; ops rejected list";
  const planned = await outcomeOf(smoke, resources, { isDryRun: true });
  const isPlanned = ["PLANNED", "NO_CHANGE"].includes(planned?.data.status ?? "");
  smoke.note({ what: "a dry run is answered", holds: isPlanned, found: told(planned), advice });
  if (!isPlanned) return false;
  const applied = await outcomeOf(smoke, resources, {});
  const isApplied = ["SUCCEEDED", "NO_CHANGE"].includes(applied?.data.status ?? "");
  smoke.note({
    what: "a message becomes a service, through the queue",
    holds: isApplied,
    found: told(applied),
    advice,
  });
  if (!isApplied) return false;
  session.say("asking RingCX");
  return becomes(smoke, { isActive: true, what: "the service is active in RingCX", waitMs: 30_000, advice });
}

/** The alarm fires, and is over. */
async function failsOver(smoke: Smoke): Promise<boolean> {
  const { throwaway, patience } = smoke;
  const advice =
    "ops outcomes --since 1h; ops doctor; are failover's schedule and its rule for alarms on, and its queue read?";
  await throwaway.setAlarm("ALARM");
  const what = "an alarm takes the service out";
  const noticed = "an alarm takes the service out, once the blast radius, which others have used up, is released";
  const release = releaseOnce(smoke);
  const isOut = await becomes(smoke, {
    isActive: false,
    what: async () => ((await release()) ? noticed : what),
    waitMs: patience.alarmMs,
    advice,
  });
  await throwaway.setAlarm("OK");
  if (!isOut) return false;
  return becomes(smoke, { isActive: true, what: "its end brings the service back", waitMs: patience.alarmMs, advice });
}

/**
 * Where outages of other services have used up the blast radius the alarm is noticed and the service left active: the command
 * `release` then takes it out, as a person would. @returns whether that was so
 */
function releaseOnce({ session, accountId, patience }: Smoke): () => Promise<boolean> {
  let isReleased = false;
  return async () => {
    const { services } = await readServices(session.environment.table, accountId);
    const own = services.find(
      ({ name }) => name.groupName === names.group && name.serviceDescription === names.service,
    );
    if (isReleased || own?.memory.suppressed === undefined) return isReleased;
    isReleased = true;
    const now = session.context.clock.now();
    const command: Command = {
      specversion: "1.0",
      id: uuid(),
      source: cliSource,
      type: "ringcx.command.v1",
      time: new Date(now).toISOString(),
      data: {
        command: "release",
        accountId,
        groupName: names.group,
        serviceDescription: names.service,
        by: session.context.user,
        why: "smoke test",
      },
    };
    await deliver(session, [checked(JSON.stringify(command), { now, accounts: [accountId] })], {
      timeoutMs: patience.outcomeMs,
    });
    return true;
  };
}

/** A new version of the secret reaches the auth config. */
async function rotates({ session, accountId, throwaway, patience, note }: Smoke): Promise<boolean> {
  const { environment } = session;
  const versionId = await throwaway.putVersion();
  const isThere = await eventually(session, patience.rotationMs, async () => {
    const config = (await readAuthConfigs(environment.table, accountId)).find(
      ({ providerName }) => providerName === names.authConfig,
    );
    if (!config) return false;
    const { state } = (await readCredentialHistory(environment.table, config)).record;
    return state.kind === "APPLIED" && state.applied.versionId === versionId;
  });
  note({
    what: "a new version of a secret reaches RingCX",
    holds: isThere,
    found: isThere ? `version ${versionId.slice(0, 8)}` : `not within ${minutes(patience.rotationMs)}`,
    advice: `ops rotations "${names.authConfig}"; is rotation's schedule on?`,
  });
  return isThere;
}

async function removeAll(smoke: Smoke): Promise<void> {
  const { throwaway, note } = smoke;
  smoke.session.say("removing what was made");
  const attempt = async (what: string, advice: string, remove: () => Promise<string>) => {
    try {
      note({ what, holds: true, found: await remove() });
    } catch (error) {
      note({ what, holds: false, found: error instanceof Error ? error.message : String(error), advice });
    }
  };
  const again = "run smoke again: it takes over what is there and removes it";
  await attempt("service and auth config are removed", again, async () => {
    const outcome = await outcomeOf(smoke, retired, { type: "ringcx.retire.v1" });
    if (!["SUCCEEDED", "NO_CHANGE"].includes(outcome?.data.status ?? "")) throw new Error(told(outcome));
    return `${told(outcome)} The group "${names.group}" stays: RingCX has no call that deletes one.`;
  });
  await attempt("the alarm is removed", again, async () => {
    await throwaway.removeAlarm();
    return throwaway.secretId;
  });
  await attempt("the secret is removed", again, async () => {
    await throwaway.removeSecret();
    return throwaway.secretId;
  });
}

async function becomes(
  { session, accountId, note }: Smoke,
  wanted: { isActive: boolean; what: string | (() => Promise<string>); waitMs: number; advice: string },
): Promise<boolean> {
  const { isActive, what, waitMs, advice } = wanted;
  const reader = ringCxReader(session.environment, accountId, session.context);
  const startedAt = session.context.clock.now();
  const say = typeof what === "string" ? async () => what : what;
  const holds = await eventually(session, waitMs, async () => {
    await say();
    const service = (await reader.services()).find(
      ({ name }) => name.groupName === names.group && name.serviceDescription === names.service,
    );
    return service !== undefined && (service.service.isEnabled === true) === isActive;
  });
  const seconds = Math.round((session.context.clock.now() - startedAt) / 1_000);
  const state = isActive ? "active" : "inactive";
  note({
    what: await say(),
    holds,
    found: holds ? `${state} after ${seconds} s` : `not ${state} within ${minutes(waitMs)}`,
    advice,
  });
  return holds;
}

async function eventually(
  { context, environment }: Session,
  waitMs: number,
  isSo: () => Promise<boolean>,
): Promise<boolean> {
  const until = context.clock.now() + waitMs;
  for (;;) {
    if (await isSo()) return true;
    if (context.clock.now() >= until) return false;
    await context.clock.sleep(lookEveryMs(environment), context.interrupted);
  }
}

async function outcomeOf(
  { session, accountId, patience }: Smoke,
  resources: readonly object[],
  { type = "ringcx.apply.v1", isDryRun = false },
): Promise<StoredOutcome | undefined> {
  const { now } = session.context.clock;
  const text = JSON.stringify({ type, data: { accountId, resources } });
  const messages: Outgoing[] = readOutgoing(text, {
    file: "smoke",
    now: now(),
    accounts: [accountId],
    variables: {},
    isDryRun,
  });
  const [delivered] = await deliver(session, messages, { timeoutMs: patience.outcomeMs });
  return delivered?.outcome;
}

function told(outcome: StoredOutcome | undefined): string {
  return outcome ? `${outcome.data.status}: ${outcome.data.summary}` : "no outcome came in time";
}

function minutes(ms: number): string {
  return `${Math.round(ms / 6_000) / 10} minutes`;
}
