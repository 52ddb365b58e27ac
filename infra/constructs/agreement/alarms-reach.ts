import { Stack, Token } from "aws-cdk-lib";
import { alarmRegionsOf, forwardingRegions, stackName } from "../../environments.ts";
import {
  type AutomationPart,
  type Finding,
  type ForwardingPart,
  type HealthPart,
  isSameAccount,
  isSamePlace,
  type Member,
  type Placed,
} from "./member.ts";

type Automation = Placed<AutomationPart>;

/** Regions of the settings from which nothing brings the alarms' events. */
export function alarmsReach({ construct, settings }: Automation, members: readonly Member[]): Finding[] {
  const from = members.flatMap(({ construct: each, part }) =>
    part.kind === "forwarding" ? [Stack.of(each).region] : [],
  );
  if (from.some((region) => Token.isUnresolved(region))) return [];
  const silent = forwardingRegions(settings).filter((region) => !from.includes(region));
  if (silent.length === 0) return [];
  const message = `failover.alarmRegions: nothing brings the events of ${silent.join(", ")} here, so that its alarms act with the next sweep, within a minute. Place \`new AlarmForwarding(stack, "Alarms", { eventBusArn: automation.alarmBus.eventBusArn })\` in a stack of ${silent.length === 1 ? "that region" : "each of these regions"} (${construct.node.path} has the bus).`;
  return [{ id: "alarmsNotForwarded", message }];
}

/** An alarm whose tag no automation of the app reads, or reads for its services. */
export function healthIsRead(
  { construct, accountIds }: Placed<HealthPart>,
  automations: readonly Automation[],
): Finding[] {
  const near = automations.filter((each) => isSameAccount(each.construct, construct) !== "no");
  if (near.length === 0) return [];
  const { region } = Stack.of(construct);
  return [...new Set(accountIds)].flatMap((accountId): Finding[] => {
    const serving = near.filter(
      ({ settings, areAccountsOpen }) =>
        areAccountsOpen || settings.connections.some((connection) => connection.accountIds.includes(accountId)),
    );
    const paths = (serving.length > 0 ? serving : near).map((each) => each.construct.node.path).join(", ");
    if (serving.length === 0) {
      return [{ id: "healthOfNoAutomation", message: `services: account ${accountId} is not served by ${paths}` }];
    }
    const looks = serving.some(({ settings }) => alarmRegionsOf(settings).includes(region));
    if (looks || Token.isUnresolved(region)) return [];
    const message = `services: the alarm is in ${region}, where ${paths} reads no tags: add the region to failover.alarmRegions`;
    return [{ id: "healthNotRead", message }];
  });
}

/** Alarms of the automation's own region come by themselves; another AWS account's only where the bus lets it in. */
export function forwardingLeads(
  { construct, eventBusArn }: Placed<ForwardingPart>,
  automations: readonly Automation[],
): Finding[] {
  return automations.flatMap((automation): Finding[] => {
    if (!isBusOf(automation, eventBusArn)) return [];
    const { path } = automation.construct.node;
    if (isSamePlace(automation.construct, construct) === "yes") {
      return [
        {
          message: `eventBusArn: is of ${path}, in the same AWS account and region, where its alarms come by themselves. Place it in the other region.`,
        },
      ];
    }
    const { account } = Stack.of(construct);
    const isLetIn = Object.keys(automation.settings.failover.alarmReadRoleArns).includes(account);
    if (isLetIn || isSameAccount(automation.construct, construct) !== "no") return [];
    return [
      {
        message: `eventBusArn: the bus of ${path} takes no events of the AWS account ${account}: name it in failover.alarmReadRoleArns there, with the role that reads its alarms.`,
      },
    ];
  });
}

/** Whether an ARN, a reference or written out, is that of an automation's bus. */
function isBusOf({ construct, alarmBusArn, settings }: Automation, eventBusArn: string): boolean {
  if (alarmBusArn === eventBusArn) return true;
  const [, , , region, account, name] = eventBusArn.split(":");
  const own = Stack.of(construct).account;
  return region === settings.region && name === `event-bus/${stackName(settings)}` && account === own;
}
