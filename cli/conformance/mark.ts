import { createHash } from "node:crypto";

/** What everything that a run makes carries, and nothing else in the account does. */
export interface Mark {
  /** Twenty hexadecimal digits: when the run began (8), eight by chance, and a checksum of both (4). */
  text: string;
  /** When the run began, epoch milliseconds, to the second. */
  startedAt: number;
}

/** How many bytes of chance a mark has. */
const chanceBytes = 4;

/**
 * A mark that no other run has.
 *
 * @param now epoch milliseconds
 * @param random gives so many random bytes
 */
export function createMark(now: number, random: (bytes: number) => Uint8Array): Mark {
  const seconds = Math.floor(now / 1_000);
  const body = `${seconds.toString(16).padStart(8, "0")}${Buffer.from(random(chanceBytes)).toString("hex")}`;
  return { text: `${body}${checksum(body)}`, startedAt: seconds * 1_000 };
}

/** The mark that a text is, in whatever case. Twenty digits without the right checksum are none: nobody types one by accident. */
export function markFrom(text: string): Mark | undefined {
  const given = text.toLowerCase();
  if (!/^[0-9a-f]{20}$/.test(given) || checksum(given.slice(0, -4)) !== given.slice(-4)) return undefined;
  return { text: given, startedAt: Number.parseInt(given.slice(0, 8), 16) * 1_000 };
}

function checksum(body: string): string {
  return createHash("sha256").update(`ringcx-service-automation conformance ${body}`).digest("hex").slice(0, 4);
}
