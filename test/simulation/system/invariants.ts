import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { isInForce } from "../../../shared/activation/reasons.ts";
import { activationKey, fromItem } from "../../../shared/records/account/activation.ts";
import { everyAccount, type Player } from "./play.ts";

/** What is not as it should be once the world has settled, in words. */
export async function violationsIn(player: Player): Promise<string[]> {
  return [...messages(player), ...twins(player), ...(await activations(player))];
}

/** Every message and command has ended, and was told once. */
function messages({ system, sent, commands }: Player): string[] {
  const found: string[] = [];
  if (system.open > 0) found.push(`${system.open} messages, commands or events are still in their queues`);
  for (const id of [...sent.map((one) => one.id), ...commands]) {
    if (!system.told.has(id)) found.push(`nobody was told what became of ${id}`);
  }
  try {
    system.ids.check();
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

/** Of each name there is one. */
function twins({ system }: Player): string[] {
  return everyAccount.flatMap((accountId) => {
    const { groups, authConfigs } = system.outside.simulator.state(accountId);
    const names = [
      ...groups.map(({ groupName }) => `group ${groupName}`),
      ...authConfigs.map(({ providerName }) => `auth config ${providerName}`),
      ...groups.flatMap(({ groupName, services }) =>
        services.map(({ serviceDescription }) => `service ${groupName}/${serviceDescription}`),
      ),
    ];
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return twice.map((name) => `account ${accountId} has a second ${name}`);
  });
}

/** No service is active with a reason against it, and none inactive without one. */
async function activations({ system, clicked }: Player): Promise<string[]> {
  const { now } = system.time;
  const found: string[] = [];
  for (const accountId of everyAccount) {
    for (const { groupName, services } of system.outside.simulator.state(accountId).groups) {
      for (const { serviceDescription, isEnabled } of services) {
        const item = await system.outside.table.get(activationKey({ accountId, groupName, serviceDescription }));
        const record = fromItem(item);
        const { isActive, because } = desiredActivation(record, now);
        const isRenamed = clicked.get(`${accountId}/${serviceDescription.replace(", renamed", "")}`)?.isRenamed;
        if (isRenamed || isInForce(record.handsOff, now)) continue;
        if (isEnabled !== isActive) {
          const is = isEnabled ? "active" : "inactive";
          found.push(`${accountId} ${groupName}/${serviceDescription} is ${is}, but: ${because}`);
        }
        if ((record.intents ?? []).length > 0) found.push(`${serviceDescription} has intents left`);
      }
    }
  }
  return found;
}
