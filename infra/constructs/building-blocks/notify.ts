import { createHash } from "node:crypto";
import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";

/**
 * Subscribes an e-mail address or an HTTPS URL to a topic. SNS asks it to confirm first. Its logical id is a hash: CDK would
 * make one of the address, and logical ids go where templates do not, into events and logs of deployments.
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
  const subscriberId = `To${createHash("sha256").update(endpoint).digest("hex").slice(0, 12)}`;
  topic.addSubscription({ bind: (on) => ({ ...subscription.bind(on), subscriberId }) });
}
