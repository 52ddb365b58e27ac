import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { type EnvironmentInput, environmentNamed, stackIds } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { everySetting, plainApp } from "./synthesized.ts";

// Environments of one AWS account that do not know of each other: nothing that one has is found under the other's name.
const one: EnvironmentInput = { ...everySetting, name: "one" };

function templatesOf(known: readonly EnvironmentInput[]): Template[] {
  const app = plainApp();
  return known
    .map((each) => environmentNamed(each.name, known, each.region))
    .map((environment) => new RingCxAutomationStack(app, stackIds(environment, known).home, { environment }))
    .map((stack) => Template.fromStack(stack));
}

/** Names that the template itself gives, instead of CloudFormation: `type name`. */
function namesIn(template: Template): string[] {
  const resources = Object.values(template.toJSON().Resources as Record<string, { Type: string; Properties?: object }>);
  // An inline policy's name is its role's own.
  const named = resources.filter(({ Type }) => Type !== "AWS::IAM::Policy");
  return named.flatMap(({ Type, Properties = {} }) =>
    Object.entries(Properties)
      .filter(([property, value]) => property === `${Type.split("::")[2]}Name` || (property === "Name" && value))
      .map(([, value]) => `${Type} ${JSON.stringify(value)}`),
  );
}

/** Our own metrics, with their dimensions. */
function metricsIn(template: Template): string[] {
  const text = JSON.stringify(template.toJSON());
  const inAlarms = Object.values(template.findResources("AWS::CloudWatch::Alarm"))
    .filter(({ Properties }) => Properties.Namespace === "RingCxAutomation")
    .map(({ Properties }) => `${Properties.MetricName} ${JSON.stringify(Properties.Dimensions)}`);
  const services = [...text.matchAll(/"POWERTOOLS_SERVICE_NAME":"([^"]*)"/g)].map(
    ([, service]) => `publishes ${service}`,
  );
  return [...inAlarms, ...services];
}

const two = { ...one, name: "two" };
const [first, otherName] = templatesOf([one, two]) as [Template, Template];
const [, otherRegion] = templatesOf([one, { ...one, region: "us-east-1", rotation: {} }]) as [Template, Template];

/** Of a region each: the same name in another region is another one. */
const regional = /^AWS::(Events::EventBus|SSM::Parameter|KMS::Alias) /;

test.each<[place: string, other: Template, shared: RegExp | undefined]>([
  ["another name in the same region", otherName, undefined],
  // Dashboards belong to the AWS account.
  ["the same name in another region", otherRegion, regional],
])("what the template names itself is named for one environment: %s", (_place, other, shared) => {
  expect(namesIn(first).length).toBeGreaterThan(1);
  const both = namesIn(first).filter((name) => namesIn(other).includes(name));
  expect(both.filter((name) => !shared?.test(name))).toEqual([]);
});

test("metrics are one environment's: CloudWatch keeps each region's apart, their dimension each name's", () => {
  expect(metricsIn(first).length).toBeGreaterThan(15);
  expect(metricsIn(first).filter((metric) => metricsIn(otherName).includes(metric))).toEqual([]);
});
