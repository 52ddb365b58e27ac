import * as z from "zod";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { authConfigPartition } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";

const dependentSchema = z.object({ accountId: z.string(), groupName: z.string(), serviceDescription: z.string() });

/** The services that use an auth config, as their manifests say. */
export async function dependentsOf(
  table: StateTable,
  { accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">,
): Promise<ServiceName[]> {
  const items = await table.query(authConfigPartition(accountId, authConfigId), "SERVICE#");
  return items.map((item) => dependentSchema.parse(item));
}

/** Tells which service that uses an auth config has an outage now. */
export function outageFinder({ table, clock }: { table: StateTable; clock: Clock }) {
  const activation = createActivationStore({ table, clock });
  return async (binding: SecretBinding): Promise<string | undefined> => {
    for (const service of await dependentsOf(table, binding)) {
      const reasons = reasonsInForce(await activation.get(service), clock.now());
      if (reasons.some(({ kind }) => kind === "OUTAGE" || kind === "FLAPPING")) {
        return `${service.groupName}/${service.serviceDescription}`;
      }
    }
    return undefined;
  };
}
