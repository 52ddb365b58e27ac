import type { HttpServiceManifest } from "../../contract/http-service.ts";
import type { Key } from "../../state/table.ts";
import type { Generation } from "../generation.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** What do we know of this service? */
export function serviceRecordKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${servicesOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every service of an account begins. */
export const servicesOfAccount = "SERVICE#";

export interface ServiceRecord {
  serviceGroupId: number;
  serviceId: number;
  /** The auth config that it was seen to be linked with. */
  authConfigId?: string;
  /** Whether a v1 read shows the link; where it does not, v2 confirmed it. */
  isLinkShownInV1?: boolean;
  /** All that messages have declared of it. Nothing in it is secret. */
  manifest: HttpServiceManifest;
  stamp: Generation;
}
