import { createHash } from "node:crypto";
import type { Fields } from "../records.ts";

const credentialFields = new Set(["apiKey", "password", "secret", "assertion", "privateKey", "httpPassword"]);

/** What stands for a stored credential in an answer. */
export const mask = "********";

/** A record with `sha256:` and the first 12 digits of each credential's digest: enough to tell two apart. */
export function fingerprinted(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      credentialFields.has(name) ? fingerprint(String(value)) : value,
    ]),
  );
}

/** The fingerprint under which `/_simulator/state` shows a credential. */
export function fingerprint(credential: string): string {
  return `sha256:${createHash("sha256").update(credential).digest("hex").slice(0, 12)}`;
}
