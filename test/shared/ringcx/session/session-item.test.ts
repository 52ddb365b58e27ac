import { expect, test } from "vitest";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import { fromItem, sessionKey, toItem } from "../../../../shared/ringcx/session/session-item.ts";

const key = { ...sessionKey("main"), version: 3 };
const pair = { accessToken: new Redacted("a"), refreshToken: new Redacted("r"), expiresAt: 5 };

test("a session that is written is read back", () => {
  const session = { pair, leaseUntil: 7, exchanges: [1, 2], version: 3 };
  const read = fromItem({ ...key, ...toItem(session) });
  expect(read).toEqual(session);
  expect(read.pair?.refreshToken.reveal()).toBe("r");
});

test("what is missing is filled in, and what a later version wrote does no harm", () => {
  const read = fromItem({ ...key, accessToken: "a", refreshToken: "r", schema: 1, device: "x" });
  expect(read).toEqual({ pair: { ...pair, expiresAt: 0 }, leaseUntil: 0, exchanges: [], version: 3 });
  expect(fromItem(key).pair).toBeUndefined();
  expect(fromItem(undefined)).toMatchObject({ pair: undefined, version: "absent" });
});

test("a session that cannot be read is named, its tokens are not", () => {
  const read = () => fromItem({ ...key, accessToken: "t0ken", refreshToken: "t0ken", tokenExpiresAt: "t0ken" });
  expect(read).toThrow(expect.objectContaining({ code: "ITEM_UNREADABLE" }));
  expect(read).toThrow(/CONNECTION#main.*SESSION.*tokenExpiresAt/);
  expect(read).not.toThrow(/t0ken/);
});
