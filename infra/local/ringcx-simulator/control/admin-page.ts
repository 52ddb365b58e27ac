import type { Staleness } from "../behaviour/staleness.ts";
import { checkedV1Service } from "../fields/service-config.ts";
import type { Fields, RingCxState, ServiceRecord } from "../records.ts";
import { notFound } from "../refusal.ts";

/** Which service somebody has open in the admin page. */
export interface ServiceAddress {
  accountId: string;
  serviceGroupId: number;
  serviceId: number;
}

/** What the page changes, and from when on requests see it. */
export interface AdminPage {
  state: RingCxState;
  staleness: Staleness;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Changes a service as a person in the admin page does: no token, no quota, nothing in the log of requests.
 * `workflows` says which workflows refer to it. A read may be as old after it as after any write (`consistency`).
 *
 * @throws {Refusal} 404; 400 for what the page would not let anybody enter
 */
export function editService(
  { state, staleness, now }: AdminPage,
  address: ServiceAddress,
  changes: Fields,
): ServiceRecord {
  const account = state.account(address.accountId);
  const group = account?.groups.find((g) => g.serviceGroupId === address.serviceGroupId);
  const service = group?.services.find((candidate) => candidate.serviceId === address.serviceId);
  if (!account || !service) throw notFound(`HTTP service ${address.serviceId}`);
  const { serviceId, accountId, inputs } = service;
  checkedV1Service({ ...service, ...changes, serviceId, accountId }, address);
  staleness.accountFor("write", account, now());
  return Object.assign(service, changes, { serviceId, accountId, inputs });
}
