import type { Logger } from "@aws-lambda-powertools/logger";
import { cutName, isCutName } from "../../../shared/primitives/same-name.ts";
import {
  creationIntentKey,
  creationProgressOf,
  serviceCreationsOfAccount,
} from "../../../shared/records/account/resource-markers.ts";
import { serviceRecordKey, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { accountPartition, type ServiceName, serviceNameFromPath } from "../../../shared/records/service-name.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import type { Key } from "../../../shared/state/table.ts";
import { servicesOfTree } from "../read/observed-account.ts";
import type { ApplyDependencies } from "../write/apply-context.ts";
import { bornLookMs } from "../write/create-once.ts";
import { deactivateBorn } from "../write/make-service.ts";
import type { AccountSession } from "./account-session.ts";

/** Later than this after its making whoever activates a service means it, in milliseconds. */
const bornWithinMs = 15 * 60_000;

/** How soon they are looked for again at first where that went wrong, in milliseconds. */
const bornRetryMs = 5_000;

/** How soon where it still goes wrong: after half of the time that it has gone wrong already. All of them share one quota. */
function retryMs(begun: ReadonlyMap<string, number>, now: number): number {
  return Math.max(bornRetryMs, (now - Math.max(...begun.values())) / 2);
}

/**
 * Services of an account that may be born active, and that nobody has seen since they were made: when their POST was sent, epoch
 * milliseconds, by the `sk` of their creation intent.
 */
export async function readBirths(
  accountId: string,
  { table, clock }: Pick<ApplyDependencies, "table" | "clock">,
): Promise<Map<string, number>> {
  const begun = new Map<string, number>();
  for (const item of await table.query(accountPartition(accountId), serviceCreationsOfAccount)) {
    const { unseenSince = 0, activeForMs } = creationProgressOf(item);
    if (activeForMs === undefined && clock.now() - unseenSince < bornWithinMs) begun.set(item.sk, unseenSince);
  }
  return begun;
}

/** Whether RingCX may have cut a name to what it shows. */
function isShownAs(shown: ServiceName, name: ServiceName): boolean {
  const isOf = (one: string, whole: string) => one === whole || isCutName(one, whole);
  return isOf(shown.groupName, name.groupName) && isOf(shown.serviceDescription, name.serviceDescription);
}

/**
 * Before anything else of an account: services whose making nobody saw end, because the answer was lost or a process died, and
 * that were born active, are deactivated. What their message waits for, or is refused for, has nothing to do with it; its
 * outcome tells it. Where that cannot be done now, it is tried again, whatever becomes of the message.
 *
 * @returns in how many milliseconds they are looked for again, whenever their message has its next turn
 */
export async function endBirths(
  session: AccountSession,
  dependencies: ApplyDependencies & { logger: Pick<Logger, "warn"> },
): Promise<number | undefined> {
  const { table, clock, logger } = dependencies;
  const { accountId, observed, urgent } = session;
  let begun: ReadonlyMap<string, number> = new Map();
  try {
    begun = await readBirths(accountId, dependencies);
    if (begun.size === 0) return undefined;
    const long = [...begun.keys()].flatMap((sk) => {
      const name = serviceNameFromPath(accountId, sk.slice(serviceCreationsOfAccount.length));
      return name && [name.groupName, name.serviceDescription].some((one) => cutName(one) !== one) ? [name] : [];
    });
    const records = await table.query(accountPartition(accountId), servicesOfAccount);
    // What has a record is known by its id, whatever a person has given its name to.
    const isAnother = ({ sk }: Key, serviceId: number) =>
      records.some((one) =>
        one.sk === sk ? one.isBegun === true && one.serviceId !== serviceId : one.serviceId === serviceId,
      );
    const bornIn = (groups: readonly ServiceGroup[]) =>
      servicesOfTree(groups).flatMap(({ groupName, serviceGroupId, service }) => {
        const { serviceDescription, serviceId, isEnabled } = service;
        const shown = { accountId, groupName, serviceDescription };
        const name = long.find((one) => isShownAs(shown, one)) ?? shown;
        const key = creationIntentKey(accountId, { kind: "httpService", ...name });
        const madeAt = begun.get(key.sk);
        if (madeAt === undefined || isAnother(serviceRecordKey(name), serviceId)) return [];
        return [{ name, key, serviceGroupId, serviceId, isEnabled, madeAt }];
      });
    await observed.readTree(urgent);
    const born = new Map(bornIn(observed.groups).map((one) => [one.key.sk, one]));
    const now = clock.now();
    const isAwaited = () => [...begun].some(([sk, madeAt]) => !born.has(sk) && unshownMs(madeAt, now) > 0);
    if (isAwaited()) {
      const listed = bornIn(await observed.lookAgain(now - bornLookMs, urgent));
      for (const one of listed) if (!born.has(one.key.sk)) born.set(one.key.sk, one);
    }
    for (const one of born.values()) {
      if (one.isEnabled !== true) continue;
      const activeForMs = await deactivateBorn({ ...dependencies, ...session }, one);
      if (activeForMs !== undefined) await table.update(one.key, { activeForMs });
    }
    return isAwaited() ? bornLookMs : undefined;
  } catch (error) {
    logger.warn("services that were just made were not looked after", { accountId, error: String(error) });
    return begun.size === 0 ? bornRetryMs : retryMs(begun, clock.now());
  }
}
