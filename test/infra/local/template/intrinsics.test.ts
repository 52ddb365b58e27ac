import { describe, expect, it } from "vitest";
import { resolve, type Scope } from "../../../../infra/local/template/intrinsics.ts";

const scope: Scope = {
  ref: (name) => (name === "AWS::NoValue" ? undefined : `<${name}>`),
  attribute: (logicalId, attribute) => `<${logicalId}.${attribute}>`,
  condition: (name) => name === "IsProduction",
  mapping: (map, key, secondKey) => `${map}/${key}/${secondKey}`,
};

describe("intrinsic functions", () => {
  it.each([
    ["Ref", { Ref: "Queue" }, "<Queue>"],
    ["GetAtt as a list", { "Fn::GetAtt": ["Queue", "Arn"] }, "<Queue.Arn>"],
    ["GetAtt as a text", { "Fn::GetAtt": "Queue.Arn" }, "<Queue.Arn>"],
    ["Join", { "Fn::Join": [":", ["a", { Ref: "B" }, "c"]] }, "a:<B>:c"],
    ["Sub", { "Fn::Sub": "x-${Queue}-${Queue.Arn}-${!literal}" }, "x-<Queue>-<Queue.Arn>-${literal}"],
    ["Sub with variables", { "Fn::Sub": ["${a}-${B}", { a: { Ref: "A" } }] }, "<A>-<B>"],
    ["Split and Select", { "Fn::Select": [1, { "Fn::Split": [".", "<a.b>"] }] }, "b>"],
    ["If", { "Fn::If": ["IsProduction", { Ref: "Yes" }, "no"] }, "<Yes>"],
    ["FindInMap", { "Fn::FindInMap": ["Map", "key", "second"] }, "Map/key/second"],
    ["ToJsonString", { "Fn::ToJsonString": { a: { Ref: "B" } } }, '{"a":"<B>"}'],
  ])("%s", (_, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it("leaves a property out whose value is AWS::NoValue", () => {
    expect(resolve({ a: { Ref: "AWS::NoValue" }, b: [1, { Ref: "AWS::NoValue" }] }, scope)).toEqual({ b: [1] });
  });

  it("takes a Condition of an IAM statement for a key and one of a rule for a function", () => {
    expect(resolve({ Condition: { Bool: { a: "b" } } }, scope)).toEqual({ Condition: { Bool: { a: "b" } } });
    expect(resolve({ "Fn::Not": [{ Condition: "IsProduction" }] }, scope)).toBe(false);
  });

  it("refuses a function that it does not know, by name", () => {
    expect(() => resolve({ "Fn::ImportValue": "x" }, scope)).toThrow("Fn::ImportValue");
    expect(() => resolve("{{resolve:ssm:/x}}", scope)).toThrow("{{resolve:ssm:/x}}");
  });
});
