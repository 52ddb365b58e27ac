import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { taggedServiceKey, taggedServicesOfAccount } from "../../../shared/records/account/tagged-service.ts";
import { alarmTaggedServiceKey } from "../../../shared/records/alarm-links.ts";
import { accountPartition, type ServiceName } from "../../../shared/records/service-name.ts";
import type { FailOverParts } from "../dependencies.ts";
import { witness } from "../evidence/manual-change.ts";
import type { Looked } from "../reconcile/reconcile-services.ts";
import { idsInWords } from "../report/invalid-tags.ts";
import type { Seen } from "./account-tree.ts";
import { type AlarmTag, servicesIn, type TaggedIds } from "./alarm-tags.ts";

/** A service of one account that a tag names. */
interface Named extends TaggedIds {
  alarmArn: string;
}

/** What the tags name in one account. */
export function namedIn(tags: readonly AlarmTag[], accountId: string): Named[] {
  return tags.flatMap(({ alarmArn, value }) =>
    servicesIn(value)
      .services.filter((ids) => ids.accountId === accountId)
      .map((ids) => ({ alarmArn, ...ids })),
  );
}

const taggedSchema = z.object({ groupName: z.string(), serviceDescription: z.string(), alarms: z.array(z.string()) });

/**
 * Writes down which services the tags name, by name, so that an event finds them; what no tag names any more goes.
 *
 * @returns ids, as a tag writes them, that no service has
 */
export async function assignTags(
  parts: FailOverParts,
  accountId: string,
  named: readonly Named[],
  { tree, looked }: { tree: readonly Seen[] | undefined; looked: readonly Looked[] },
): Promise<string[]> {
  const { table } = parts;
  const unknown: string[] = [];
  const seen = new Map(tree?.map((one) => [one.serviceId, one]));
  // The tree knows of new names and of services that are gone; without it, what was known still holds.
  const known = tree ?? looked.map(({ service }) => service);
  const names = new Map(known.map(({ serviceId, name }) => [serviceId, name]));
  const wanted = new Map<string, { name: ServiceName; ids: Omit<Named, "alarmArn">; alarms: string[] }>();
  for (const { alarmArn, ...ids } of named) {
    const name = names.get(ids.serviceId);
    if (!name) {
      unknown.push(idsInWords(ids));
      continue;
    }
    const { sk } = taggedServiceKey(name);
    wanted.set(sk, { name, ids, alarms: [...(wanted.get(sk)?.alarms ?? []), alarmArn] });
  }
  const present = await table.query(accountPartition(accountId), taggedServicesOfAccount);
  const before = new Map(present.map((item) => [item.sk, taggedSchema.parse(item)]));

  for (const [sk, { name, ids, alarms }] of wanted) {
    const had = before.get(sk)?.alarms;
    if (isDeepStrictEqual(had, alarms)) continue;
    for (const arn of alarms) await table.put({ ...alarmTaggedServiceKey(arn, name), ...name });
    await forget(
      parts,
      name,
      had?.filter((arn) => !alarms.includes(arn)),
    );
    await noteFirstSight(parts, name, seen.get(ids.serviceId));
    await table.put({ ...taggedServiceKey(name), ...name, ...ids, alarms });
  }
  for (const [sk, { groupName, serviceDescription, alarms }] of before) {
    if (wanted.has(sk)) continue;
    const name = { accountId, groupName, serviceDescription };
    await forget(parts, name, alarms);
    await table.delete(taggedServiceKey(name));
  }
  return unknown;
}

async function forget({ table }: FailOverParts, name: ServiceName, alarms: readonly string[] = []): Promise<void> {
  for (const arn of alarms) await table.delete(alarmTaggedServiceKey(arn, name));
}

/** A service that only a tag names was never ours: what it is now is a person's word. */
async function noteFirstSight({ activation, clock }: FailOverParts, name: ServiceName, seen: Seen | undefined) {
  if (seen?.isEnabled === undefined) return;
  const record = await activation.get(name);
  const found = witness(record, seen.isEnabled, { seenFrom: clock.now(), now: clock.now() });
  if (found) await activation.changeIf(name, record, found.change);
}
