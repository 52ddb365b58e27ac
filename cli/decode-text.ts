import { UsageError } from "./exit-codes.ts";

/** What the first bytes say of all the others; without them it is UTF-8. Source: Unicode Standard, 23.8, "Byte Order Mark". */
const marks = [
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/**
 * The text of a file as editors and shells write it: UTF-8, or UTF-16 where it says so (Windows PowerShell's `>`).
 *
 * @param file its name, for errors
 * @throws {UsageError} where it is neither, so that no name reaches RingCX with other letters
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = marks.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte))?.encoding ?? "utf-8";
  const text = decoded(bytes, encoding);
  if (text === undefined || text.includes("\0")) {
    throw new UsageError(`${file} is not text in UTF-8 or, with a byte order mark, UTF-16: save it as UTF-8.`);
  }
  return text;
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
