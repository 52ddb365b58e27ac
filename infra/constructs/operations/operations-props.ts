import type { EnvironmentSettings } from "../../environments.ts";
import type { CredentialRotation } from "../credential-rotation.ts";
import type { OutageFailover } from "../outage-failover.ts";
import type { RingCxAccess } from "../ringcx-access.ts";
import type { ServiceProvisioning } from "../service-provisioning.ts";

/** What operations watch: the functions, queues and settings of one environment. */
export interface OperationsProps {
  settings: EnvironmentSettings;
  access: RingCxAccess;
  provisioning: ServiceProvisioning;
  rotation: CredentialRotation;
  failover: OutageFailover;
}
