import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Rule } from "aws-cdk-lib/aws-events";
import { expect, test } from "vitest";
import { alarmEvents } from "../../infra/constructs/building-blocks/alarm-events.ts";
import { matchesPattern } from "../../infra/local/events/event-pattern.ts";
import { plainApp } from "./synthesized.ts";

/** The pattern as it is deployed, with what only the deployment knows. */
function patternOf(prefixes?: readonly string[]): Record<string, unknown> {
  const stack = new Stack(plainApp(), "RingCxAutomation-test", {
    env: { region: "eu-central-1", account: "111122223333" },
  });
  new Rule(stack, "Rule", { eventPattern: alarmEvents(stack, prefixes) });
  const [rule] = Object.values(Template.fromStack(stack).findResources("AWS::Events::Rule"));
  const text = JSON.stringify(rule?.Properties.EventPattern);
  return JSON.parse(
    text.replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws$1"'),
  );
}

function event(alarmName: string, { region = "eu-central-1", account = "111122223333" } = {}): object {
  const resources = [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`];
  return { source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", resources, detail: { alarmName } };
}

const own = event("RingCxAutomation-test-OperationsProvisioningRejected0A1B2C3D-x1");

test.each<[what: string, event: object, prefixes: string[], matches: boolean]>([
  ["an alarm of a service", event("crm-lookup"), [], true],
  ["of another region, forwarded", event("crm-lookup", { region: "us-east-1" }), [], true],
  ["of another AWS account, forwarded", event("crm-lookup", { account: "210987654321" }), [], true],
  ["of the stack itself", own, [], false],
  ["of the stack itself, although its prefix is asked for", own, ["Ring"], false],
  ["of an environment whose name begins the same", event("RingCxAutomation-test2-x"), [], true],
  ["with one of the prefixes", event("erp-lookup"), ["crm-", "erp-"], true],
  ["with none of the prefixes", event("batch-lookup"), ["crm-", "erp-"], false],
  [
    "something else of CloudWatch",
    { ...event("crm-lookup"), "detail-type": "CloudWatch Alarm Configuration Change" },
    [],
    false,
  ],
])("%s", (_what, sent, prefixes, matches) => {
  expect(matchesPattern(sent, patternOf(prefixes))).toBe(matches);
});
