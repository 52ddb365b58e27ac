import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** A service that uses an auth config and has an outage now, as `group/service`; `undefined` when there is none. */
export type FindOutage = (binding: SecretBinding) => Promise<string | undefined>;

/** Tells which service that uses an auth config has an outage now, as the activation records say. */
export function createOutageFinder({ table, clock }: { table: StateTable; clock: Clock }): FindOutage {
  const activation = createActivationStore({ table, clock }, { isMover: true });
  return async (binding) => {
    for (const service of await readAuthConfigUsers(table, binding)) {
      const reasons = reasonsInForce(await activation.get(service), clock.now());
      if (reasons.some(({ kind }) => kind === "OUTAGE" || kind === "FLAPPING")) {
        return `${service.groupName}/${service.serviceDescription}`;
      }
    }
    return undefined;
  };
}
