import { wholeList } from "../../shared/ringcx/client/whole-list.ts";
import type { Caller } from "./caller.ts";
import { isDone, isRefused, type Row, recordOf, rowsOf } from "./exchange.ts";
import { isOwnName, ownGroup } from "./own-names.ts";

/** Ids as they are compared here; RingCX may write them as strings. */
export function idOf(row: Row | undefined, field: "serviceGroupId" | "serviceId" | "inputId"): number | undefined {
  const id = Number(row?.[field] ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** All services of a group, however long its pages are. */
export function readServices(caller: Caller, label: string, serviceGroupId: number): Promise<Row[]> {
  return wholeList(
    async (page) => rowsOf(await caller.ask(label, "services.list", { ids: { serviceGroupId }, query: { ...page } })),
    ({ serviceId }) => String(serviceId),
  );
}

/** All auth configs of the account. */
export function readAuthConfigs(caller: Caller, label: string): Promise<Row[]> {
  return wholeList(
    async (page) => rowsOf(await caller.ask(label, "authConfigs.list", { query: { ...page } })),
    ({ authConfigId }) => String(authConfigId),
  );
}

/** The groups of the account with the run's own name: one, or what an earlier run left. */
export async function readOwnGroups(caller: Caller, label: string): Promise<{ own: number[]; count: number }> {
  const groups = await wholeList(
    async (page) => rowsOf(await caller.ask(label, "groups.list", { query: { ...page } })),
    ({ serviceGroupId }) => String(serviceGroupId),
  );
  const own = groups.filter(({ groupName }) => groupName === ownGroup);
  return { own: own.flatMap((group) => idOf(group, "serviceGroupId") ?? []), count: groups.length };
}

/** More rounds than it takes; a service that is still listed then cannot be deleted. */
const rounds = 3;

/**
 * Removes what has a name of a run: services of its own groups, and auth configs. Nothing else is touched, not even in the
 * group. A service is activated only where RingCX deletes no inactive one.
 *
 * @param activatesFirst RingCX is known to delete no inactive service
 * @returns what could not be removed, in words
 */
export async function removeOwn(
  caller: Caller,
  groupIds: readonly number[],
  { activatesFirst = false } = {},
): Promise<string[]> {
  const left: string[] = [];
  let isActivatedFirst = activatesFirst;
  for (const serviceGroupId of groupIds) {
    for (let round = 0; ; round += 1) {
      const rows = await readServices(caller, "cleanup", serviceGroupId);
      const own = rows.filter(({ serviceDescription }) => isOwnName(serviceDescription));
      if (own.length === 0) break;
      if (round === rounds) {
        left.push(
          ...own.map(({ serviceDescription }) => `the service "${serviceDescription}" of the group "${ownGroup}"`),
        );
        break;
      }
      for (const row of own) {
        const serviceId = idOf(row, "serviceId");
        if (serviceId === undefined) continue;
        const ids = { serviceGroupId, serviceId };
        const activate = () => caller.ask("cleanup", "services.setActive", { ids, body: { isActive: true } });
        if (isActivatedFirst && row.isEnabled !== true) await activate();
        const deleted = await caller.ask("cleanup", "services.delete", { ids });
        if (deleted.status !== 409 || isActivatedFirst || row.isEnabled === true) continue;
        await activate();
        isActivatedFirst = isDone(await caller.ask("cleanup", "services.delete", { ids }));
      }
    }
  }
  const configs = await readAuthConfigs(caller, "cleanup");
  for (const { authConfigId, providerName } of configs) {
    if (!isOwnName(providerName)) continue;
    const deleted = await caller.ask("cleanup", "authConfigs.delete", { ids: { authConfigId: String(authConfigId) } });
    const isGone = !isRefused(deleted) || deleted.status === 404 || deleted.status === 403;
    if (!isGone) left.push(`the auth config "${providerName}"`);
  }
  return left;
}

/** The group in which a run works: that of an earlier run, or a new one. */
export async function openGroup(caller: Caller, own: readonly number[]): Promise<number> {
  const [known] = own;
  if (known !== undefined) return known;
  const body = { groupName: ownGroup, isDefault: false };
  const created = await caller.ask("group.created", "groups.create", { body });
  const answered = idOf(recordOf(created), "serviceGroupId");
  if (answered !== undefined) return answered;
  for (let look = 0; look < 5; look += 1) {
    const [found] = (await readOwnGroups(caller, "group.looked")).own;
    if (found !== undefined) return found;
    await caller.sleep(3_000);
  }
  throw new Error(
    `RingCX made no group "${ownGroup}" (${created.status}). The connection's user needs CREATE on Account; nothing else was done.`,
  );
}
