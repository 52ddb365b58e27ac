import { Stack } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { EventBus as BusTarget } from "aws-cdk-lib/aws-events-targets";
import { Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { checkedInput } from "../checked-input.ts";
import { takePart } from "./agreement/app-agreement.ts";
import { alarmEvents } from "./building-blocks/alarm-events.ts";
import { documentSizeProblems } from "./building-blocks/document-size.ts";
import { serviceOfAccount } from "./building-blocks/service-of-account.ts";
import { alarmForwardingProps } from "./props.ts";
import { warnOfPrefixes } from "./risky-settings.ts";

/** Where alarms' events go. */
export interface AlarmForwardingProps {
  /** The automation's bus: `automation.alarmBus.eventBusArn`, or the output `AlarmBusArn` of its stack. */
  eventBusArn: string;
  /** How the names of alarms begin that count. @default all */
  alarmNamePrefixes?: readonly string[];
}

/**
 * Brings the events of alarms of this region and AWS account to the automation's bus in another region or account, where
 * they act at once instead of by the next sweep. For Route 53's health checks: their alarms live in us-east-1. Only what
 * happens here is sent on, so that two that send to each other make no circle. Source: EventBridge User Guide, "Sending and
 * receiving events between AWS Regions" and "... between AWS accounts".
 */
export class AlarmForwarding extends Construct {
  /** @throws {Error} naming every wrong field; where the bus is of the stack's own region and AWS account */
  constructor(scope: Construct, id: string, props: AlarmForwardingProps) {
    super(scope, id);
    const where = `AlarmForwarding ${this.node.path}`;
    const { eventBusArn, alarmNamePrefixes } = checkedInput(alarmForwardingProps, props, { where });
    const { region, account } = Stack.of(this);
    const [, , , toRegion, toAccount] = eventBusArn.split(":");
    if (toRegion === region && toAccount === account) {
      throw new Error(
        `${where} is wrong:\n  eventBusArn: is of the stack's own region and AWS account, where alarms come to the automation by themselves (place it where the alarms live)`,
      );
    }
    const bus = EventBus.fromEventBusArn(this, "Bus", eventBusArn);
    const rule = new Rule(this, "Rule", {
      description: "Alarms that change their state, for RingCX automation",
      eventPattern: { ...alarmEvents(alarmNamePrefixes), region: [region], account: [account] },
    });
    // CDK's own role would let EventBridge act for any AWS account.
    const role = new Role(this, "Role", { assumedBy: serviceOfAccount(this, "events.amazonaws.com") });
    rule.addTarget(new BusTarget(bus, { role }));
    const shorten = "name fewer or shorter ones (`crm-` is all that begins so)";
    const settings = [{ setting: "alarmNamePrefixes", texts: alarmNamePrefixes ?? [], shorten }];
    this.node.addValidation({ validate: () => documentSizeProblems(this, settings) });
    warnOfPrefixes(this, "alarmNamePrefixes", alarmNamePrefixes ?? []);
    takePart(this, { kind: "forwarding", eventBusArn });
  }
}
