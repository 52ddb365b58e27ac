import { expect, test } from "vitest";
import type { Outcome, OutcomeData } from "../../../shared/contract/outcome.ts";
import { chatNotification, isForChat } from "../../../shared/outcomes/chat-notification.ts";
import { createOutcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";

const rejected: OutcomeData = {
  status: "REJECTED",
  summary: "Rejected: data.resources[0].groupname: is not a known field.",
  accountId: "123456",
  cause: { source: "/crm", id: "m1", type: "ringcx.apply.v1" },
  problems: [{ path: "data.resources[0].groupname", message: "is not a known field", hint: "did you mean groupName?" }],
};
const outage: OutcomeData = {
  status: "SUCCEEDED",
  summary: "CRM/Lookup deactivated: the alarm fires.",
  accountId: "123456",
  cause: { source: "arn:alarm", id: "outage/123456/CRM/Lookup/now", type: "aws.cloudwatch.alarm" },
  resources: [{ kind: "httpService", name: "CRM/Lookup", result: "UPDATED", changes: ["deactivated"] }],
};
const outcomeOf = (data: OutcomeData): Outcome => ({
  specversion: "1.0",
  type: "ringcx.outcome.v1",
  source: "/ringcx-automation/production",
  id: `${data.cause.source}/${data.cause.id}`,
  time: "2026-01-05T09:00:00Z",
  data,
});

test("a rejected message says what is wrong, how to mend it, and what to type", () => {
  expect(chatNotification(outcomeOf(rejected))).toMatchObject({
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: "Rejected (RingCX, production, account 123456)",
      description: expect.stringMatching(/^Rejected: .*\n• data\.resources\[0\]\.groupname: is not a known field$/),
      nextSteps: [
        "did you mean groupName?",
        "ops rejected show m1 --environment production",
        "ops trace m1 --environment production",
      ],
    },
    metadata: { eventType: "ringcx.apply.v1" },
  });
});

test("an outage names its service, and stands in one thread with its end", () => {
  const { content, metadata } = chatNotification(outcomeOf(outage));
  expect(content.nextSteps).toContain("ops why CRM/Lookup --environment production");
  const end = { ...outage, cause: { ...outage.cause, id: "recovery/123456/CRM/Lookup/now" } };
  expect(chatNotification(outcomeOf(end)).metadata.threadId).toBe(metadata.threadId);
});

test("what names hold mentions nobody, and bounds are kept", () => {
  const hostile = "<!channel> @here `rm -rf` ".repeat(500);
  const data = { ...rejected, summary: hostile, problems: [{ path: hostile, message: hostile, hint: hostile }] };
  const notification = chatNotification(outcomeOf(data));
  expect(JSON.stringify(notification)).not.toMatch(/<|>|`|@here/);
  expect(JSON.stringify(notification).length).toBeLessThan(10_000);
});

test.each([
  [rejected, true],
  [outage, true],
  [{ ...outage, status: "NO_CHANGE" as const }, false],
  [{ ...rejected, status: "SUCCEEDED" as const }, false],
])("a chat is told what needs somebody, and what was done by itself", (data, isTold) => {
  expect(isForChat(outcomeOf(data), { statuses: ["REJECTED"] })).toBe(isTold);
});

test("a chat that cannot be told keeps no outcome from being published", async () => {
  const sent: (string | undefined)[] = [];
  const failed: unknown[] = [];
  const outcomes = createOutcomes({
    table: new MemoryStateTable(),
    topics: {
      async publish({ topicArn }) {
        sent.push(topicArn);
        if (topicArn === "chat") throw new Error("no such topic");
      },
    },
    topicArn: "outcomes",
    environment: "production",
    clock: testClock(0),
    chat: { topicArn: "chat", statuses: ["REJECTED"] },
    onChatFailed: (_, error) => failed.push(error),
  });
  await outcomes.publish(rejected);
  expect(sent).toEqual(["outcomes", "chat"]);
  expect(failed).toHaveLength(1);
});

test("of a dry run that was refused no chat is told: whoever asked has the answer", () => {
  const settings = { statuses: ["REJECTED" as const] };
  expect(isForChat(outcomeOf(rejected), settings)).toBe(true);
  expect(isForChat(outcomeOf({ ...rejected, details: { code: "X", dryRun: true } }), settings)).toBe(false);
});
