import type { ServiceIds } from "../../../shared/activation/service-ids.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import { urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import { readLinks } from "../../../shared/secrets/account-links.ts";
import type { LinkedService } from "../../../shared/secrets/edges.ts";

/** A service as RingCX has it: where it calls it, and with which auth config. */
export interface AccountService extends LinkedService {
  service: ServiceName;
  ids: ServiceIds;
}

/** One run, and what it has read of RingCX. */
export interface Run extends Invocation {
  /**
   * All services of an account: its tree, and v2's lists of its groups where the tree shows no link. Read once in a run,
   * when somebody first asks; a read that failed is tried again.
   */
  readServices(accountId: string): Promise<readonly AccountService[]>;
  /** Issuer functions that have not answered in this run: asked again, they would take up all of its time. */
  silentIssuers: Set<string>;
}

/** Begins a run. Reading costs RingCX nothing until somebody asks for an account's services. */
export function beginRun(
  { ringcxFor }: { ringcxFor(accountId: string): RingCx },
  { requestId, deadline }: Invocation,
): Run {
  const known = new Map<string, readonly AccountService[]>();
  return {
    requestId,
    deadline,
    silentIssuers: new Set(),
    async readServices(accountId) {
      const services = known.get(accountId) ?? (await readAccountServices({ ringcxFor }, accountId, deadline));
      known.set(accountId, services);
      return services;
    },
  };
}

async function readAccountServices(
  { ringcxFor }: { ringcxFor(accountId: string): RingCx },
  accountId: string,
  deadline: number,
): Promise<AccountService[]> {
  const account = ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
  const groups = await account.groups.listWithChildren();
  const links = await readLinks(account, groups);
  return groups.flatMap(({ groupName, serviceGroupId, services = [] }) =>
    services.map((one): AccountService => {
      const { serviceId, serviceDescription } = one;
      const service = { accountId, groupName, serviceDescription };
      const link = links.get(serviceId);
      return {
        name: displayName(service),
        service,
        ids: { serviceGroupId, serviceId },
        url: urlOf(one),
        authConfigIds: link === undefined ? [] : [link],
      };
    }),
  );
}
