import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from "@aws-sdk/client-sns";
import { alarmRecipients, topicOutputs, type Urgency } from "./constructs/operations/alarm-urgency.ts";
import type { EnvironmentSettings } from "./environments.ts";

const meaning: Readonly<Record<Urgency, string>> = {
  page: "what cannot wait (page)",
  ticket: "what can wait for a working day (ticket)",
};

/**
 * Who of those that alarms tell cannot hear them, one sentence for each urgency, with what to do: nobody is subscribed, or
 * somebody has not confirmed. What SNS knows counts, so that whoever subscribed by hand is seen.
 *
 * @param outputs the deployed stack's outputs; without the topics there is nothing to say
 */
export async function unheardAlarms({
  sns,
  outputs,
  settings,
}: {
  sns: Pick<SNSClient, "send">;
  outputs: Readonly<Record<string, string>>;
  settings: Pick<EnvironmentSettings, "name" | "region" | "notifications">;
}): Promise<string[]> {
  const sentences = (["page", "ticket"] as const).map(async (urgency) => {
    const topicArn = outputs[topicOutputs[urgency]];
    if (topicArn === undefined) return [];
    const mend = `Name somebody in notifications.alarms or notifications.${urgency} of infra/environments.ts and deploy again, or: aws sns subscribe --region ${settings.region} --topic-arn ${topicArn} --protocol email --notification-endpoint YOU@EXAMPLE.COM`;
    try {
      const subscriptions = await subscriptionsOf(sns, topicArn);
      const pending = subscriptions.filter(({ SubscriptionArn = "" }) => !SubscriptionArn.startsWith("arn:"));
      const unconfirmed = pending.map((subscription) => `${shown(subscription)} has not confirmed`).join(", ");
      if (subscriptions.length === 0) return [`NOBODY IS TOLD of ${meaning[urgency]}. ${mend}`];
      if (subscriptions.length === pending.length) {
        return [
          `NOBODY IS TOLD YET of ${meaning[urgency]}: ${unconfirmed}. The link is in the message that SNS has sent.`,
        ];
      }
      return pending.length > 0 ? [`Of ${meaning[urgency]}: ${unconfirmed}.`] : [];
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unknown";
      if (alarmRecipients(settings, urgency).length === 0)
        return [`NOBODY IS TOLD of ${meaning[urgency]} by the settings. ${mend}`];
      return [`Who has confirmed to be told of ${meaning[urgency]} could not be looked up (${reason}).`];
    }
  });
  return (await Promise.all(sentences)).flat();
}

async function subscriptionsOf(sns: Pick<SNSClient, "send">, TopicArn: string): Promise<Subscription[]> {
  const all: Subscription[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, ...(NextToken && { NextToken }) }));
    all.push(...(page.Subscriptions ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return all;
}

/** An address; of a URL only where it leads to, because its path may be a credential. */
function shown({ Protocol, Endpoint = "" }: Subscription): string {
  return Protocol === "https" && URL.canParse(Endpoint) ? new URL(Endpoint).origin : Endpoint;
}
