import type { StoredActivation } from "../../../shared/activation/activation-store.ts";
import {
  type ActivationChange,
  decideActivation,
  type InactiveReasonKind,
  wantedActivation,
} from "../../../shared/activation/decide-activation.ts";
import type { Command } from "../../../shared/contract/command.ts";
import { type Watch, watchOf } from "../../../shared/records/account/failover-memory.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { follow } from "../apply/switch-service.ts";
import type { Cause, FailOverParts } from "../dependencies.ts";
import { titleOf, type WatchedService, watchedNamed } from "../watchlist/watched-services.ts";

/** Raised for a command about a service that does not exist: the sender must correct it. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";
}

/**
 * What a command changes in the record. Pure.
 *
 * @param before the record as it is
 * @param now epoch milliseconds
 */
export function changeOf({ data, time }: Command, before: StoredActivation, now: number): ActivationChange {
  const since = new Date(now).toISOString();
  const { command, by, why, until } = data;
  const hold = { by, why, since, ...(until !== undefined && { until }) };
  const { heldBack, openings, ...watch } = watchOf(before);
  const remembering = (next: Watch) => ({ own: { commandTime: time, watch: next } });
  const unchanged = { own: { commandTime: time } };
  switch (command) {
    case "activate": {
      const remove: InactiveReasonKind[] = ["NOT_WANTED", "KEEP_INACTIVE", "MANUAL", "LATCHED"];
      // An outage that would not end by itself ends by this word; the outages so far no longer count as flapping.
      if (watch.waitsForCommand) remove.push("OUTAGE");
      const { waitsForCommand: _waitsForCommand, ...rest } = watch;
      return { remove, ...remembering({ ...rest, ...(heldBack && { heldBack }) }) };
    }
    case "deactivate":
    case "keep-inactive":
      return { add: [{ kind: "KEEP_INACTIVE", ...hold }], ...unchanged };
    case "hands-off":
      return { handsOff: hold, ...unchanged };
    case "override":
      return { override: hold, ...unchanged };
    case "release":
      return {
        remove: ["KEEP_INACTIVE"],
        handsOff: null,
        override: null,
        ...(heldBack && { add: [{ ...heldBack, since }] }),
        ...(heldBack ? remembering({ ...watch, openings: [...(openings ?? []), since] }) : unchanged),
      };
  }
}

/**
 * Does what a person orders, and says what came of it, also where nothing had to be done or something still holds.
 *
 * @throws {ServiceUnknownError}
 */
export async function carryOutCommand(parts: FailOverParts, command: Command, deadline: number): Promise<void> {
  const { clock, outcomes, activation } = parts;
  const { data, source, id, type } = command;
  const service = await findService(parts, data, deadline);
  const cause: Cause = { source, id, type };
  const title = titleOf(service.name);
  const words = `${data.command} by ${data.by}: ${data.why}`;
  const common = { accountId: data.accountId, cause };

  const before = await activation.get(service.name);
  const { commandTime } = before.own;
  if (typeof commandTime === "string" && Date.parse(commandTime) > Date.parse(command.time)) {
    const summary = `${title}: ${words} was not carried out, because a later command came first.`;
    await outcomes.publish({ ...common, status: "SUPERSEDED", summary });
    return;
  }
  if (data.dryRun === true) {
    const { isActive, because } = wantedActivation(before, clock.now());
    const summary = `${title} should be ${isActive ? "active" : "inactive"} now (${because}); ${words} was not carried out (dryRun).`;
    await outcomes.publish({ ...common, status: "PLANNED", summary });
    return;
  }
  const written = await activation.changeIf(service.name, before, changeOf(command, before, clock.now()));
  // Somebody wrote at the same moment: what the command changes may be another thing now.
  if (!written) return carryOutCommand(parts, command, deadline);
  // Followed whatever the mode is: observing is about what automation does by itself.
  const { record, decision } = await follow(parts, { service, because: words, cause, deadline }, written);
  if (decision.action !== "leave") return;
  await outcomes.publish({
    ...common,
    status: "NO_CHANGE",
    summary: `${title}: ${words}. ${decideActivation(record, clock.now()).because}.`,
  });
}

async function findService(parts: FailOverParts, name: ServiceName, deadline: number): Promise<WatchedService> {
  const known = await watchedNamed(parts, name);
  if (known) return known.service;
  const { accountId, groupName, serviceDescription } = name;
  const account = parts.ringcxFor(accountId).account(accountId, { priority: "urgent", deadline });
  const group = (await account.groups.listWithChildren()).find((one) => one.groupName === groupName);
  const service = group?.services?.find((one) => one.serviceDescription === serviceDescription);
  if (!group || !service) {
    throw new ServiceUnknownError(`account ${accountId} has no service "${titleOf(name)}": check both names`);
  }
  const { serviceGroupId } = group;
  const { serviceId } = service;
  return {
    name: { accountId, groupName, serviceDescription },
    serviceGroupId,
    serviceId,
    health: {},
    alarms: [],
    authConfig: undefined,
    validation: undefined,
  };
}
