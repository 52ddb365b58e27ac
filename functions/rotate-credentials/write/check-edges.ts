import { AutomationError } from "../../../shared/primitives/errors.ts";
import { normalName } from "../../../shared/primitives/same-name.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { connectionForAccount } from "../../../shared/ringcx/session/connection.ts";
import { type LinkedService, PermittedEdges, type RefusedEdge } from "../../../shared/secrets/edges.ts";
import type { Tagged } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Run } from "../read/account-services.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import type { WriteDependencies } from "./write-context.ts";

/** Which auth configs may be given a secret's value, and why the others may not. */
export interface CheckedEdges {
  permitted: ReadonlyMap<LeasedRecord, PermittedEdges>;
  /** `EDGE_NOT_PERMITTED` of each. */
  refused: ReadonlyMap<LeasedRecord, AutomationError>;
}

/**
 * Before a version is written: may the secret go wherever the services are that RingCX calls with these auth configs?
 * Each auth config is checked for itself, so that one at a wrong host keeps no other from being written.
 *
 * @param secret with its present tags
 * @throws what reading RingCX or the table throws: what is not known is not written
 */
export async function checkEdges(
  { table, connections }: Pick<WriteDependencies, "table" | "connections">,
  run: Run,
  secret: Pick<Tagged, "arn" | "tags">,
  targets: readonly LeasedRecord[],
): Promise<CheckedEdges> {
  const permitted = new Map<LeasedRecord, PermittedEdges>();
  const refused = new Map<LeasedRecord, AutomationError>();
  const secrets = new Map([[secret.arn, secret]]);
  for (const target of targets) {
    const { accountId, authConfigId } = target.binding;
    const connection = connectionForAccount(connections, accountId);
    const services = await linkedServices(table, run, target.binding);
    const secretsOf = new Map([[authConfigId, [secret.arn]]]);
    const checked = PermittedEdges.check({ accountId, connection, services, secretsOf }, secrets);
    if ("permitted" in checked) permitted.set(target, checked.permitted);
    else refused.set(target, edgeError(target.binding, checked.refused));
  }
  return { permitted, refused };
}

/** RingCX's word is what counts; where it shows no link, that of the table does. */
async function linkedServices(table: StateTable, run: Run, binding: SecretBinding): Promise<readonly LinkedService[]> {
  const services = await run.readServices(binding.accountId);
  // RingCX may spell a name in another way than it is known by.
  const users = new Set((await readAuthConfigUsers(table, binding)).map((user) => normalName(displayName(user))));
  return services.map((service) =>
    service.authConfigIds.length === 0 && users.has(normalName(service.name))
      ? { ...service, authConfigIds: [binding.authConfigId] }
      : service,
  );
}

function edgeError({ accountId, authConfigId }: SecretBinding, edges: readonly RefusedEdge[]): AutomationError {
  const [first] = edges;
  const where = first?.service === undefined ? "" : `service ${first.service}: `;
  const more = edges.length > 1 ? ` (and ${edges.length - 1} more)` : "";
  return new AutomationError(
    `Auth config ${authConfigId} of account ${accountId} may not get the secret: ${where}${first?.message}${more}. Mend the service in RingCX, or the tag: ${first?.hint}.`,
    {
      code: "EDGE_NOT_PERMITTED",
      details: { accountId, authConfigId, services: edges.flatMap(({ service }) => service ?? []).slice(0, 20) },
    },
  );
}
