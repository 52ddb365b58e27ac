import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { dependentsOf } from "../../../shared/records/credential/auth-config-users.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** Tells which service that uses an auth config has an outage now. */
export function outageFinder({ table, clock }: { table: StateTable; clock: Clock }) {
  const activation = createActivationStore({ table, clock });
  return async (binding: SecretBinding): Promise<string | undefined> => {
    for (const service of await dependentsOf(table, binding)) {
      const reasons = reasonsInForce(await activation.get(service), clock.now());
      if (reasons.some(({ kind }) => kind === "OUTAGE" || kind === "LATCHED")) {
        return `${service.groupName}/${service.serviceDescription}`;
      }
    }
    return undefined;
  };
}
