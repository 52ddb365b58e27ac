import { AutomationError } from "../../shared/primitives/errors.ts";
import { wholeList } from "../../shared/ringcx/client/whole-list.ts";
import { type OperationName, operations } from "../../shared/ringcx/resources/operations.ts";
import { UsageError } from "../exit-codes.ts";
import type { Asked, Caller } from "./caller.ts";
import { type Exchange, isCut, isDone, isRefused, isRow, type Row, rowsOf } from "./exchange.ts";
import type { Mark } from "./mark.ts";
import { looksOwn, runOf } from "./own-names.ts";

/** Ids as they are compared here; RingCX may write them as strings. */
export function idOf(row: Row | undefined, field: "serviceGroupId" | "serviceId" | "inputId"): number | undefined {
  const id = Number(row?.[field] ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

/**
 * All rows of a list, however long its pages are.
 *
 * @throws {AutomationError} `CONFORMANCE_NOT_READ`: what cannot be read must not be taken for empty
 */
function readWhole(
  caller: Caller,
  label: string,
  operation: OperationName,
  idField: string,
  asked: Pick<Asked, "ids" | "isAtOnce"> = {},
) {
  return wholeList(
    async (page) => {
      return rowsRead(caller, await caller.ask(label, operation, { ...asked, query: { ...page } }), operation);
    },
    (row) => String(row[idField]),
  );
}

function rowsRead({ seen, account }: Caller, answer: Exchange, operation: OperationName): Row[] {
  if (isDone(answer) && !isCut(answer)) return rowsOf(answer);
  const accounts = rowsOf(seen.last("accounts")).map(({ accountId }) => String(accountId));
  if (accounts.length > 0 && !accounts.includes(account)) {
    throw new UsageError(
      `Account ${account} is not among those that this login sees: ${accounts.join(", ")}. Nothing was done.`,
    );
  }
  throw new AutomationError(
    `RingCX did not answer a list that the run must see whole (${operation}: ${answer.status}). The connection's user needs ${operations[operation].permission}.`,
    { code: "CONFORMANCE_NOT_READ", details: { operation, status: answer.status } },
  );
}

/** All groups of the account. */
export const readGroups = (caller: Caller, label: string): Promise<Row[]> =>
  readWhole(caller, label, "groups.list", "serviceGroupId");

/** All services of a group. @param isAtOnce they are looked for again: the list may be older than what was written */
export const readServices = (caller: Caller, label: string, serviceGroupId: number, isAtOnce = false): Promise<Row[]> =>
  readWhole(caller, label, "services.list", "serviceId", { ids: { serviceGroupId }, isAtOnce });

/** All auth configs of the account. */
export const readAuthConfigs = (caller: Caller, label: string): Promise<Row[]> =>
  readWhole(caller, label, "authConfigs.list", "authConfigId");

/**
 * The auth configs that services of other groups are linked with, as v2 shows it: a request for each group.
 *
 * @param groups all groups of the account but the run's own
 */
export async function linkedInGroups(caller: Caller, groups: readonly Row[]): Promise<Set<string>> {
  const linked = new Set<string>();
  for (const group of groups) {
    const serviceGroupId = idOf(group, "serviceGroupId");
    if (serviceGroupId === undefined) continue;
    const services = await readWhole(caller, "cleanup", "services.listV2", "serviceId", { ids: { serviceGroupId } });
    for (const { authConfigId } of services) linked.add(String(authConfigId).toLowerCase());
  }
  return linked;
}

/**
 * As {@link linkedInGroups}, where v1 shows links: in one request, or none where the run has read the tree before.
 *
 * @param except the run's own groups
 */
export async function linkedInTree(caller: Caller, except: readonly number[]): Promise<Set<string>> {
  const operation = "groups.listWithChildren";
  const known = caller.seen.exchanges.findLast((one) => one.operation === operation && isDone(one) && !isCut(one));
  const groups = rowsRead(caller, known ?? (await caller.ask("authConfig.users", operation)), operation);
  const others = groups.filter((group) => !except.includes(idOf(group, "serviceGroupId") ?? Number.NaN));
  const services = others.flatMap(({ services }) => (Array.isArray(services) ? services.filter(isRow) : []));
  return new Set(services.map(({ authConfigId }) => String(authConfigId).toLowerCase()));
}

/** More rounds than it takes; a service that is still listed then cannot be deleted. */
const rounds = 3;

/** What is removed, and what is known of it. */
export interface Removal {
  /** The runs' own groups. */
  groupIds: readonly number[];
  /** Whether what a run made is to go. */
  goes(mark: Mark): boolean;
  /** Auth configs that others use, by {@link linkedInGroups} or {@link linkedInTree}. */
  linkedElsewhere(): Promise<ReadonlySet<string>>;
  /** RingCX is known to delete no inactive service. @default false */
  activatesFirst?: boolean;
  /** What is not listed yet is looked for again. @default false */
  isAtOnce?: boolean;
  /** Ids of services that are known to be gone. @default none */
  gone?: Set<number>;
}

/**
 * Removes what runs made, by the decision of {@link runOf} alone: services of their own groups, and auth configs which no service
 * elsewhere is linked with. Nothing else is touched, not even in the group. A service is activated only where RingCX deletes
 * no inactive one, and what it does not delete even so is not left active.
 *
 * @returns what was not removed, in words
 */
export async function removeOwn(caller: Caller, removal: Removal): Promise<string[]> {
  const left: string[] = [];
  left.push(...(await removeServices(caller, removal)));
  return [...left, ...(await removeAuthConfigs(caller, removal))];
}

/** As {@link removeOwn}, services only. */
export async function removeServices(caller: Caller, removal: Removal): Promise<string[]> {
  const progress = { isActivatedFirst: removal.activatesFirst === true };
  const left: string[] = [];
  for (const serviceGroupId of removal.groupIds) {
    left.push(...(await removeServicesOf(caller, serviceGroupId, removal, progress)));
  }
  return left;
}

const isOf = ({ goes }: Removal, row: Row): boolean => {
  const mark = runOf(row);
  return mark !== undefined && goes(mark);
};

async function removeServicesOf(
  caller: Caller,
  serviceGroupId: number,
  removal: Removal,
  progress: { isActivatedFirst: boolean },
): Promise<string[]> {
  // A list may be older than the deletion (`consistency.lists` in docs/simulator.md): the answer to that counts.
  const { gone = new Set() } = removal;
  const remove = async (ids: { serviceGroupId: number; serviceId: number }) => {
    const answer = await caller.ask("cleanup", "services.delete", { ids });
    if (isDone(answer) || answer.status === 404) gone.add(ids.serviceId);
    return answer;
  };
  for (let round = 0; ; round += 1) {
    const listed = await readServices(caller, "cleanup", serviceGroupId, removal.isAtOnce);
    const rows = listed.filter((row) => !gone.has(idOf(row, "serviceId") ?? Number.NaN));
    const own = rows.filter((row) => isOf(removal, row));
    if (own.length === 0 || round === rounds) {
      const others = rows.filter((row) => runOf(row) === undefined);
      const left: string[] = [];
      for (const row of own)
        left.push(`the service "${row.serviceDescription}", ${await leaveInactive(caller, serviceGroupId, row)}`);
      return [
        ...left,
        ...others.map(
          ({ serviceDescription }) => `the service "${serviceDescription}" in the run's group, which no run made`,
        ),
      ];
    }
    for (const row of own) {
      const serviceId = idOf(row, "serviceId");
      if (serviceId === undefined) continue;
      const ids = { serviceGroupId, serviceId };
      const activate = () => caller.ask("cleanup", "services.setActive", { ids, body: { isActive: true } });
      if (progress.isActivatedFirst && row.isEnabled !== true) await activate();
      const deleted = await remove(ids);
      if (deleted.status !== 409 || progress.isActivatedFirst || row.isEnabled === true) continue;
      await activate();
      progress.isActivatedFirst = isDone(await remove(ids));
    }
  }
}

/**
 * What RingCX does not delete may have been born active, or activated so that it would be deleted.
 *
 * @returns what became of it, in words
 */
async function leaveInactive(caller: Caller, serviceGroupId: number, row: Row): Promise<string> {
  const serviceId = idOf(row, "serviceId");
  const left = "which RingCX did not delete";
  if (serviceId === undefined) return left;
  const ids = { serviceGroupId, serviceId };
  const answer = await caller.ask("cleanup", "services.setActive", { ids, body: { isActive: false } });
  return isDone(answer)
    ? `${left}: it is inactive`
    : `${left}, and which may be active: deactivate it in the admin page`;
}

async function removeAuthConfigs(caller: Caller, removal: Removal): Promise<string[]> {
  const configs = await readAuthConfigs(caller, "cleanup");
  const own = configs.filter((row) => isOf(removal, row));
  const left = configs.flatMap((row) =>
    looksOwn(row.providerName) && runOf(row) === undefined
      ? [`the auth config "${row.providerName}", which no run made`]
      : [],
  );
  if (own.length === 0) return left;
  const linked = await removal.linkedElsewhere();
  for (const { authConfigId, providerName } of own) {
    const id = String(authConfigId);
    if (linked.has(id.toLowerCase())) {
      left.push(`the auth config "${providerName}", which a service of another group is linked with`);
      continue;
    }
    const deleted = await caller.ask("cleanup", "authConfigs.delete", { ids: { authConfigId: id } });
    const isGone = !isRefused(deleted) || deleted.status === 404 || deleted.status === 403;
    if (!isGone) left.push(`the auth config "${providerName}", which RingCX did not delete (${deleted.status})`);
  }
  return left;
}
