import { expect, test } from "vitest";
import { forEachAccount } from "../../../shared/primitives/each-account.ts";

test("a thousand accounts are never asked about all at once, and their results come in their order", async () => {
  const accounts = Array.from({ length: 1_000 }, (_, index) => String(index));
  let running = 0;
  let most = 0;
  const results = await forEachAccount(accounts, async (accountId) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return accountId;
  });
  expect(results).toEqual(accounts);
  // Half of the sockets that an AWS client has.
  expect(most).toBe(25);
});
