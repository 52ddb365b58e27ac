import { expect, test } from "vitest";
import { createUnreadableReporter } from "../../../shared/outcomes/unreadable-report.ts";
import { unreadableItem } from "../../../shared/state/unreadable-item.ts";
import { testClock } from "../../support/client-fakes.ts";

const error = unreadableItem({ pk: "QUOTA#account/1", sk: "WINDOW" }, ["grants (invalid_type)"]);

function reporter(send: () => Promise<unknown>) {
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
  return { report, logged, counted, published };
}

test.each([
  ["published", async () => undefined],
  ["not published, because SNS fails", () => Promise.reject(new Error("SNS is down"))],
])("an item that was rebuilt is logged, counted and %s, and whoever reads it goes on", async (_, send) => {
  const { report, logged, counted, published } = reporter(send);
  await report(error, "rebuilt");
  expect(counted).toEqual(["ItemsUnreadable"]);
  expect(logged[0]).toEqual([
    "item of the state table cannot be read: rebuilt",
    expect.objectContaining({ code: "ITEM_UNREADABLE", pk: "QUOTA#account/1", sk: "WINDOW" }),
  ]);
  expect(published).toMatchObject([{ status: "FAILED", summary: expect.stringMatching(/WINDOW.*grants.*safe value/) }]);
});

test("one that is left as it is is logged and counted, and no outcome says that all is well", async () => {
  const { report, logged, counted, published } = reporter(async () => undefined);
  await report(error, "left");
  expect(counted).toEqual(["ItemsUnreadable"]);
  expect(logged[0]).toEqual(["item of the state table cannot be read: left", expect.anything()]);
  expect(published).toEqual([]);
});
