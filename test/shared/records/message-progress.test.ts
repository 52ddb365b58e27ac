import { expect, test } from "vitest";
import { messageProgressFromItem, messageProgressItem } from "../../../shared/records/message-progress.ts";

const key = { source: "/test", id: "1" };
const finished = {
  data: { status: "SUCCEEDED", summary: "Done.", cause: { ...key, type: "ringcx.apply.v1" }, later: 1 },
  isRejected: false,
} as const;

test("progress is written back as it was read, with what a later version added", () => {
  const item = { pk: "ATTEMPTS#/test", sk: "1", version: 3, messageId: "m-1", finished, later: true };
  const record = messageProgressFromItem(item);
  expect(record).toMatchObject({ messageId: "m-1", failures: 0, done: {}, finished });
  expect(messageProgressItem(key, record, 99)).toEqual({
    ...item,
    failures: 0,
    refusals: 0,
    done: {},
    doubts: [],
    expiresAt: 99,
  });
});

test("progress without its message is an error that names the item", () => {
  expect(() => messageProgressFromItem({ pk: "ATTEMPTS#/test", sk: "1", version: 3 })).toThrow(
    /ATTEMPTS#\/test.*messageId/,
  );
});
