import { type ActivationChange, decideActivation, wantedActivation } from "../../shared/activation.ts";
import type { Command } from "../../shared/contract/command.ts";
import type { ServiceName } from "../../shared/state/keys.ts";
import type { Cause, FailOverParts } from "./parts.ts";
import { switchService } from "./switch-service.ts";
import { serviceNamed, titleOf, type WatchedService } from "./watched-service.ts";

/** Raised for a command about a service that does not exist: the sender must correct it. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";
}

/** What a command changes in the record. Pure. */
export function changeOf({ data }: Command, now: number): ActivationChange {
  const since = new Date(now).toISOString();
  const { command, by, why, until } = data;
  const hold = { by, why, since, ...(until !== undefined && { until }) };
  switch (command) {
    case "activate":
      return { remove: ["NOT_WANTED", "KEEP_INACTIVE", "MANUAL", "LATCHED"] };
    case "deactivate":
    case "keep-inactive":
      return { add: [{ kind: "KEEP_INACTIVE", ...hold }] };
    case "hands-off":
      return { handsOff: hold };
    case "override":
      return { override: hold };
    case "release":
      return { remove: ["KEEP_INACTIVE"], handsOff: null, override: null };
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
  const change = { ...changeOf(command, clock.now()), own: { commandTime: command.time } };
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
  // A person's word is carried out whatever the mode: observing is about what automation does by itself.
  const obeyed = { ...service, health: { ...service.health, mode: "enforce" as const } };
  const { record, decision } = await switchService(parts, { service: obeyed, change, because: words, cause, deadline });
  if (decision.action !== "leave") return;
  await outcomes.publish({
    ...common,
    status: "NO_CHANGE",
    summary: `${title}: ${words}. ${decideActivation(record, clock.now()).because}.`,
  });
}

async function findService(parts: FailOverParts, name: ServiceName, deadline: number): Promise<WatchedService> {
  const known = await serviceNamed(parts.table, name);
  if (known) return known;
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
    authConfig: undefined,
    validation: undefined,
  };
}
