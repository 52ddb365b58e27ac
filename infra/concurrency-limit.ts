import { concurrencyOfAll, concurrencyOfFailover } from "./constructs/building-blocks/concurrency.ts";
import type { EnvironmentSettings } from "./environments.ts";

/** Executions at once of an AWS account in a region, as Lambda's GetAccountSettings says. */
export interface AccountLimit {
  ConcurrentExecutions?: number | undefined;
  /** What no function has reserved. */
  UnreservedConcurrentExecutions?: number | undefined;
}

/** What must stay for functions that reserve nothing. Source: AWS Lambda Developer Guide, "Configuring reserved concurrency". */
const leastUnreserved = 100;

/**
 * Why the environment's functions would wait for others of the AWS account, in one sentence each with what to do.
 *
 * @returns nothing where the account allows what is asked for
 */
export function concurrencyProblems(
  { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved = limit }: AccountLimit,
  settings: Pick<EnvironmentSettings, "name" | "region" | "failover" | "connections">,
): string[] {
  const { name, region, failover } = settings;
  const all = concurrencyOfAll(settings);
  if (limit === undefined || unreserved === undefined) return [];
  const more = `aws service-quotas request-service-quota-increase --region ${region} --service-code lambda --quota-code L-B99A9384 --desired-value 1000`;
  const asks = `${name} asks for up to ${all}`;
  if (limit < all) {
    return [
      `This AWS account runs ${limit} Lambda functions at once in ${region}, and ${asks}: in an outage failover waits for provisioning, and for everything else in the account. Ask AWS for more: ${more}`,
    ];
  }
  if (failover.reserveConcurrency) {
    // It may be reserved already, by an earlier deployment.
    if (unreserved >= leastUnreserved) return [];
    return [
      `failover.reserveConcurrency reserves ${concurrencyOfFailover(settings)}, but ${unreserved} of this AWS account's ${limit} Lambda executions in ${region} are unreserved, and ${leastUnreserved} must stay so: the deployment may be refused. Leave the setting out, or ask AWS for more: ${more}`,
    ];
  }
  if (unreserved >= all) return [];
  return [
    `Only ${unreserved} of this AWS account's ${limit} Lambda executions in ${region} are not reserved by other functions, and ${asks}: in an outage failover may wait. Ask AWS for more: ${more}`,
  ];
}
