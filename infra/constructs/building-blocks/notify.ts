import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";

/**
 * Subscribes an e-mail address or an HTTPS URL to a topic. SNS asks it to confirm first.
 *
 * @param statuses only outcomes that ended so
 */
export function notify(topic: Topic, endpoint: string, statuses?: readonly string[]): void {
  const options = statuses && {
    filterPolicy: { status: SubscriptionFilter.stringFilter({ allowlist: [...statuses] }) },
  };
  topic.addSubscription(
    endpoint.startsWith("https://") ? new UrlSubscription(endpoint, options) : new EmailSubscription(endpoint, options),
  );
}
