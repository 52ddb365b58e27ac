import { displayName } from "../../../shared/records/service-name.ts";
import { readAccountTree } from "./account-tree.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";
import { isSameService } from "./former-names.ts";
import { readWatchedServices, type WatchedService } from "./watched-services.ts";

/**
 * Why a command about a service is not carried out: a person has given it another name, and its own to another service that is
 * known, so whoever names it may mean either. RingCX is asked only where a sweep has seen it renamed; where it does not answer, the
 * service is meant that is known by the name.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 */
export async function calledOtherwise(
  dependencies: WatchlistDependencies,
  { name, serviceId, shownAs }: WatchedService,
  deadline: number,
): Promise<{ message: string; hint: string } | undefined> {
  if (shownAs === undefined) return undefined;
  const tree = await readAccountTree(dependencies, name.accountId, deadline).catch(() => []);
  const own = tree.find((one) => one.serviceId === serviceId);
  const other = tree.find((one) => one.serviceId !== serviceId && isSameService(one.name, name));
  if (!own || !other || isSameService(own.name, name)) return undefined;
  const { services } = await readWatchedServices(dependencies, name.accountId);
  const known = services.find(({ service }) => service.serviceId === other.serviceId)?.service.name;
  if (!known) return undefined;
  return {
    message: `${JSON.stringify(displayName(name))} is called ${JSON.stringify(displayName(own.name))} in RingCX now, and ${JSON.stringify(displayName(known))} is called that: nothing was done`,
    hint: "rename them back in the admin page, or switch there the one that is meant",
  };
}
