import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What an address is, as far as the permission to connect to it goes. */
export type AddressRange =
  /** Somewhere on the internet. */
  | "public"
  /** The machine itself. */
  | "loopback"
  /** RFC 1918. */
  | "private"
  /** RFC 4193. */
  | "uniqueLocal"
  /** Hands out credentials or settings to whoever asks: never to be connected to, wherever it lies. */
  | "metadata"
  /** Any other: link-local, shared (CGNAT), multicast, a tunnel or translation to another address, reserved. */
  | "special"
  /** Not an address. */
  | "unknown";

/**
 * What ipaddr.js (2.5.0) does not tell: the metadata services, some within other ranges and one public, and a range
 * that it takes for ordinary. Its own ranges of tunnels and translation (6to4, Teredo, RFC 6145) count as they
 * stand, not as the address within: whether a gateway honours that one cannot be seen from here. Only for NAT64's
 * well-known prefix it is known.
 */
const beyondTheLibrary: readonly (readonly [cidr: string, range: AddressRange, source: string])[] = [
  ["168.63.129.16/32", "metadata", "Azure's WireServer, a public address (What is IP address 168.63.129.16?)"],
  ["100.100.100.200/32", "metadata", "Alibaba Cloud, within CGNAT"],
  ["192.0.0.192/32", "metadata", "Oracle Cloud Classic"],
  [
    "169.254.0.0/16",
    "metadata",
    "AWS, Google, Azure, Oracle, Tencent, ...; ECS and EKS credentials at 169.254.170.2, .23",
  ],
  ["fe80::a9fe:a9fe/128", "metadata", "OpenStack (Neutron: IPv6 support in Metadata service)"],
  ["fd00:ec2::/32", "metadata", "AWS: IMDS ::254, EKS Pod Identity ::23, DNS, time"],
  ["fd20:ce::254/128", "metadata", "Google Cloud, instances with IPv6 only"],
  ["fd00:c1::a9fe:a9fe/128", "metadata", "Oracle Cloud"],
  ["fd00:100::100:200/128", "metadata", "Alibaba Cloud"],
  ["fd00:a9fe:a9fe::1/128", "metadata", "Akamai (cloud-init: DataSourceAkamai)"],
  ["fd00:42::42/128", "metadata", "Scaleway (cloud-init: DataSourceScaleway)"],
  ["3ffe::/16", "special", "6bone, returned (RFC 3701); Teredo before RFC 4380"],
];
const rows = beyondTheLibrary.map(([cidr, range]) => [ipaddr.parseCIDR(cidr), range] as const);

/**
 * RFC 6052, 2.1: an IPv4 address under it is that host, of the internet only (3.1). DNS64 in a dual-stack VPC gives it
 * for every host that has IPv4 alone (Amazon VPC User Guide, "DNS64 and NAT64").
 */
const wellKnownNat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/** RFC 4291, 2.4 and IANA's registry: all that is global unicast today; `::/96`, `64:ff9b::/96`, ... lie outside. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * The range of an address as DNS or a URL gives it: four decimal numbers, or IPv6 without a zone. An IPv4 address
 * written as IPv6 (`::ffff:a.b.c.d`) is what it is to the system, which connects by IPv4. Never throws.
 */
export function addressRange(address: string): AddressRange {
  const kind = isIP(address);
  if (kind === 0 || address.includes("%")) return "unknown";
  // In hexadecimal: the library takes `::8.8.8.8`, as a resolver may write an IPv4-compatible address, for mapped.
  const parsed = ipaddr.process(kind === 4 ? address : new URL(`http://[${address}]`).hostname.slice(1, -1));
  if (parsed instanceof ipaddr.IPv6 && parsed.match(wellKnownNat64)) {
    return isPublicAddress(parsed.toByteArray().slice(-4).join(".")) ? "public" : "special";
  }
  const row = rows.find(([[network, bits]]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  if (row) return row[1];
  const range = parsed.range();
  if (range === "loopback" || range === "private" || range === "uniqueLocal") return range;
  if (range !== "unicast") return "special";
  if (!(parsed instanceof ipaddr.IPv6)) return "public";
  return parsed.match(globalUnicast) && !isIsatap(parsed) ? "public" : "special";
}

/** True only for an address of the internet that is nobody's way into a private network. */
export function isPublicAddress(address: string): boolean {
  return addressRange(address) === "public";
}

/** RFC 5214, 6.1: an interface identifier of `0000:5efe` or `0200:5efe` and an IPv4 address, under any prefix. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return parts[5] === 0x5efe && (parts[4] === 0 || parts[4] === 0x200);
}
