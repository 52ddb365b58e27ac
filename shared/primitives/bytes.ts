/** How many bytes a text has as UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * What stands in Base64, a character for each byte. Takes the alphabet of URLs, too, skips what is in neither, and ends at
 * the padding, as Node's Buffer does. Without Buffer, so that the contract can be used in a browser. Never throws.
 */
export function binaryOfBase64(base64: string): string {
  const [beforePadding = ""] = base64.split("=", 1);
  const digits = beforePadding
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replaceAll(/[^A-Za-z0-9+/]/g, "");
  // A single digit is less than a byte.
  return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
}

/** The bytes of a text that has a character for each. */
export function bytesOfBinary(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
