import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";

type Unpack = (packed: Buffer, options: ZlibOptions) => Promise<Buffer>;

const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", (packed, options) => promisify(isZlib(packed) ? inflate : inflateRaw)(packed, options)],
  ["br", promisify(brotliDecompress)],
]);

/**
 * An answer's body without its content coding (RFC 9110, 8.4.1), which proxies add although none was asked for. No
 * more than `maxBytes` is ever unpacked. Never throws.
 *
 * @param encoding the header `Content-Encoding`
 * @returns the bytes, or what is wrong with them, as the end of a sentence that begins with "the answer"
 */
export async function unpackedBody(
  packed: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<{ bytes: Buffer } | { problem: string }> {
  const coding = (encoding ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity" || packed.length === 0) return { bytes: packed };
  // One coding only: each further one is another factor of a thousand.
  const unpack = unpackers.get(coding);
  if (!unpack) return { problem: "is packed in a way that was not asked for (gzip, deflate and br are unpacked)" };
  try {
    return { bytes: await unpack(packed, { maxOutputLength: maxBytes }) };
  } catch (error) {
    const isTooLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return { problem: isTooLong ? `is longer than ${maxBytes} bytes` : `is not the ${coding} that it says` };
  }
}

/** RFC 1950, 2.2: the header of zlib's format. Some servers send bare deflate instead (RFC 1951). */
function isZlib(packed: Buffer): boolean {
  return packed.length >= 2 && ((packed[0] ?? 0) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}
