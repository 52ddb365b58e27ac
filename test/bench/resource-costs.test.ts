import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { environments } from "../../infra/environments.ts";
import { everySetting, type Resource, synthesized } from "../infra/synthesized.ts";
import { costLines, freeTypes, type MonthOfWork } from "./resource-costs.ts";

type Resources = Readonly<Record<string, Resource>>;

const work: MonthOfWork = {
  runs: 1_000_000,
  seconds: 1_000_000,
  readUnits: 1_000_000,
  writeUnits: 1_000_000,
  tableGb: 1,
  describeAlarms: 1_000_000,
  secretCalls: 1_000_000,
  outcomes: 1_000_000,
  sweeps: 1_000,
};

const resourcesOf = (input = everySetting) => synthesized(input).toJSON().Resources as Resources;
const everything = resourcesOf();
const document = readFileSync("docs/costs.md", "utf8");
const dollarsFor = (what: string, resources: Resources) => {
  const line = costLines(resources, work).find((each) => each.what === what);
  return line ? line.units * line.price : Number.NaN;
};

test.each([...environments, everySetting].map((input) => [input.name, resourcesOf(input)] as const))(
  "every type of resource in the template of %s has a line, or a reason why it costs nothing",
  (_, resources) => {
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    const billed = costLines(resources, work).filter(({ units, price }) => units * price > 0);
    const known = new Set([...billed.flatMap((line) => line.of), ...Object.keys(freeTypes)]);
    expect([...types].filter((type) => !known.has(type))).toEqual([]);
  },
);

test("a type is billed or free, not both", () => {
  const billed = costLines(everything, work).flatMap((line) => line.of);
  expect(billed.filter((type) => type in freeTypes)).toEqual([]);
});

test.each(costLines(everything, work).map((line) => [line.what, line] as const))(
  "%s costs something where every setting is made, and stands in docs/costs.md",
  (what, { units, price }) => {
    expect(units * price).toBeGreaterThan(0);
    expect(document).toContain(`| ${what} |`);
  },
);

describe("a line follows the template", () => {
  const without = (type: string, ...properties: string[]): Resources =>
    Object.fromEntries(
      Object.entries(everything).map(([id, resource]) => {
        if (resource.Type !== type) return [id, resource];
        const kept = Object.entries(resource.Properties).filter(([name]) => !properties.includes(name));
        return [id, { ...resource, Properties: Object.fromEntries(kept) }];
      }),
    );

  test.each([
    ["traces", "AWS::Lambda::Function", "TracingConfig"],
    ["point-in-time recovery, GB", "AWS::DynamoDB::Table", "PointInTimeRecoverySpecification"],
    ["NAT gateways", "AWS::Lambda::Function", "VpcConfig"],
    ["traffic through NAT gateways, GB", "AWS::Lambda::Function", "VpcConfig"],
  ])("%s cost nothing without %s's %s", (what, type, property) => {
    expect(dollarsFor(what, without(type, property))).toBe(0);
  });

  test.each([
    ["KMS requests", "AWS::SQS::Queue", "KmsMasterKeyId"],
    ["KMS requests", "AWS::SNS::Topic", "KmsMasterKeyId"],
    ["KMS requests", "AWS::DynamoDB::Table", "SSESpecification"],
  ])("%s are fewer without %s's %s", (what, type, property) => {
    expect(dollarsFor(what, without(type, property))).toBeLessThan(dollarsFor(what, everything));
  });

  test("a log that is kept twice as long costs twice as much to keep", () => {
    const dollars = (logRetentionDays: number) =>
      dollarsFor("logs kept, GB", resourcesOf({ ...everySetting, logRetentionDays }));
    expect(dollars(180)).toBeCloseTo(2 * dollars(90));
  });

  test("a schedule that runs half as often costs half", () => {
    const dollars = (sweepSchedule: string) =>
      dollarsFor(
        "schedules",
        resourcesOf({ ...everySetting, failover: { sweepSchedule }, rotation: { schedule: "rate(56 hours)" } }),
      );
    expect(dollars("rate(2 minutes)") / dollars("rate(1 minute)")).toBeCloseTo(0.5, 1);
  });
});
