import { createHash } from "node:crypto";

/** Longest sort key of DynamoDB, in bytes of UTF-8. Source: DynamoDB Developer Guide, "Quotas and limits". */
export const longestSortKey = 1_024;

/** Longest partition key, in bytes. */
export const longestPartitionKey = 2_048;

/**
 * A key, or a part of one, that fits: what is too long keeps its beginning, for people, and ends in the hash of all of it.
 * Names in other scripts take three or four bytes a character.
 *
 * @param most bytes of UTF-8
 */
export function boundedKey(key: string, most: number = longestSortKey): string {
  if (Buffer.byteLength(key) <= most) return key;
  const hash = `~${createHash("sha256").update(key).digest("base64url")}`;
  const begin = Buffer.from(key)
    .subarray(0, most - hash.length)
    .toString();
  // A character that was cut in two has become U+FFFD, of three bytes.
  return `${begin.replace(/\uFFFD+$/, "")}${hash}`;
}
