import type { AuthConfigManifest, GroupManifest } from "./apply.ts";
import type { HttpServiceManifest } from "./http-service.ts";

/** A resource by its natural key, whatever characters its names hold. */
export type ResourceKey = string;

/** Of a service group. */
export function groupKey(groupName: string): ResourceKey {
  return JSON.stringify(["httpServiceGroup", groupName]);
}

/** Of an auth config. */
export function authConfigKey(providerName: string): ResourceKey {
  return JSON.stringify(["authConfig", providerName]);
}

/** Of a service. */
export function serviceKey(groupName: string, serviceDescription: string): ResourceKey {
  return JSON.stringify(["httpService", groupName, serviceDescription]);
}

/** Of any resource, a manifest for instance. */
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
