import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Manifest } from "../../../shared/contract/apply.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ResourceKey } from "../../../shared/contract/resource-key.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { creationIntentKey, resourceRecordKey } from "../../../shared/records/account/resource-markers.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { PermittedEdges } from "../../../shared/secrets/edges.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { PlanRequest, ResourcePlan, Step } from "../plan/resource-plan.ts";
import type { DoubtedAccount } from "../read/require-shown.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import type { Validator } from "./validations.ts";

/** What the appliers use, whatever they apply. */
export interface ApplyDependencies {
  table: StateTable;
  clock: Clock;
  activation: ActivationStore;
}

/** What the appliers are given to apply the plans of one message. */
export interface ApplyContext extends ApplyDependencies, DoubtedAccount {
  accountId: string;
  /** The same account, for what must not wait for the quota: it has its places before everything else. */
  urgent: RingCxAccount;
  /** The connection that serves the account. */
  connection: Connection;
  stored: StoredResources;
  secretReader: SecretReader;
  /** Sends validation requests. */
  validator: Validator;
  /** The message. */
  generation: Generation;
  /** All resources of the message. */
  resources: readonly Manifest[];
  /** See `PlanRequest`. */
  copiedFrom?: PlanRequest["copiedFrom"];
  /** What may be written of URLs, links and credentials; whoever writes one asks. */
  permitted: PermittedEdges;
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
}

/** Why a service is inactive while its link is replaced; whoever finds it later ends it. */
export const linkBeingReplaced = "its link is being replaced";

/** Writes down what a resource is now, and that its creation, if there was one, has come to its end. */
export async function saveRecord(
  { table, accountId, stored }: ApplyContext,
  resource: Manifest,
  { key, isCreated }: { key: ResourceKey; isCreated: boolean },
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await table.update(resourceRecordKey(accountId, resource), attributes);
  if (isCreated || stored.creationIntents.has(key)) await table.delete(creationIntentKey(accountId, resource));
}

/** What is known of a service while the steps of its plan are applied. */
export interface ServiceInProgress {
  serviceGroupId: number;
  /** `undefined` until it is created. */
  serviceId: number | undefined;
  /** What RingCX said last. */
  isEnabled: boolean;
  /** Its link to an auth config, and whether reading it back has shown the link. */
  link: { authConfigId?: string; isConfirmed: boolean; isShownInV1?: boolean };
  /** Its endpoint has passed the manifest's validation in this run. */
  isValidated: boolean;
  /** This turn took it out, as it was just born: what a read says of that may be older. */
  isMadeInactive?: boolean;
  /** The record of RingCX was written whole, `isEnabled` with it. */
  isRewritten: boolean;
}

/** What one step of a service's plan is applied to. */
export interface StepContext {
  step: Step;
  plan: ResourcePlan;
  resource: HttpServiceManifest;
  /** What the table knows of it. */
  record: ServiceRecord | undefined;
  service: ServiceInProgress;
}

/** @throws {Error} where a step that needs the service comes before the one that creates it */
export function serviceIdOf({ serviceId }: ServiceInProgress): number {
  if (serviceId === undefined) throw new Error("The service was planned for but is not there");
  return serviceId;
}
