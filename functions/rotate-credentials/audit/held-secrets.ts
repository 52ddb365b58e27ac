import pMap from "p-map";
import { readAuthConfigSecrets } from "../../../shared/records/account/auth-config.ts";
import { bindingsFromTags } from "../../../shared/secrets/tag-bindings.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { readCredentialRecord } from "../record/credential-record.ts";

/** Whose value the auth configs of an account have. */
export interface HeldSecrets {
  /** ARNs of secrets by auth config: more than one where a write may be done or not. */
  secretsOf: ReadonlyMap<string, readonly string[]>;
  /** Auth configs of which it cannot be read. */
  unreadable: ReadonlySet<string>;
}

/** Items that are read at the same time. */
const concurrency = 25;

/**
 * Whose value each auth config of an account has, as the table knows it. Looked at is whatever a secret's tags or a
 * manifest bind now, allowed or not, whatever a message made, and whatever had a secret's value before.
 *
 * @param before auth configs that had one when it was last asked
 */
export async function readHeldSecrets(
  table: StateTable,
  accountId: string,
  boundSecrets: readonly BoundSecret[],
  before: readonly string[],
): Promise<HeldSecrets> {
  const ofAccount = <Binding extends { accountId: string }>(bindings: readonly Binding[]) =>
    bindings.filter((binding) => binding.accountId === accountId);
  // An auth config that several claim is written by the one that `bindings` leaves it to.
  const bound = Map.groupBy(ofAccount(boundSecrets.flatMap(({ bindings }) => bindings)), ({ authConfigId }) =>
    authConfigId.toLowerCase(),
  );
  const declared = ofAccount(
    boundSecrets.flatMap(({ secret, secretRecords }) => [
      ...secretRecords.bindings,
      ...bindingsFromTags(secret).bindings,
    ]),
  );
  const records = await readAuthConfigSecrets(table, accountId);
  const provisioned = new Map(
    records.flatMap((one) => (isUnreadable(one) ? [] : [[one.authConfigId, one.secretArn] as const])),
  );
  const ids = [...bound.values(), declared].flat().map(({ authConfigId }) => authConfigId);
  const candidates = new Map([...before, ...provisioned.keys(), ...ids].map((id) => [id.toLowerCase(), id]));
  const secretsOf = new Map<string, readonly string[]>();
  const unreadable = new Set<string>();
  const read = async ([key, authConfigId]: [string, string]) => {
    try {
      const { record } = await readCredentialRecord(table, { accountId, authConfigId });
      const { state, secretArn } = record;
      const isCertain = state.kind === "NEVER_APPLIED" || (state.kind === "APPLIED" && secretArn !== undefined);
      const mayHave = isCertain ? [] : (bound.get(key) ?? []).map((binding) => binding.secretArn);
      const has = secretArn ?? provisioned.get(authConfigId);
      const arns = new Set([...(has === undefined ? [] : [has]), ...mayHave]);
      if (arns.size > 0) secretsOf.set(authConfigId, [...arns]);
    } catch {
      unreadable.add(authConfigId); // its secret's own run says which item
    }
  };
  await pMap(candidates, read, { concurrency });
  return { secretsOf, unreadable };
}
