import { lookup as systemLookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { matchesHost } from "../primitives/host-pattern.ts";
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

/** Why the settings do not let a URL be asked, before anything is resolved; `undefined` when they do. */
export function urlBlocker(url: URL, { allowedHosts, allowHttp }: ProbeSettings): string | undefined {
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:")) {
    return `${url.protocol}//${url.host} is not https`;
  }
  if (allowedHosts.some((allowed) => matchesHost(url, allowed))) return undefined;
  return `the host ${url.host} is not on the allow-list (probe.allowedHosts of the environment)`;
}

const publicRanges: ReadonlySet<string> = new Set(["unicast"]);
// Not linkLocal: 169.254.169.254 hands out the credentials of whoever asks.
const privateRanges: ReadonlySet<string> = new Set(["unicast", "loopback", "private", "uniqueLocal"]);

/**
 * Resolves a URL's host. One address that is not allowed forbids the host: which of them is used would be chance.
 *
 * @returns the address to connect to, or why none may be
 */
export async function pinAddress(
  url: URL,
  { allowPrivateAddresses }: Pick<ProbeSettings, "allowPrivateAddresses">,
  lookup: Lookup,
): Promise<PinnedAddress | { forbidden: string } | { unresolved: string }> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = ipaddr.isValid(hostname)
    ? [{ address: hostname, family: ipaddr.parse(hostname).kind() === "ipv6" ? 6 : 4 }]
    : await resolved(hostname, lookup);
  const [first] = addresses;
  if (!first) return { unresolved: `the host ${hostname} cannot be resolved` };
  const allowed = allowPrivateAddresses ? privateRanges : publicRanges;
  for (const { address } of addresses) {
    const range = rangeOf(address);
    if (!allowed.has(range)) return { forbidden: `the host ${hostname} has an address that is not public (${range})` };
  }
  return first;
}

// Amazon's metadata endpoint over IPv6 lies within the unique local addresses.
const metadata = ipaddr.parse("fd00:ec2::254").toString();

function rangeOf(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address); // an IPv4 address written as IPv6 is judged as what it is
  return parsed.toString() === metadata ? "metadata" : parsed.range();
}

async function resolved(hostname: string, lookup: Lookup) {
  try {
    return await lookup(hostname);
  } catch {
    return [];
  }
}
