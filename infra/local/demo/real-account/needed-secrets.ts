import { authConfigRecordFromItem, authConfigsOfAccount } from "../../../../shared/records/account/auth-config.ts";
import { serviceRecordFromItem } from "../../../../shared/records/account/service.ts";
import { accountPartition, displayName } from "../../../../shared/records/service-name.ts";
import type { Key, StateTable } from "../../../../shared/state/table.ts";
import { isUnreadable } from "../../../../shared/state/unreadable-item.ts";

/** A secret that is needed by what earlier messages have made, with who needs it. */
export interface NeededSecret {
  name: string;
  /** Auth configs, and `group/service`. */
  by: readonly string[];
}

/** Which secrets the auth configs of the accounts that are served need, and the services behind them. */
export async function readNeededSecrets(
  table: StateTable,
  { authConfigs, services }: { authConfigs: readonly Key[]; services: readonly Key[] },
  served: readonly string[],
): Promise<NeededSecret[]> {
  const isServed = (key: Key) => served.includes(accountOf(key));
  const users = new Map<string, string[]>();
  for (const key of services.filter(isServed)) {
    const record = await readable(async () => serviceRecordFromItem(await table.get(key)));
    const { authConfig } = record?.manifest ?? {};
    const accountId = accountOf(key);
    if (!record || authConfig === undefined) continue;
    const place = `${key.pk} ${authConfig}`;
    users.set(place, [...(users.get(place) ?? []), displayName({ accountId, ...record.manifest })]);
  }
  const needed = new Map<string, string[]>();
  for (const key of authConfigs.filter(isServed)) {
    const item = await table.get(key);
    const record = item && (await readable(async () => authConfigRecordFromItem(item)));
    const { secretId, providerName = key.sk.slice(authConfigsOfAccount.length) } = record?.manifest ?? {};
    if (secretId === undefined) continue;
    const by = [providerName, ...(users.get(`${key.pk} ${providerName}`) ?? [])];
    needed.set(secretId, [...(needed.get(secretId) ?? []), ...by]);
  }
  return [...needed].map(([name, by]) => ({ name, by: [...new Set(by)] }));
}

function accountOf({ pk }: Key): string {
  return pk.slice(accountPartition("").length);
}

/** What cannot be read is told by `status`. */
async function readable<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  return read().catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });
}

/**
 * That secrets are not in the file: there are no others here, whatever AWS's words say of one later. Pure.
 *
 * @param known names in the file
 * @param file as it was typed
 */
export function missingSecretLines(
  needed: readonly NeededSecret[],
  known: readonly string[],
  file: string | undefined,
): string[] {
  // Its ARN ends with its name, and six characters of Secrets Manager's own.
  const isKnown = (id: string) => known.some((name) => id === name || id.includes(`:secret:${name}-`));
  return needed
    .filter(({ name }) => !isKnown(name))
    .map(({ name, by }) => {
      const where = file === undefined ? `there: give --secrets FILE with it` : `in ${file}`;
      const [last = "", ...others] = [...by].reverse();
      const who = others.length === 0 ? `${last} needs it` : `${others.reverse().join(", ")} and ${last} need it`;
      return `${name} is not ${where}; ${who}. Until it is there no validation or probe can ask with it, and nothing is rotated.`;
    });
}
