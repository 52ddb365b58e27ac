import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { AccountView } from "../read/observed-account.ts";
import type { SecretVault } from "../read/secret-reader.ts";
import { creatingKey, type Known, recordKey } from "../read/stored-resources.ts";

/** What carrying out a message stands on. */
export interface Work {
  accountId: string;
  connectionName: string;
  account: RingCxAccount;
  view: AccountView;
  known: Known;
  table: StateTable;
  vault: SecretVault;
  prober: Probe;
  activation: ActivationStore;
  clock: Clock;
  stamp: Generation;
  resources: readonly Manifest[];
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
}

/** Writes down what a resource is now, and that its creation, if there was one, has come to its end. */
export async function saveRecord(
  { table, accountId, known }: Work,
  resource: Manifest,
  { key, isCreated }: { key: string; isCreated: boolean },
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await table.update(recordKey(accountId, resource), attributes);
  if (isCreated || known.creating.has(key)) await table.delete(creatingKey(accountId, resource));
}

/** What is known of the service while its steps are carried out. */
export interface Progress {
  serviceGroupId: number;
  serviceId: number | undefined;
  isEnabled: boolean;
  link: { authConfigId?: string; isConfirmed: boolean; isShownInV1?: boolean };
  isProven: boolean;
  isRewritten: boolean;
}
