import { AutomationError } from "../../shared/primitives/errors.ts";
import type { Caller } from "./caller.ts";
import { isDone, type Row, recordOf } from "./exchange.ts";
import type { Mark } from "./mark.ts";
import { groupState, ownGroup, runningGroupName, runOf } from "./own-names.ts";
import { idOf, readGroups, readServices } from "./sandbox.ts";

/** A group of another run is taken for one at work for so long, in milliseconds: more than a run with `--measure-limit` takes. */
export const workingMs = 30 * 60_000;

/** A clock that wrote a mark may be ahead by so much, in milliseconds. */
const aheadMs = 10 * 60_000;

/** A look at the groups is good for so long, in milliseconds, to mark one by. */
const freshMs = 5_000;

/**
 * So long after its mark a run looks whether it is the only one, in milliseconds: another one may have looked before, at a list
 * that is as old as `consistency.lists` allows, marks by its fresh look, and is seen by a list that is as old.
 */
export const settleMs = 27_000;

/** The groups that are the runs' own, and the account's others. */
export interface Groups {
  /** In which this run works. */
  serviceGroupId: number;
  /** Everything in it but its name and id goes back as it was. */
  record: Row;
  /** Own ones with that. */
  ownIds: readonly number[];
  others: readonly Row[];
}

/** Whether this run may think that another one is over before its time is: its process is known to have ended. */
export type IsOver = (mark: Mark) => boolean;

/**
 * Finds the group for a run, or makes it. Before the first write it is sure that no other run is at work in the account, and
 * that nobody else's service is in a group of a run's name.
 *
 * @throws {AutomationError} `CONFORMANCE_BUSY`, `CONFORMANCE_GROUP_TAKEN`
 */
export async function findGroup(caller: Caller, isOver: IsOver): Promise<Groups> {
  const { clock } = caller;
  for (let look = 0; look < 6; look += 1) {
    const at = clock.now();
    const groups = await readGroups(caller, look === 0 ? "groups.listed" : "groups.looked");
    refuseBusy(caller, groups, isOver);
    const own = groups.filter(isOwnGroup);
    const others = groups.filter((group) => !isOwnGroup(group));
    for (const group of own) await refuseTaken(caller, group);
    const [record] = own.toSorted(byUse);
    const ownIds = own.flatMap((group) => idOf(group, "serviceGroupId") ?? []);
    const [serviceGroupId] = record ? [idOf(record, "serviceGroupId")] : [];
    if (record !== undefined && serviceGroupId !== undefined) {
      if (clock.now() - at <= freshMs) return { serviceGroupId, record, ownIds, others };
      continue;
    }
    if (look === 0) {
      const body = { groupName: ownGroup, isDefault: false };
      const made = await caller.ask("group.created", "groups.create", { body });
      const id = idOf(recordOf(made), "serviceGroupId");
      if (id !== undefined) return { serviceGroupId: id, record: body, ownIds: [id], others };
    } else await caller.sleep(3_000);
  }
  const { status } = caller.seen.last("group.created") ?? {};
  throw new Error(
    status === undefined
      ? "RingCX answers too slowly to be sure that no other run is at work. Nothing was done: run the command again."
      : `RingCX made no group "${ownGroup}" (${status}). The connection's user needs CREATE on Account; nothing else was done.`,
  );
}

/**
 * Marks the group as the one in which this run works, and looks after a while whether it is the only one.
 *
 * @throws {AutomationError} `CONFORMANCE_BUSY` when another one began at the same moment: nothing but the mark was written
 */
export async function claimGroup(caller: Caller, groups: Groups, isOver: IsOver): Promise<void> {
  const { mark } = caller.seen;
  const put = await rename(caller, "group.put", groups, runningGroupName(mark));
  if (!isDone(put)) {
    throw new AutomationError(
      `RingCX did not rename the group "${ownGroup}" (${put.status}), in whose name a run says that it is at work: the connection's user needs UPDATE on Remote HTTP Service Group. Nothing else was done.`,
      { code: "CONFORMANCE_NOT_MARKED", details: { status: put.status } },
    );
  }
  await caller.sleep(settleMs);
  const seen = await readGroups(caller, "groups.marked");
  // Of two that took a group each the one with the lower id goes on.
  const before = seen.filter((group) => (idOf(group, "serviceGroupId") ?? 0) < groups.serviceGroupId);
  refuseBusy(caller, before, isOver);
  const shown = seen.find((group) => idOf(group, "serviceGroupId") === groups.serviceGroupId);
  const state = groupState(shown?.groupName);
  if (typeof state === "object" && state.text === mark.text) return;
  refuseBusy(caller, shown ? [shown] : [], isOver);
  throw new AutomationError(
    `RingCX did not keep the name "${runningGroupName(mark)}" of the run's group, but shows "${shown?.groupName}": without it two runs would not see each other. Nothing else was done.`,
    { code: "CONFORMANCE_NOT_MARKED" },
  );
}

/**
 * Gives the group its name back, unless another run has marked it.
 *
 * @param isSole whether this run has seen that it is the only one
 * @returns whether no mark of this run is left
 */
export async function releaseGroup(caller: Caller, groups: Groups, isSole: boolean): Promise<boolean> {
  if (!isSole) {
    const ids = { serviceGroupId: groups.serviceGroupId };
    const state = groupState(recordOf(await caller.ask("group.released", "groups.get", { ids }))?.groupName);
    if (typeof state === "object" && state.text !== caller.seen.mark.text) return true;
  }
  return isDone(await rename(caller, "group.released", groups, ownGroup));
}

function rename(caller: Caller, label: string, { serviceGroupId, record }: Groups, groupName: string) {
  const { permissions: _readOnly, ...fields } = record;
  const body = { ...fields, groupName };
  return caller.ask(label, "groups.update", { ids: { serviceGroupId }, body });
}

const isOwnGroup = ({ groupName }: Row): boolean => groupState(groupName) !== undefined;

/** One that is free first, as its name stays free; then the oldest, so that two runs take the same. */
function byUse(a: Row, b: Row): number {
  const rank = ({ groupName }: Row) => (groupState(groupName) === "idle" ? 0 : 1);
  return rank(a) - rank(b) || (idOf(a, "serviceGroupId") ?? 0) - (idOf(b, "serviceGroupId") ?? 0);
}

function refuseBusy({ seen, clock, account }: Caller, groups: readonly Row[], isOver: IsOver): void {
  for (const { groupName } of groups) {
    const state = groupState(groupName);
    if (typeof state !== "object" || state.text === seen.mark.text || isOver(state)) continue;
    const age = clock.now() - state.startedAt;
    if (age > workingMs || age < -aheadMs) continue;
    const until = new Date(state.startedAt + workingMs).toISOString().slice(0, 16);
    throw new AutomationError(
      `Another conformance run works in account ${account} since ${new Date(state.startedAt).toISOString().slice(0, 16)}Z (the group "${groupName}"). Two would change each other's answers, so nothing was changed. Wait until it has ended, eight minutes. If its process was killed, run the command again where it ran, with the same --out, or anywhere after ${until}Z: it removes what that left.`,
      { code: "CONFORMANCE_BUSY", details: { mark: state.text, startedAt: state.startedAt } },
    );
  }
}

async function refuseTaken(caller: Caller, group: Row): Promise<void> {
  const serviceGroupId = idOf(group, "serviceGroupId");
  if (serviceGroupId === undefined) return;
  const foreign = (await readServices(caller, "group.before", serviceGroupId)).filter(
    (row) => runOf(row) === undefined,
  );
  if (foreign.length === 0) return;
  const names = foreign.map(({ serviceDescription }) => `"${serviceDescription}"`);
  throw new AutomationError(
    `The group "${group.groupName}" is for conformance runs, and holds what no run made: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}. Move them to another group, or give this one another name in the admin page; nothing was changed.`,
    { code: "CONFORMANCE_GROUP_TAKEN", details: { serviceGroupId } },
  );
}
