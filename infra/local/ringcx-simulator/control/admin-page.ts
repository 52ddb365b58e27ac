import { checkedV1Service } from "../fields/service-config.ts";
import type { Fields, RingCxState, ServiceRecord } from "../records.ts";
import { notFound } from "../refusal.ts";

/** Which service somebody has open in the admin page. */
export interface ServiceAddress {
  accountId: string;
  serviceGroupId: number;
  serviceId: number;
}

/**
 * Changes a service as a person in the admin page does: no token, no quota, nothing in the log of requests.
 * `workflows` says which workflows refer to it.
 *
 * @throws {Refusal} 404; 400 for what the page would not let anybody enter
 */
export function editService(state: RingCxState, address: ServiceAddress, changes: Fields): ServiceRecord {
  const group = state.account(address.accountId)?.groups.find((g) => g.serviceGroupId === address.serviceGroupId);
  const service = group?.services.find((candidate) => candidate.serviceId === address.serviceId);
  if (!service) throw notFound(`HTTP service ${address.serviceId}`);
  const { serviceId, accountId, inputs } = service;
  checkedV1Service({ ...service, ...changes, serviceId, accountId }, address);
  return Object.assign(service, changes, { serviceId, accountId, inputs });
}
