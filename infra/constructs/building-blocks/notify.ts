import { createHash } from "node:crypto";
import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";

/**
 * Subscribes an e-mail address or an HTTPS URL to a topic. SNS asks it to confirm first. Where the URL has a query, its logical id is
 * a hash: CDK makes one of the endpoint, and logical ids go where templates do not, into events and logs of deployments. All
 * others keep CDK's: with another id SNS would give the new subscription the old one's ARN, and CloudFormation would remove it.
 *
 * @param statuses only outcomes that ended so
 */
export function notify(topic: Topic, endpoint: string, statuses?: readonly string[]): void {
  const options = statuses && {
    filterPolicy: { status: SubscriptionFilter.stringFilter({ allowlist: [...statuses] }) },
  };
  const subscription = endpoint.startsWith("https://")
    ? new UrlSubscription(endpoint, options)
    : new EmailSubscription(endpoint, options);
  if (!endpoint.includes("?")) {
    topic.addSubscription(subscription);
    return;
  }
  const subscriberId = `To${createHash("sha256").update(endpoint).digest("hex").slice(0, 12)}`;
  topic.addSubscription({ bind: (on) => ({ ...subscription.bind(on), subscriberId }) });
}
