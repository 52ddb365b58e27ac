import { expect, test } from "vitest";
import { SentMessages } from "../../../../infra/local/gateway/sent-messages.ts";

test("of thirty thousand messages only those are known that are still in a queue, and those that have just come", async () => {
  const waiting = new Set<string>();
  const sent = new SentMessages(async () => waiting);
  let most = 0;
  for (let number = 0; number < 30_000; number += 1) {
    const id = String(number);
    // One of a thousand stays: nobody can carry it out.
    if (number % 1_000 === 0) waiting.add(id);
    sent.add(id, { queueName: "queue" });
    if (number % 100 === 0) await Promise.resolve().then(() => undefined);
    most = Math.max(most, sent.size);
  }
  expect(most).toBeLessThan(6_000);
  expect([...waiting].every((id) => sent.get(id)?.queueName === "queue")).toBe(true);
});
