import { decideActivation, desiredActivation } from "../../../shared/activation/decide-activation.ts";
import type { Command } from "../../../shared/contract/command.ts";
import type { Cause } from "../../../shared/contract/outcome.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { follow } from "../apply/switch-service.ts";
import { changeOf } from "../outage/command-change.ts";
import { titleOf, type WatchedService, watchedNamed } from "../watchlist/watched-services.ts";
import type { ReconcileDependencies } from "./reconcile-service.ts";

/** Raised for a command about a service that does not exist: the sender must correct it. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";
}

/**
 * Does what a person orders, and says what came of it, also where nothing had to be done or something still holds.
 *
 * @throws {ServiceUnknownError}
 */
export async function carryOutCommand(parts: ReconcileDependencies, command: Command, deadline: number): Promise<void> {
  const { clock, outcomes, activation } = parts;
  const { data, source, id, type } = command;
  const service = await findService(parts, data, deadline);
  const cause: Cause = { source, id, type };
  const title = titleOf(service.name);
  const words = `${data.command} by ${data.by}: ${data.why}`;
  const common = { accountId: data.accountId, cause };

  const before = await activation.get(service.name);
  const { commandTime } = before.writerAttributes;
  if (typeof commandTime === "string" && Date.parse(commandTime) > Date.parse(command.time)) {
    const summary = `${title}: ${words} was not carried out, because a later command came first.`;
    await outcomes.publish({ ...common, status: "SUPERSEDED", summary });
    return;
  }
  if (data.dryRun === true) {
    const { isActive, because } = desiredActivation(before, clock.now());
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

async function findService(parts: ReconcileDependencies, name: ServiceName, deadline: number): Promise<WatchedService> {
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
