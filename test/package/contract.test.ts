import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apply, command, MessageRejectedError, problemsOf, sqsAttributes, validated } from "../../package/contract.ts";
import { rejection } from "../support/rejection.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const envelope = { source: "/onboarding/crm", id: "crm-42", time: new Date(now) };
const group = { kind: "httpServiceGroup", groupName: "CRM" } as const;
const order = { accountId: "123456", groupName: "CRM", serviceDescription: "Lookup", by: "ada", why: "move" };

describe("before an event is sent", () => {
  test.each([
    ["a message that is right", apply(envelope, { accountId: "123456", resources: [group] }), []],
    ["a message without resources", apply(envelope, { accountId: "123456", resources: [] }), ["data.resources"]],
    ["a command that is right", command(envelope, { ...order, command: "deactivate" }), []],
    [
      "a command that has ended",
      command(envelope, { ...order, command: "keep-inactive", until: "2026-03-01T11:00:00Z" }),
      ["data.until"],
    ],
    [
      "a command of tomorrow",
      command({ ...envelope, time: new Date(now + 86_400_000) }, { ...order, command: "release" }),
      ["time"],
    ],
    [
      "a message of next year, which its queue would refuse",
      apply({ ...envelope, time: new Date(now + 400 * 86_400_000) }, { accountId: "123456", resources: [group] }),
      ["time"],
    ],
    [
      "an account that is a number",
      apply(envelope, { accountId: 5 as never, resources: [] }),
      ["data.accountId", "data.resources"],
    ],
  ])("%s", (_what, event, paths) => {
    expect(problemsOf(event, now).map(({ path }) => path)).toEqual(paths);
    expect(problemsOf(JSON.stringify(event), now)).toEqual(problemsOf(event, now));
    // With how to mend each.
    const told = paths.map((path) => expect.stringMatching(new RegExp(`^${path.replace(".", "[.]")}: .+ \\(.+\\)$`)));
    if (paths.length > 0) expect(rejection(() => validated(event, now)).message.split("\n")).toEqual(told);
    else expect(validated(event, now)).toBe(event);
  });

  test("what is no event", () => {
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    for (const wrong of ["no JSON", undefined, null, 1, [], circle, 1n]) {
      expect(problemsOf(wrong as never, now)).toHaveLength(1);
      expect(() => validated(wrong as never, now)).toThrow(MessageRejectedError);
    }
  });

  test("every field that is wrong is named, the sender's account and the rest", () => {
    const wrong = apply(envelope, { accountId: 1, resources: [{ kind: "x" }, { ...group, groupNmae: "y" }] } as never);
    expect(problemsOf(wrong, now).map(({ path }) => path)).toEqual([
      "data.accountId",
      "data.resources[0].kind",
      "data.resources[1].groupNmae",
    ]);
  });

  test("an envelope that is none is named by its field", () => {
    const data = { accountId: "1", resources: [group] };
    expect(() => apply(undefined as never, data)).toThrow(/ringcx\.apply\.v1 is wrong:\n {2}envelope: /);
    expect(() => apply({ ...envelope, time: "now" as never }, data)).toThrow(/time: expected date/);
    expect(() => apply({ ...envelope, sources: "/x" } as never, data)).toThrow(/did you mean source\?/);
  });
});

test("what SQS cannot be given attributes for is refused by its field", async () => {
  await expect(sqsAttributes(undefined as never)).rejects.toThrow(/sqsAttributes is wrong:\n {2}event: /);
  await expect(sqsAttributes({ source: "/x", id: "1" } as never)).rejects.toThrow(/data: is missing/);
});

test("SQS is given what docs/producers.md asks for", async () => {
  const event = apply(envelope, { accountId: "123456", resources: [group] });
  expect(await sqsAttributes(event)).toEqual({
    MessageGroupId: "123456",
    MessageDeduplicationId: createHash("sha256").update("/onboarding/crm/crm-42").digest("hex"),
  });
});
