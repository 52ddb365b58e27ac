import type { RingCxAccount } from "../ringcx/client/api.ts";
import type { ServiceGroup } from "../ringcx/resources/service-group.ts";

/** Whether v1 shows which auth configs services are linked with: one that it shows says so for the account. */
export function showsLinks(groups: readonly ServiceGroup[]): boolean {
  return groups.some(({ services = [] }) => services.some(({ authConfigId }) => authConfigId !== undefined));
}

/**
 * With which auth config each service is linked: as the tree shows it, or, where it shows none at all, as v2 does, for
 * one request a group. (v1 either keeps and shows `authConfigId` or does neither; the source document says the one, the
 * vendor's OpenAPI description the other.)
 *
 * @param groups of the account's tree, with their services; those of no interest may be left out
 * @param isShown whether the account's whole tree shows links ({@link showsLinks})
 * @returns `authConfigId` by `serviceId`; a service without a link is not in it
 */
export async function readLinks(
  { services }: Pick<RingCxAccount, "services">,
  groups: readonly ServiceGroup[],
  isShown: boolean = showsLinks(groups),
): Promise<Map<number, string>> {
  const links = new Map<number, string>();
  for (const { serviceGroupId, services: children = [] } of groups) {
    if (children.length === 0) continue;
    const linked = isShown ? children : await services.listAllV2(serviceGroupId);
    for (const { serviceId, authConfigId } of linked)
      if (authConfigId !== undefined) links.set(serviceId, authConfigId);
  }
  return links;
}
