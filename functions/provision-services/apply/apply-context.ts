import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Manifest } from "../../../shared/contract/apply.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import type { AccountReader } from "../read/observed-account.ts";
import type { SecretReader } from "../read/secret-reader.ts";
import { creationIntentKeyOf, recordKeyOf, type StoredResources } from "../read/stored-resources.ts";

/** What the appliers use, whatever they apply. */
export interface ApplyDependencies {
  table: StateTable;
  clock: Clock;
  activation: ActivationStore;
  probe: Probe;
}

/** What the appliers are given to apply the plans of one message. */
export interface ApplyContext extends ApplyDependencies, AccountReader {
  accountId: string;
  connection: Connection;
  stored: StoredResources;
  secretReader: SecretReader;
  generation: Generation;
  resources: readonly Manifest[];
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
}

/** Writes down what a resource is now, and that its creation, if there was one, has come to its end. */
export async function saveRecord(
  { table, accountId, stored }: ApplyContext,
  resource: Manifest,
  { key, isCreated }: { key: string; isCreated: boolean },
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await table.update(recordKeyOf(accountId, resource), attributes);
  if (isCreated || stored.creationIntents.has(key)) await table.delete(creationIntentKeyOf(accountId, resource));
}

/** What is known of the service while its steps are carried out. */
export interface ServiceInProgress {
  serviceGroupId: number;
  serviceId: number | undefined;
  isEnabled: boolean;
  link: { authConfigId?: string; isConfirmed: boolean; isShownInV1?: boolean };
  isValidated: boolean;
  isRewritten: boolean;
}

export interface StepContext {
  step: Step;
  plan: ResourcePlan;
  resource: HttpServiceManifest;
  record: ServiceRecord | undefined;
  service: ServiceInProgress;
}

export function serviceIdOf({ serviceId }: ServiceInProgress): number {
  if (serviceId === undefined) throw new Error("The service was planned for but is not there");
  return serviceId;
}
