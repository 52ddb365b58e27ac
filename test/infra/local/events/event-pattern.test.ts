import { describe, expect, it } from "vitest";
import { matchesPattern } from "../../../../infra/local/events/event-pattern.ts";

const event = {
  source: "aws.cloudwatch",
  "detail-type": "CloudWatch Alarm State Change",
  resources: ["arn:a", "arn:b"],
  detail: { alarmName: "crm-health", state: { value: "ALARM" }, count: 7 },
};

describe("an event pattern", () => {
  it.each([
    ["nothing", {}, true],
    ["one of several values", { source: ["aws.ec2", "aws.cloudwatch"] }, true],
    ["another value", { source: ["aws.ec2"] }, false],
    ["nested fields", { detail: { state: { value: ["ALARM"] } } }, true],
    ["nested fields, one of which differs", { detail: { alarmName: ["crm-health"], state: { value: ["OK"] } } }, false],
    ["a field that is not there", { detail: { region: ["x"] } }, false],
    ["an element of a list", { resources: ["arn:b"] }, true],
    ["a prefix", { detail: { alarmName: [{ prefix: "crm-" }] } }, true],
    ["a prefix in any letters", { detail: { alarmName: [{ prefix: { "equals-ignore-case": "CRM-" } }] } }, true],
    ["another prefix", { detail: { alarmName: [{ prefix: "erp-" }] } }, false],
    ["a suffix", { detail: { alarmName: [{ suffix: "-health" }] } }, true],
    ["a wildcard", { detail: { alarmName: [{ wildcard: "c*-he*h" }] } }, true],
    ["anything but other values", { detail: { state: { value: [{ "anything-but": ["OK", "x"] }] } } }, true],
    ["anything but this value", { detail: { state: { value: [{ "anything-but": "ALARM" }] } } }, false],
    ["anything but this prefix", { detail: { alarmName: [{ "anything-but": { prefix: "crm-" } }] } }, false],
    ["a range", { detail: { count: [{ numeric: [">", 5, "<=", 7] }] } }, true],
    ["another range", { detail: { count: [{ numeric: [">", 7] }] } }, false],
    ["that a field exists", { detail: { count: [{ exists: true }] } }, true],
    ["that a field does not exist", { detail: { other: [{ exists: false }] } }, true],
    ["one of two alternatives", { $or: [{ source: ["x"] }, { detail: { count: [7] } }] }, true],
    ["neither of two alternatives", { $or: [{ source: ["x"] }, { detail: { count: [8] } }] }, false],
  ])("that asks for %s", (_, pattern, isMatch) => {
    expect(matchesPattern(event, pattern)).toBe(isMatch);
  });

  it("refuses an operator that it does not know, by name", () => {
    expect(() => matchesPattern(event, { source: [{ cidr: "10.0.0.0/8" }] })).toThrow("cidr");
  });
});
