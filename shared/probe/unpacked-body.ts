import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";

type Unpack = (packed: Buffer, options: ZlibOptions) => Promise<Buffer>;

const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", (packed, options) => promisify(isZlib(packed) ? inflate : inflateRaw)(packed, options)],
  ["br", promisify(brotliDecompress)],
]);

/** More of them than any proxy adds: each may be another factor of a thousand. */
const mostCodings = 3;

/**
 * An answer's body without its content codings (RFC 9110, 8.4: they are listed in the order in which they were applied),
 * which proxies add although none was asked for. No step unpacks more than `maxBytes`. Never throws.
 *
 * @param encoding the header `Content-Encoding`
 * @returns the bytes, or what is wrong with them, as the end of a sentence that begins with "the answer"
 */
export async function unpackedBody(
  packed: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<{ bytes: Buffer } | { problem: string }> {
  const codings = (encoding ?? "").split(",").map((coding) => coding.trim().toLowerCase());
  const applied = codings.filter((coding) => coding !== "" && coding !== "identity");
  if (packed.length === 0) return { bytes: packed };
  if (applied.length > mostCodings) return { problem: `is packed more than ${mostCodings} times` };
  let bytes = packed;
  for (const coding of applied.reverse()) {
    const unpack = unpackers.get(coding);
    if (!unpack) return { problem: "is packed in a way that was not asked for (gzip, deflate and br are unpacked)" };
    try {
      bytes = await unpack(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      const isTooLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      return { problem: isTooLong ? `is longer than ${maxBytes} bytes` : `is not the ${coding} that it says` };
    }
  }
  return { bytes };
}

/** RFC 1950, 2.2: the header of zlib's format. Some servers send bare deflate instead (RFC 1951). */
function isZlib(packed: Buffer): boolean {
  return packed.length >= 2 && ((packed[0] ?? 0) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}
