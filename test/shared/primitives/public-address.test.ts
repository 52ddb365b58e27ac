import fc from "fast-check";
import { expect, test } from "vitest";
import { addressRange, isPublicAddress } from "../../../shared/primitives/public-address.ts";

test.each([
  "1.1.1.1",
  "8.8.8.8",
  "93.184.216.34",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "128.0.0.1",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "168.63.129.15",
  "168.63.129.17",
  "2606:2800:220:1:248:1893:25c8:1946",
  "2600::",
  // Like ISATAP's, under another type.
  "2600:1900::1:5efe:10.0.0.8",
  "2a00:1450:4001:801::200e",
  "2001:4860:4860::8888",
  "::ffff:8.8.8.8",
  "::ffff:808:808",
  // NAT64 of a public address, as DNS64 gives it.
  "64:ff9b::8.8.8.8",
  "64:ff9b::808:808",
])("%s is public", (address) => {
  expect(addressRange(address)).toBe("public");
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  // IPv4: IANA's special-purpose registry.
  ["0.0.0.0", "special"],
  ["0.255.255.255", "special"],
  ["10.0.0.0", "private"],
  ["10.255.255.255", "private"],
  ["100.64.0.0", "special"],
  ["100.127.255.255", "special"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["172.16.0.0", "private"],
  ["172.31.255.255", "private"],
  ["192.0.0.8", "special"],
  ["192.0.2.1", "special"],
  ["192.31.196.1", "special"],
  ["192.52.193.1", "special"],
  ["192.88.99.1", "special"],
  ["192.168.0.1", "private"],
  ["192.175.48.1", "special"],
  ["198.18.0.1", "special"],
  ["198.19.255.255", "special"],
  ["198.51.100.1", "special"],
  ["203.0.113.1", "special"],
  ["224.0.0.1", "special"],
  ["239.255.255.255", "special"],
  ["240.0.0.1", "special"],
  ["255.255.255.255", "special"],
  // Who hands out credentials, public or not.
  ["169.254.169.254", "metadata"],
  ["169.254.170.2", "metadata"],
  ["169.254.170.23", "metadata"],
  ["169.254.0.23", "metadata"],
  ["168.63.129.16", "metadata"],
  ["100.100.100.200", "metadata"],
  ["192.0.0.192", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["fd00:ec2::23", "metadata"],
  ["fd00:ec2::253", "metadata"],
  ["fd20:ce::254", "metadata"],
  ["fd00:c1::a9fe:a9fe", "metadata"],
  ["fd00:100::100:200", "metadata"],
  ["fd00:a9fe:a9fe::1", "metadata"],
  ["fd00:42::42", "metadata"],
  ["fe80::a9fe:a9fe", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["::ffff:a9fe:a9fe", "metadata"],
  ["::ffff:168.63.129.16", "metadata"],
  ["::ffff:6464:64c8", "metadata"],
  // IPv6.
  ["::", "special"],
  ["::1", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["fe80::1", "special"],
  ["febf::1", "special"],
  ["fec0::1", "special"],
  ["fc00::1", "uniqueLocal"],
  ["fdff:ffff::1", "uniqueLocal"],
  ["ff02::1", "special"],
  ["100::1", "special"],
  ["100:0:0:1::1", "special"],
  ["2001:2::1", "special"],
  ["2001:10::1", "special"],
  ["2001:20::1", "special"],
  ["2001:30::1", "special"],
  ["2001:db8::1", "special"],
  ["3fff::1", "special"],
  ["3ffe:831f::1", "special"],
  ["5f00::1", "special"],
  ["2620:4f:8000::1", "special"],
  ["4000::1", "special"],
  ["8000::1", "special"],
  ["1fff:ffff::1", "special"],
  // An IPv4 address within an IPv6 one, private or public: who translates it is not known.
  ["::ffff:10.0.0.8", "private"],
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:0.0.0.0", "special"],
  ["::10.0.0.8", "special"],
  ["::127.0.0.1", "special"],
  ["::8.8.8.8", "special"],
  ["::ffff:0:10.0.0.8", "special"],
  ["64:ff9b::a00:8", "special"],
  ["64:ff9b::a9fe:a9fe", "special"],
  ["64:ff9b::7f00:1", "special"],
  ["64:ff9b::a83f:8110", "special"],
  ["64:ff9b:1::a00:8", "special"],
  ["2002:a00:8::1", "special"],
  ["2002:808:808::1", "special"],
  ["2001::a00:8", "special"],
  ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "special"],
  ["fe80::5efe:10.0.0.8", "special"],
  ["2600:1900::5efe:10.0.0.8", "special"],
  ["2600:1900::200:5efe:10.0.0.8", "special"],
  // No address, or one that only some readers take for one.
  ["", "unknown"],
  ["localhost", "unknown"],
  ["2130706433", "unknown"],
  ["0x7f.1", "unknown"],
  ["0177.0.0.1", "unknown"],
  ["127.1", "unknown"],
  ["1.2.3.4.5", "unknown"],
  ["256.1.1.1", "unknown"],
  ["1.1.1.1 ", "unknown"],
  ["１.1.1.1", "unknown"],
  ["fe80::1%eth0", "unknown"],
  ["2600::1%1", "unknown"],
  ["[::1]", "unknown"],
  ["::1::", "unknown"],
  ["1.1.1.1/8", "unknown"],
])("%s is not public but %s", (address, range) => {
  expect(addressRange(address)).toBe(range);
  expect(isPublicAddress(address)).toBe(false);
});

const ipv6Text = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(":");
const ipv6 = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });

test("no IPv6 address outside 2000::/3 is public, and none that holds an IPv4 address by ISATAP", () => {
  fc.assert(
    fc.property(ipv6, ([first = 0, ...rest]) => {
      const outside = (first & 0xe000) === 0x2000 ? first ^ 0x8000 : first;
      const range = addressRange(ipv6Text([outside, ...rest]));
      expect(range === "public").toBe(false);
    }),
  );
  fc.assert(
    fc.property(ipv6, fc.constantFrom(0, 0x200), (parts, type) => {
      expect(isPublicAddress(ipv6Text([...parts.slice(0, 4), type, 0x5efe, ...parts.slice(6)]))).toBe(false);
    }),
  );
});

test("an IPv4 address is the same in every writing as IPv6 that the system connects by IPv4", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
      const mapped = ipv6Text([0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d]);
      expect(addressRange(mapped)).toBe(addressRange(address));
      expect(addressRange(`::ffff:${address}`)).toBe(addressRange(address));
    }),
  );
});

test("whatever text comes has a range", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6(), fc.string({ unit: "binary" })), (text) => {
      expect(addressRange(text)).toBeTypeOf("string");
    }),
  );
});
