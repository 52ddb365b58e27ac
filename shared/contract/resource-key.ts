import { v5 } from "uuid";
import type { AuthConfigManifest, GroupManifest } from "./apply.ts";
import type { HttpServiceManifest } from "./http-service.ts";

/** A resource by its natural key, whatever characters its names hold. */
export type ResourceKey = string;

export function groupKey(groupName: string): ResourceKey {
  return JSON.stringify(["httpServiceGroup", groupName]);
}

export function authConfigKey(providerName: string): ResourceKey {
  return JSON.stringify(["authConfig", providerName]);
}

export function serviceKey(groupName: string, serviceDescription: string): ResourceKey {
  return JSON.stringify(["httpService", groupName, serviceDescription]);
}

export function keyOf(resource: ResourceName): ResourceKey {
  switch (resource.kind) {
    case "httpServiceGroup":
      return groupKey(resource.groupName);
    case "authConfig":
      return authConfigKey(resource.providerName);
    case "httpService":
      return serviceKey(resource.groupName, resource.serviceDescription);
  }
}

/** UUIDs are the same in upper and lower case. */
export function isSameId(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

/** Namespace of the UUIDs that we choose; it must never change. */
const namespace = "6f1c1d7e-57a5-4c53-9d7c-0b9f5a2e8a11";

/** The UUID of an auth config: the same for the same name, so that a lost creation is found again. */
export function authConfigIdFor(accountId: string, providerName: string): string {
  return v5(`${accountId}/${providerName}`, namespace);
}

/** A resource as far as its natural key goes. */
export type ResourceName =
  | Pick<GroupManifest, "kind" | "groupName">
  | Pick<AuthConfigManifest, "kind" | "providerName">
  | Pick<HttpServiceManifest, "kind" | "groupName" | "serviceDescription">;

/** The resource's natural key in words, unique within its kind and account. */
export function displayName(resource: ResourceName): string {
  switch (resource.kind) {
    case "httpServiceGroup":
      return resource.groupName;
    case "authConfig":
      return resource.providerName;
    case "httpService":
      return `${resource.groupName}/${resource.serviceDescription}`;
  }
}
