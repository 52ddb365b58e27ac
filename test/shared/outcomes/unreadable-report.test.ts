import { expect, test } from "vitest";
import { createUnreadableReporter } from "../../../shared/outcomes/unreadable-report.ts";
import { unreadableItem } from "../../../shared/state/unreadable-item.ts";
import { testClock } from "../../support/client-fakes.ts";

const error = unreadableItem({ pk: "QUOTA#account/1", sk: "WINDOW" }, ["grants (invalid_type)"]);

test.each([
  ["published", async () => undefined],
  ["not published, because SNS fails", () => Promise.reject(new Error("SNS is down"))],
])("an item that was rebuilt is logged, counted and %s, and whoever reads it goes on", async (_, send) => {
  const logged: unknown[] = [];
  const counted: string[] = [];
  const published: unknown[] = [];
  const report = createUnreadableReporter({
    outcomes: {
      publish: (data) => {
        published.push(data);
        return send() as never;
      },
    },
    clock: testClock(),
    logger: { error: (...args: unknown[]) => void logged.push(args) },
    metrics: { addMetric: (name) => counted.push(name) as never },
  });
  await report(error);
  expect(counted).toEqual(["ItemsUnreadable"]);
  expect(logged[0]).toEqual([
    "item of the state table rebuilt",
    expect.objectContaining({ code: "ITEM_UNREADABLE", pk: "QUOTA#account/1", sk: "WINDOW" }),
  ]);
  expect(published).toMatchObject([{ status: "FAILED", summary: expect.stringMatching(/WINDOW.*grants.*safe value/) }]);
});
