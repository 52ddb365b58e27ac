import { firstOf } from "../../shared/primitives/first-of.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { accountsOf, type Environment } from "../environment/environment.ts";
import { UsageError } from "../exit-codes.ts";

/** An account that was typed, or none. @throws {UsageError} for one that the environment does not serve */
export function checkedAccount(environment: Environment, accountId: string | undefined): string | undefined {
  if (accountId === undefined) return undefined;
  const known = accountsOf(environment);
  if (known.includes(accountId)) return accountId;
  throw new UsageError(`${environment.name} has no account ${accountId}.${nearest(accountId, known)}`);
}

/** The one account that is meant. @throws {UsageError} where none was typed and there are several */
export function oneAccount(environment: Environment, accountId: string | undefined): string {
  const checked = checkedAccount(environment, accountId);
  const known = accountsOf(environment);
  const [only] = known;
  if (checked !== undefined) return checked;
  if (only !== undefined && known.length === 1) return only;
  throw new UsageError(`Which account? Give --account: ${firstOf(known)}.`);
}
