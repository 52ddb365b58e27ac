import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AuthRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { listSecrets, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { readRecord } from "../record/credential-record.ts";
import { bindingsOf } from "./permitted-bindings.ts";
import { readSecretItems, type SecretItems } from "./secret-records.ts";

/** What reading the secrets and what is known of them stands on. */
export interface ReadDependencies {
  table: StateTable;
  secrets: SecretsManagerClient;
  connections: readonly Connection[];
}

/** A secret, the auth configs that it feeds, and what is known of them: `records[i]` is of `bindings[i]`. */
export interface Fed {
  secret: SecretDescription;
  items: SecretItems;
  bindings: readonly SecretBinding[];
  records: readonly AuthRecord[];
  /** In words, what is wrong with the bindings that were left out. */
  problems: readonly string[];
}

/** Secrets whose items are read at the same time. */
const atOnce = 25;

/** Every secret that is tagged for RingCX. An auth config that several of them claim stays with the one that feeds it. */
export async function seeSecrets({ table, secrets, connections }: ReadDependencies): Promise<Fed[]> {
  const see = async (secret: SecretDescription): Promise<Fed> => {
    const items = await readSecretItems(table, secret.arn);
    const { bindings, problems } = bindingsOf(secret, items.bindings, connections);
    const records = await Promise.all(bindings.map(async (binding) => (await readRecord(table, binding)).record));
    return { secret, items, bindings, records, problems };
  };
  const listed = await listSecrets(secrets);
  const fed: Fed[] = [];
  for (let start = 0; start < listed.length; start += atOnce) {
    fed.push(...(await Promise.all(listed.slice(start, start + atOnce).map(see))));
  }
  return withoutDisputed(fed);
}

function withoutDisputed(fed: readonly Fed[]): Fed[] {
  const claimants = Map.groupBy(
    fed.flatMap(({ secret, bindings }) => bindings.map((binding) => ({ name: nameOf(binding), arn: secret.arn }))),
    ({ name }) => name,
  );
  return fed.map((one) => {
    const { secret, bindings, records } = one;
    const isKept = (index: number) => {
      const binding = bindings[index];
      const rivals = binding ? (claimants.get(nameOf(binding))?.length ?? 0) : 0;
      return rivals < 2 || records[index]?.secretArn === secret.arn;
    };
    const lost = bindings.filter((_, index) => !isKept(index));
    return {
      ...one,
      bindings: bindings.filter((_, index) => isKept(index)),
      records: records.filter((_, index) => isKept(index)),
      problems: [
        ...one.problems,
        ...lost.map(({ authConfigId }) => `auth config ${authConfigId}: another secret claims it too`),
      ],
    };
  });
}

function nameOf({ accountId, authConfigId }: SecretBinding): string {
  return `${accountId}/${authConfigId}`;
}
