import { describe, expect, it } from "vitest";
import { creationOrder } from "../../../../infra/local/template/creation-order.ts";

const resource = (Properties: Record<string, unknown>, DependsOn?: string[]) => ({
  Type: "T",
  Properties,
  ...(DependsOn && { DependsOn }),
});

describe("the order of creation", () => {
  it("puts what is referred to first, however it is referred to", () => {
    const order = creationOrder({
      last: resource({ a: [{ "Fn::Sub": ["${x}", { x: { Ref: "third" } }] }] }),
      third: resource({ a: { "Fn::Sub": "${second.Arn}" } }),
      second: resource({ a: { "Fn::Join": ["", [{ "Fn::GetAtt": ["first", "Arn"] }]] } }),
      first: resource({}, ["zeroth"]),
      zeroth: resource({ a: { Ref: "AWS::Region" } }),
    });
    expect(order).toEqual(["zeroth", "first", "second", "third", "last"]);
  });

  it("names the circle when resources depend on each other", () => {
    const circle = { a: resource({ x: { Ref: "b" } }), b: resource({}, ["a"]) };
    expect(() => creationOrder(circle)).toThrow("a -> b -> a");
  });
});
