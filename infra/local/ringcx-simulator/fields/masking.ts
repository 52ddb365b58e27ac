import { createHash } from "node:crypto";
import type { Fields } from "../records.ts";

const credentialFields = new Set(["apiKey", "password", "secret", "assertion", "privateKey", "httpPassword"]);

/** What stands for a stored credential in an answer. */
export const mask = "********";

/** A record as it is read: credentials masked, or not there at all. */
export function masked(fields: Fields, how: "masked" | "absent"): Fields {
  return replaced(fields, () => (how === "masked" ? mask : undefined));
}

/** A record with `sha256:` and the first 12 digits of each credential's digest: enough to tell two apart. */
export function fingerprinted(fields: Fields): Fields {
  return replaced(fields, fingerprint);
}

/** The fingerprint under which `/_simulator/state` shows a credential. */
export function fingerprint(credential: string): string {
  return `sha256:${createHash("sha256").update(credential).digest("hex").slice(0, 12)}`;
}

function replaced(fields: Fields, replacement: (credential: string) => string | undefined): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (!credentialFields.has(name)) return [[name, value]];
      const shown = replacement(String(value));
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}
