import { expect, test } from "vitest";
import { activationKey, activationsOfAccount } from "../../../shared/records/account/activation.ts";
import { outcomeKey } from "../../../shared/records/outcome.ts";
import { boundedKey } from "../../../shared/state/bounded-key.ts";

test("a key that fits stays as it is", () => {
  expect(boundedKey("SERVICE#a/b")).toBe("SERVICE#a/b");
  expect(boundedKey("x".repeat(1_024))).toBe("x".repeat(1_024));
});

test.each(["x", "é", "語", "😀"])("a longer one of %s fits, begins as it did, and is no other's", (letter) => {
  const long = `SERVICE#${letter.repeat(2_000)}`;
  expect(Buffer.byteLength(boundedKey(long))).toBeLessThanOrEqual(1_024);
  expect(boundedKey(long).startsWith(`SERVICE#${letter.repeat(200)}`)).toBe(true);
  expect(boundedKey(long)).not.toContain("\uFFFD");
  expect(boundedKey(`${long}a`)).not.toBe(boundedKey(`${long}b`));
});

test("names that people gave in RingCX, longer than a message may, have keys that fit", () => {
  const name = { accountId: "1", groupName: "語".repeat(256), serviceDescription: "名".repeat(256) };
  const { sk } = activationKey(name);
  expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(1_024);
  expect(sk.startsWith(activationsOfAccount)).toBe(true);
  const { pk, sk: id } = outcomeKey("語".repeat(1_024), "名".repeat(1_024));
  expect([Buffer.byteLength(pk) <= 2_048, Buffer.byteLength(id) <= 1_024]).toEqual([true, true]);
});
