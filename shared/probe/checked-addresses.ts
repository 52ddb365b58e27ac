import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import { type AddressRange, addressRange } from "../primitives/public-address.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** Every address of a host. Throws when there is none. */
export type Lookup = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/** The system's resolver. */
export const lookupAll: Lookup = (hostname) => systemLookup(hostname, { all: true });

/** An address that was checked: the connection goes there, whatever the name means a moment later. */
export interface PinnedAddress {
  address: string;
  family: number;
}

const publicOnly: ReadonlySet<AddressRange> = new Set(["public"]);
// Not "metadata": it hands out the credentials of whoever asks, on one machine too.
const privateToo: ReadonlySet<AddressRange> = new Set(["public", "loopback", "private", "uniqueLocal"]);

/** Most addresses of a host that are tried, in the order of the resolver. */
const mostAddresses = 6;

/**
 * Resolves a URL's host. One address that is not allowed forbids the host: which of them is used would be chance.
 * Takes as long as the resolver does; the caller bounds that.
 *
 * @returns the addresses to connect to, whatever the name means a moment later, or why there is none: `unresolved`, the
 *   resolver says that the name has none; `unasked`, the resolver itself cannot be asked or fails (SERVFAIL), which
 *   says nothing about the host
 */
export async function checkedAddresses(
  url: URL,
  { allowPrivateAddresses }: Pick<ProbeSettings, "allowPrivateAddresses">,
  lookup: Lookup,
): Promise<
  { addresses: readonly PinnedAddress[] } | { forbidden: string } | { unresolved: string } | { unasked: string }
> {
  const hostname = hostnameOf(url);
  const found = isIP(hostname) !== 0 ? [{ address: hostname }] : await resolved(hostname, lookup);
  if ("unasked" in found) return found;
  if (found.length === 0) return { unresolved: `the host ${hostname} cannot be resolved` };
  const allowed = allowPrivateAddresses ? privateToo : publicOnly;
  for (const { address } of found) {
    const range = addressRange(address);
    if (!allowed.has(range)) return { forbidden: `the host ${hostname} has an address that is not public (${range})` };
  }
  return { addresses: found.slice(0, mostAddresses).map(({ address }) => ({ address, family: isIP(address) })) };
}

/** A URL's host as the system's functions take it: an IPv6 address without its brackets. */
export function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** What a resolver answers where a name does not exist, or has no address. Source: Node.js, "DNS error codes". */
const noSuchName: ReadonlySet<string | undefined> = new Set(["ENOTFOUND", "ENODATA", "ENONAME"]);

async function resolved(
  hostname: string,
  lookup: Lookup,
): Promise<readonly { address: string }[] | { unasked: string }> {
  try {
    return await lookup(hostname);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return noSuchName.has(code)
      ? []
      : { unasked: `the resolver cannot be asked for ${hostname} (${code ?? "failed"})` };
  }
}
