import { normalName } from "../primitives/same-name.ts";
import type { ProvisioningMessage } from "./provisioning-message.ts";
import { authConfigKey, groupKey, keyOf, type ResourceKey, serviceKey } from "./resource-key.ts";

/** What a message has to do with which resources. The tokens are compared and never read. */
export interface Footprint {
  /** What it makes, changes or deletes. */
  changes: readonly string[];
  /** What must be there for it. */
  needs: readonly string[];
  /** What is no longer there, or not under its name, once it is carried out. */
  ends: readonly string[];
  /** Groups and auth configs that there are once it is carried out, whoever has made them. */
  makes: readonly string[];
  /** Groups and auth configs that must be there and that it does not make itself, as long as nobody has looked whether they are. */
  relies: readonly string[];
}

/** The footprint of what has to do with nothing. */
export const nothing: Footprint = { changes: [], needs: [], ends: [], makes: [], relies: [] };

/**
 * What services are linked with: who links one may take it from any auth config, which only RingCX knows. An auth config can end
 * once nobody before it is about to do that.
 */
const anyLink = JSON.stringify(["links"]);

/**
 * The footprint of a message, as far as the message itself tells. A group that is only declared is needed: whoever comes
 * first makes it.
 *
 * @param ended resources whose part in the message has ended
 */
export function footprintOf(message: ProvisioningMessage, ended: Iterable<ResourceKey> = []): Footprint {
  const endedTokens = new Set([...ended].map(tokenOf));
  const changes = new Set([eventToken(message)]);
  const needs = new Set<string>();
  const ends = new Set<string>();
  const makes = new Set<string>();
  switch (message.type) {
    case "ringcx.apply.v1":
      for (const resource of message.data.resources) {
        if (resource.kind !== "httpService") makes.add(keyOf(resource));
        if (endedTokens.has(tokenOf(keyOf(resource)))) continue;
        const { previousName, groupName } = { previousName: undefined, groupName: undefined, ...resource };
        if (resource.kind === "httpServiceGroup") needs.add(keyOf(resource));
        else changes.add(keyOf(resource));
        if (resource.kind === "httpServiceGroup" && previousName !== undefined)
          for (const name of [resource.groupName, previousName]) ends.add(groupKey(name)).add(servicesOf(name));
        if (resource.kind !== "httpService" || groupName === undefined) continue;
        needs.add(groupKey(groupName));
        if (resource.authConfig !== undefined) needs.add(authConfigKey(resource.authConfig)).add(anyLink);
        if (previousName !== undefined) ends.add(serviceKey(groupName, previousName));
      }
      break;
    case "ringcx.retire.v1":
      for (const resource of message.data.resources) {
        if (endedTokens.has(tokenOf(keyOf(resource)))) continue;
        ends.add(keyOf(resource));
        if (resource.kind === "authConfig") ends.add(anyLink);
        else if (resource.delete === "service") needs.add(anyLink);
      }
      break;
    case "ringcx.copy.v1": {
      const { from, to, overrides } = message.data;
      const target = {
        groupName: to.groupName ?? from.groupName,
        name: to.serviceDescription ?? from.serviceDescription,
      };
      needs.add(servicesOf(from.groupName, from.serviceDescription));
      needs.add(groupKey(target.groupName));
      makes.add(groupKey(target.groupName));
      changes.add(servicesOf(target.groupName, target.name));
      for (const { from: provider, providerName = provider, secretId } of overrides.authConfigs ?? [])
        (secretId === undefined ? needs : changes).add(authConfigKey(providerName));
    }
  }
  const tokens = (keys: Iterable<string>) => [...new Set([...keys].map(tokenOf))];
  const found = { changes: tokens(changes), needs: tokens(needs), ends: tokens(ends), makes: tokens(makes) };
  const isReliedOn = (token: string) => token !== anyLink && !isOfServices(token) && !found.makes.includes(token);
  return { ...found, relies: found.needs.filter(isReliedOn) };
}

/** The event itself: messages that bring the same one keep their order. */
export function eventToken({ source = "", id = "" }: Partial<Pick<ProvisioningMessage, "source" | "id">>): string {
  return tokenOf(JSON.stringify(["event", source, id]));
}

/** A key with its names as they are compared. */
function tokenOf(key: ResourceKey): string {
  const [kind, ...names] = JSON.parse(key) as string[];
  return JSON.stringify([kind, ...names.map(normalName)]);
}

/** Whether a message has to wait for an earlier one that has not ended: their order matters for some resource. */
export function mustFollow(later: Footprint, earlier: Footprint): boolean {
  const all = [...later.changes, ...later.needs, ...later.ends];
  const ended = earlier.ends.filter((token) => token !== anyLink);
  if (meet([...earlier.changes, ...ended], all) || meet(earlier.needs, later.ends)) return true;
  // What is copied is copied as it is before a later message changes it.
  if (meet(earlier.needs.filter(isOfServices), later.changes)) return true;
  // Nor does an earlier message find what a later one has made.
  return meet(earlier.relies, later.makes);
}

/** Whether a message changes a resource, or gives it this name. */
export function isChangedBy({ changes }: Footprint, key: ResourceKey): boolean {
  return meet(changes, [tokenOf(key)]);
}

/** Whether what an earlier message is about may be what a later one needs, a group that the earlier one only declares, too. */
export function mayNeed(later: Footprint, earlier: Footprint): boolean {
  const all = ({ changes, needs, ends }: Footprint) =>
    [...changes, ...needs, ...ends].filter((token) => token !== anyLink);
  return meet(all(earlier), all(later));
}

/** Whether what a later message is about is, once an earlier one is carried out, no longer there, or not under its name. */
export function mayMiss(later: Footprint, earlier: Footprint): boolean {
  return mayNeed(later, { ...nothing, ends: earlier.ends });
}

/** One service, or all of a group: which ones there are is not known yet. */
function servicesOf(groupName: string, serviceDescription?: string): string {
  return serviceDescription === undefined
    ? JSON.stringify(["httpServices", groupName])
    : serviceKey(groupName, serviceDescription);
}

/** Services are needed only by who copies them. */
function isOfServices(token: string): boolean {
  const [kind = ""] = JSON.parse(token) as string[];
  return ["httpService", "httpServices"].includes(kind);
}

function meet(one: readonly string[], other: readonly string[]): boolean {
  const tokens = new Set(one);
  const groups = new Set(one.map(groupOfService));
  return other.some((token) => tokens.has(token) || groups.has(token) || tokens.has(groupOfService(token)));
}

/** The token for all services of a service's group; a token of something else is its own. */
function groupOfService(token: string): string {
  const [kind, groupName] = JSON.parse(token) as string[];
  return kind === "httpService" ? servicesOf(groupName ?? "") : token;
}
