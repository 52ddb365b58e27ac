import type { Activation } from "../../../shared/activation/activation-store.ts";
import type { Manifest } from "../../../shared/contract/apply.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/client.ts";
import { AmbiguousWriteError } from "../../../shared/ringcx/resources/errors.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Ids } from "../plan/plan-resources.ts";
import type { AccountView } from "../read/observed-account.ts";
import type { SecretVault } from "../read/secret-reader.ts";
import { creatingKey, type Known, recordKey, type Stamp } from "../read/stored-resources.ts";

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
  activation: Activation;
  clock: Clock;
  stamp: Stamp;
  resources: readonly Manifest[];
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
}

/** What has been done for one resource so far; what it holds when a call fails is what was done. */
export interface Effect {
  isCreated: boolean;
  isDeleted: boolean;
  changes: string[];
  problems: Problem[];
  ids: Partial<Ids>;
  /** A probe failed: a new service stays inactive, a live one as it was. */
  isUnproven: boolean;
}

export function noEffect(ids: Partial<Ids> = {}): Effect {
  return { isCreated: false, isDeleted: false, changes: [], problems: [], ids: { ...ids }, isUnproven: false };
}

/** A message is not kept longer than this on its queue; nor is the intent to create something. */
const intentSeconds = 14 * 24 * 60 * 60;

/** Written before a POST: whatever is found under this name afterwards is ours, also after a crash. */
export async function announceCreation({ table, accountId, stamp, clock }: Work, resource: Manifest): Promise<void> {
  const expiresAt = Math.floor(clock.now() / 1000) + intentSeconds;
  await table.put({ ...creatingKey(accountId, resource), message: stamp, expiresAt });
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

/**
 * Creates something that has no id of our choosing. When the answer is lost it is looked for, and created again
 * only when it is not there: there is never a second one.
 */
export async function createOnce<Created>(
  create: () => Promise<Created>,
  find: () => Promise<Created | undefined>,
): Promise<Created> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    return (await find()) ?? (await create());
  }
}
