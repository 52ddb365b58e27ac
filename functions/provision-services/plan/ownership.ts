import { v5 } from "uuid";
import { makingNotEnded } from "../../../shared/activation/reasons.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { authConfigKey, type ResourceKey, serviceKey } from "../../../shared/contract/resource-key.ts";
import { isSameName, namedOrCut, normalName } from "../../../shared/primitives/same-name.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { StoredResources } from "../read/stored-resources.ts";

/** Namespace of the UUIDs that we choose; it must never change. */
const namespace = "6f1c1d7e-57a5-4c53-9d7c-0b9f5a2e8a11";

/** The UUID of an auth config: the same for the same name, so that a lost creation is found again. */
export function authConfigIdFor(accountId: string, providerName: string): string {
  return v5(`${accountId}/${providerName}`, namespace);
}

/** An auth config as it was found, and whose it is. */
export interface FoundAuthConfig {
  /** Ours, or the first of its name; `undefined` where there is none. */
  config: AuthConfig | undefined;
  /** A message made it or took it over. */
  isOurs: boolean;
  /** All that have the name, or the UUID that goes with it: RingCX lets several have a name. */
  namesakes: readonly AuthConfig[];
}

/**
 * Finds an auth config: by the UUID that is recorded, by the one that we would choose, or by its name. One under the UUID that we
 * would choose is ours only where its creation was begun here: another environment chooses the same.
 */
export function findAuthConfig(
  configs: readonly AuthConfig[],
  { accountId, providerName }: { accountId: string; providerName: string },
  stored: Pick<StoredResources, "authConfigs" | "creationIntents">,
): FoundAuthConfig {
  const key = authConfigKey(providerName);
  const record = stored.authConfigs.get(key);
  const chosen = authConfigIdFor(accountId, providerName);
  const ourIds = [...(record ? [record.authConfigId] : []), ...(stored.creationIntents.has(key) ? [chosen] : [])];
  const ours = configs.find(({ authConfigId }) => ourIds.some((id) => isSameId(authConfigId, id)));
  const named = namedOrCut(configs, providerName, (config) => config.providerName);
  const namesakes = [
    ...named,
    ...configs.filter((config) => isSameId(config.authConfigId, chosen) && !named.includes(config)),
  ];
  return { config: ours ?? namesakes[0], isOurs: ours !== undefined, namesakes };
}

/** Whether a message may change what was found: it is ours, or the message takes it over and there is no other. */
export function mayChange(
  { isOurs, namesakes = [] }: { isOurs: boolean; namesakes?: readonly unknown[] },
  adopt: boolean | undefined,
): boolean {
  return isOurs || (adopt === true && namesakes.length <= 1);
}

/** What a copy's source is looked up by: however its target's name is spelled, it is the same service. */
export function copyTargetKey({
  groupName,
  serviceDescription,
}: Pick<HttpServiceManifest, "groupName" | "serviceDescription">): ResourceKey {
  return serviceKey(normalName(groupName), normalName(serviceDescription));
}

/**
 * A copy never shows what it replaces: so it replaces what another message has made only where it says so. What was copied
 * from the same source before is brought up to date, whatever else has been declared of it since.
 *
 * @returns why it may not, and what to do
 */
export function replacedByCopy(
  record: Pick<ServiceRecord, "copiedFrom" | "generation"> | undefined,
  { copiedFrom, generation }: { copiedFrom: string | undefined; generation: Generation },
  adopt: boolean | undefined,
): Pick<Problem, "message" | "hint"> | undefined {
  if (copiedFrom === undefined || adopt === true || record === undefined) return;
  if (isSameName(record.copiedFrom, copiedFrom)) return;
  const { source, id } = { ...record.generation };
  // It was at it already.
  if (source === generation.source && id === generation.id) return;
  const maker = id === undefined ? "an earlier message" : `the message ${id} of ${source}`;
  const origin = record.copiedFrom === undefined ? "" : ` as a copy of ${record.copiedFrom}`;
  return {
    message: `a service of this name exists already and was made by ${maker}${origin}`,
    hint: `say "adopt": true to replace what ${maker} declared, or give the copy another name`,
  };
}

/** Whether a service of this very name is being made, and was not seen to its end: it is not live, whatever RingCX says. */
export function isBegunHere(
  key: ResourceKey,
  record: Pick<ServiceRecord, "isBegun"> | undefined,
  { creationIntents }: Pick<StoredResources, "creationIntents">,
): boolean {
  return creationIntents.has(key) && (record === undefined || record.isBegun === true);
}

/** Whose something is that this message may not change. @param madeAs as which the table knows it */
export function whoseItIs(madeAs: string | undefined): string {
  if (madeAs === undefined) return "was not made by a message";
  return `was made by a message as ${JSON.stringify(madeAs)}: a person has renamed it since`;
}

/** Nobody saw what came of its making: what is known of it cannot be given another name yet. */
export function beginsAs(name: string): Pick<Problem, "message" | "hint"> {
  return {
    message: `${JSON.stringify(name)}: ${makingNotEnded}`,
    hint: "send it under its old name first, without previousName; then rename it",
  };
}

/** What to do about something that exists and is not ours. */
export function adoptHint(isAmbiguous: boolean): string {
  return isAmbiguous
    ? "names that differ in case, blanks or Unicode form only are one name: rename or delete the others, or spell it as it is"
    : 'say "adopt": true to take it over';
}
