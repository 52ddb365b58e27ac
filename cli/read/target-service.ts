import { findServiceByName } from "../../shared/activation/service-ids.ts";
import type { Clock } from "../../shared/primitives/clock.ts";
import type { ServiceName } from "../../shared/records/service-name.ts";
import { accountsOf, type Environment } from "../environment/environment.ts";
import { asOperator, ringCxAccount } from "../environment/ringcx.ts";
import { UsageError } from "../exit-codes.ts";
import { findService } from "./find-service.ts";
import { readServices } from "./services.ts";

/**
 * The service that a command is for: one that the table knows, by its name or the end of it; otherwise, where an account
 * is given, one of exactly that name in RingCX.
 *
 * @throws {UsageError} that offers those that it may be
 */
export async function targetService(
  environment: Environment,
  text: string,
  { account, clock }: { account: string | undefined; clock: Clock },
): Promise<ServiceName> {
  const accounts = account === undefined ? accountsOf(environment) : [account];
  const known = await Promise.all(accounts.map((accountId) => readServices(environment.table, accountId)));
  try {
    return findService(
      known.flatMap(({ services }) => services),
      text,
    ).name;
  } catch (error) {
    const [accountId] = accounts;
    const slash = text.indexOf("/");
    if (!(error instanceof UsageError) || accountId === undefined || accounts.length > 1 || slash < 1) throw error;
    const name = { groupName: text.slice(0, slash), serviceDescription: text.slice(slash + 1) };
    const found = await asOperator(findServiceByName(ringCxAccount(environment, accountId, clock), name));
    if (!found) throw error;
    return { accountId, groupName: found.groupName, serviceDescription: found.serviceDescription };
  }
}
