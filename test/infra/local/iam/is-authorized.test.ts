import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesWildcard } from "../../../../infra/local/iam/condition.ts";
import { isAuthorized } from "../../../../infra/local/iam/is-authorized.ts";
import { policyDocumentSchema, type Statement } from "../../../../infra/local/iam/statement.ts";

function statements(...Statement: unknown[]): Statement[] {
  return policyDocumentSchema.parse({ Version: "2012-10-17", Statement }).Statement;
}

const queue = "arn:aws:sqs:eu-central-1:000000000000:work";
const send = { action: "sqs:SendMessage", resource: queue, context: {} };
const allowSend = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };

describe("authorization", () => {
  it("refuses what no statement allows", () => {
    expect(isAuthorized([], send)).toEqual({ isAllowed: false, why: "no statement allows it" });
  });

  it.each([
    ["the same action and resource", allowSend, true],
    ["one of several actions", { ...allowSend, Action: ["sqs:ReceiveMessage", "sqs:SendMessage"] }, true],
    ["an action in other letters", { ...allowSend, Action: "sqs:sendmessage" }, true],
    ["a wildcard action", { ...allowSend, Action: "sqs:Send*" }, true],
    ["another action", { ...allowSend, Action: "sqs:Send" }, false],
    ["a wildcard resource", { ...allowSend, Resource: "arn:aws:sqs:*:*:wor?" }, true],
    ["a resource in other letters", { ...allowSend, Resource: queue.toUpperCase() }, false],
    ["a resource that only begins so", { ...allowSend, Resource: queue.slice(0, -1) }, false],
    ["everything but this action", { Effect: "Allow", NotAction: "sqs:SendMessage", Resource: "*" }, false],
    ["everything but another action", { Effect: "Allow", NotAction: "sns:*", Resource: "*" }, true],
    ["everything but this resource", { Effect: "Allow", Action: "*", NotResource: queue }, false],
  ])("allowing %s", (_, statement, isAllowed) => {
    expect(isAuthorized(statements(statement), send).isAllowed).toBe(isAllowed);
  });

  it("lets a denial win over any number of permissions", () => {
    const policy = statements(
      allowSend,
      { Effect: "Allow", Action: "*", Resource: "*" },
      { ...allowSend, Effect: "Deny" },
    );
    expect(isAuthorized(policy, send)).toMatchObject({ isAllowed: false, why: "explicit deny" });
  });

  const tag = "secretsmanager:ResourceTag/ringcx:connection";
  it.each([
    ["StringEquals", { StringEquals: { [tag]: "main" } }, { [tag]: "main" }, true],
    ["StringEquals of another value", { StringEquals: { [tag]: ["a", "b"] } }, { [tag]: "main" }, false],
    ["StringEquals of a missing key", { StringEquals: { [tag]: "main" } }, {}, false],
    ["StringLike *", { StringLike: { [tag]: "*" } }, { [tag]: "main" }, true],
    ["StringLike * of a missing key", { StringLike: { [tag]: "*" } }, {}, false],
    ["StringNotEquals", { StringNotEquals: { [tag]: "main" } }, { [tag]: "main" }, false],
    ["StringNotEquals of a missing key", { StringNotEquals: { [tag]: "main" } }, {}, true],
    ["StringEqualsIfExists of a missing key", { StringEqualsIfExists: { [tag]: "main" } }, {}, true],
    ["ArnLike", { ArnLike: { "aws:SourceArn": "arn:*:rule/x*" } }, { "aws:SourceArn": "arn:aws:rule/xy" }, true],
    ["Bool", { Bool: { "aws:SecureTransport": false } }, { "aws:SecureTransport": "true" }, false],
    ["a key in other letters", { StringEquals: { "AWS:sourcearn": "a" } }, { "aws:SourceArn": "a" }, true],
    ["Null", { Null: { [tag]: true } }, {}, true],
    ["two operators, one of which fails", { StringLike: { [tag]: "*" }, Bool: { x: "true" } }, { [tag]: "m" }, false],
    [
      "ForAllValues",
      { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } },
      { "aws:TagKeys": ["a", "c"] },
      false,
    ],
    ["ForAnyValue", { "ForAnyValue:StringEquals": { "aws:TagKeys": ["a", "b"] } }, { "aws:TagKeys": ["a", "c"] }, true],
  ])("on the condition %s", (_, Condition, context, isAllowed) => {
    const policy = statements({ ...allowSend, Condition });
    expect(isAuthorized(policy, { ...send, context }).isAllowed).toBe(isAllowed);
  });

  it("refuses to guess about a condition operator that it does not know", () => {
    const Condition = { DateGreaterThan: { "aws:CurrentTime": "2026-01-01" } };
    expect(() => statements({ ...allowSend, Condition })).toThrow("DateGreaterThan");
  });

  it("never allows more when a denial is added", () => {
    const effect = fc.constantFrom("Allow", "Deny");
    const pattern = fc.constantFrom("*", "sqs:*", "sqs:SendMessage", "sns:Publish");
    const anyStatement = fc.record({ Effect: effect, Action: pattern, Resource: fc.constantFrom("*", queue) });
    fc.assert(
      fc.property(fc.array(anyStatement), pattern, (policy, Action) => {
        const before = isAuthorized(statements(...policy), send).isAllowed;
        const after = isAuthorized(statements(...policy, { Effect: "Deny", Action, Resource: "*" }), send).isAllowed;
        expect(after && !before).toBe(false);
      }),
    );
  });

  it("matches a text by itself and by a pattern of stars, whatever characters it has", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (head, tail) => {
        const literal = (text: string) => text.replaceAll(/[*?]/g, "x");
        expect(matchesWildcard(literal(head), literal(head))).toBe(true);
        expect(matchesWildcard(`${literal(head)}*${literal(tail)}`, `${literal(head)}\n.${literal(tail)}`)).toBe(true);
      }),
    );
  });
});
