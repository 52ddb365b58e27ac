import { keys } from "../../shared/state/keys.ts";
import type { Outage } from "./decide-outage.ts";
import { type FailedLook, lookAt } from "./look.ts";
import type { FailOverParts } from "./parts.ts";
import { servicesOfAccount, titleOf, type WatchedService } from "./watched-service.ts";
import { witness } from "./witness.ts";

/** How often an account's tree is read, in milliseconds: the bound on how late a person's change is noticed. */
const treeEveryMs = 5 * 60_000;
const treeEveryInOutageMs = 60_000;

/** How long an outage may take before a person is to look at it, in milliseconds. */
const tooLongMs = 4 * 60 * 60_000;

/** What a sweep found, for the metrics. */
export interface Swept {
  failed: FailedLook[];
  /** Services with an open outage. */
  inactive: number;
  /** Those of them whose outage has been open for four hours or more. */
  inactiveTooLong: number;
}

/**
 * Looks at every service that a manifest made known, so that an event that was lost or a crash half-way is repaired
 * within a minute; and now and then at what people did in the admin page.
 */
export async function sweep(parts: FailOverParts, { deadline }: { deadline: number }): Promise<Swept> {
  const failed: FailedLook[] = [];
  const outages: Outage[] = [];
  for (const accountId of parts.connections.flatMap(({ accountIds }) => accountIds)) {
    const services = await servicesOfAccount(parts.table, accountId);
    if (services.length === 0) continue;
    failed.push(...(await lookAt(parts, services, { deadline })));
    const records = await Promise.all(services.map(({ name }) => parts.activation.get(name)));
    const open = records.flatMap(({ reasons }) => reasons.filter((reason) => reason.kind === "OUTAGE"));
    outages.push(...open);
    await watchPeople(parts, accountId, services, { deadline, isOutageOpen: open.length > 0 });
  }
  const tooLong = outages.filter(({ since }) => parts.clock.now() - Date.parse(since) >= tooLongMs);
  return { failed, inactive: outages.length, inactiveTooLong: tooLong.length };
}

async function watchPeople(
  { table, clock, activation, ringcxFor, outcomes }: FailOverParts,
  accountId: string,
  services: readonly WatchedService[],
  { deadline, isOutageOpen }: { deadline: number; isOutageOpen: boolean },
): Promise<void> {
  const seenFrom = clock.now();
  const last = Number((await table.get(keys.accountSweep(accountId)))?.treeReadAt ?? 0);
  if (seenFrom - last < (isOutageOpen ? treeEveryInOutageMs : treeEveryMs)) return;
  await table.update(keys.accountSweep(accountId), { treeReadAt: seenFrom });
  const account = ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
  const groups = await account.groups.listWithChildren();
  const seen = new Map(
    groups.flatMap(({ services = [] }) => services.map(({ serviceId, isEnabled }) => [serviceId, isEnabled])),
  );
  for (const { name, serviceGroupId, serviceId } of services) {
    const isEnabled = seen.get(serviceId);
    if (isEnabled === undefined) continue;
    const found = witness(await activation.get(name), isEnabled, { seenFrom, now: clock.now() });
    if (!found) continue;
    await activation.change(name, found.change);
    if (found.tell === undefined) continue;
    await outcomes.publish({
      status: "NO_CHANGE",
      summary: `${titleOf(name)} ${found.tell}.`,
      accountId,
      cause: {
        source: "/ringcx-automation/sweep",
        id: `seen/${accountId}/${titleOf(name)}/${new Date(seenFrom).toISOString()}`,
        type: "ringcx.sweep",
      },
      resources: [
        { kind: "httpService", name: titleOf(name), result: "UNCHANGED", ids: { serviceGroupId, serviceId } },
      ],
    });
  }
}
