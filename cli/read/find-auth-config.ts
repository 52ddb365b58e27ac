import { nearest } from "../../shared/primitives/nearest.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { UsageError } from "../exit-codes.ts";
import { type KnownAuthConfig, readAuthConfigs } from "./rotation-history.ts";

/**
 * An auth config of these accounts, by its name or the end of it.
 *
 * @throws {UsageError} naming those that it may be, or the nearest
 */
export async function findAuthConfig(
  table: StateTable,
  accounts: readonly string[],
  name: string,
): Promise<KnownAuthConfig> {
  const known = (await Promise.all(accounts.map((accountId) => readAuthConfigs(table, accountId)))).flat();
  const wanted = name.toLowerCase();
  const exact = known.filter(({ providerName }) => providerName.toLowerCase() === wanted);
  const found =
    exact.length > 0 ? exact : known.filter(({ providerName }) => providerName.toLowerCase().endsWith(wanted));
  const [one] = found;
  if (one && found.length === 1) return one;
  if (found.length > 1) {
    const names = found.map(({ accountId, providerName }) => `${accountId} ${providerName}`).join(", ");
    throw new UsageError(`"${name}" may be several auth configs: ${names}. Give --account, or more of its name.`);
  }
  const offered = nearest(
    name,
    known.map(({ providerName }) => providerName),
  );
  throw new UsageError(`No message has made an auth config "${name}", or taken it over.${offered}`);
}
