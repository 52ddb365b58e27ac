import { Stack } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { EnvironmentSettings } from "../../environments.ts";
import { notify } from "../building-blocks/notify.ts";
import { output } from "../building-blocks/output.ts";
import { letCloudWatchPublish, type RingCxAccess } from "../ringcx-access.ts";
import { alarmRecipients, topicOutputs, type Urgency } from "./alarm-urgency.ts";

/** The first one's name is from when there was one topic: whoever has subscribed to it by hand stays. */
const topicIds: Readonly<Record<Urgency, string>> = { page: "Notifications", ticket: "Tickets" };

/** A topic for each urgency, which every alarm of that urgency tells when it begins and when it ends. */
export function alarmTopics(
  scope: Construct,
  { settings, access }: { settings: EnvironmentSettings; access: RingCxAccess },
): Readonly<Record<Urgency, Topic>> {
  const topicOf = (urgency: Urgency): Topic => {
    const topic = new Topic(scope, topicIds[urgency], { masterKey: access.key, enforceSSL: true });
    for (const endpoint of alarmRecipients(settings, urgency)) notify(topic, endpoint);
    output(scope, topicOutputs[urgency], { value: topic.topicArn });
    return topic;
  };
  const topics = { page: topicOf("page"), ticket: topicOf("ticket") };
  letCloudWatchPublish(Object.values(topics), access.key);
  return topics;
}

/**
 * Outputs the command that raises an alarm for a moment: CloudWatch sets it right with the next value that it looks at,
 * so that the beginning and the end are told as they would be.
 */
export function outputTestCommand(alarm: Alarm, urgency: Urgency): void {
  const stack = Stack.of(alarm);
  const value = `aws cloudwatch set-alarm-state --region ${stack.region} --alarm-name ${alarm.alarmName} --state-value ALARM --state-reason Test`;
  const id = urgency === "page" ? "TestPageCommand" : "TestTicketCommand";
  output(alarm, id, { value, description: `Raises an alarm (${urgency}) for a moment, to see who is told` });
}
