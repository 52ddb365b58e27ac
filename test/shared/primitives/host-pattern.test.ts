import { expect, test } from "vitest";
import { hostPatternProblem, matchesHost, plainUrl } from "../../../shared/primitives/host-pattern.ts";

test.each([
  "api.example.com",
  "API.example.com",
  "*.example.com",
  "api.example.com:8443",
  "127.0.0.1:80",
  "[::1]",
  "xn--bcher-kva.example",
  "crm_1.example.com",
])("%s can be the host of a URL", (named) => expect(hostPatternProblem(named)).toBeUndefined());

test.each(["a..b", ".a", "*..b", `${"a".repeat(64)}.example`, `${"a.".repeat(127)}ab`])(
  "%s is no name that DNS can have",
  (named) => expect(hostPatternProblem(named)).toMatch(/is no name that DNS can have$/),
);

test.each([
  ["https://a.b.example.com/", "*.example.com", true],
  ["https://1.example.com/", "*.EXAMPLE.com", true],
  ["https://a.example2/", "*.example2", true],
  ["https://a.example.com:8443/", "*.example.com:8443", true],
  ["https://a.example.com:8443/", "*.example.com", false],
  ["https://example.com/", "*.example.com", false],
  ["https://notexample.com/", "*.example.com", false],
  ["http://127.0.0.1:47001/", "*.0.0.1:47001", false],
  ["https://1.1.1.1/", "*.1.1.1", false],
  ["https://[::1]/", "*.1]", false],
  ["https://[::ffff:8.8.8.8]/", "*.8]", false],
  ["https://api.example.com/", "API.example.com", true],
])("a wildcard stands for parts of a name, never of an address: %s, %s: %s", (url, named, isMatched) => {
  expect(matchesHost(new URL(url), named)).toBe(isMatched);
});

test.each([
  ["https://Crm.example/x", "crm.example"],
  ["HTTP://crm.example:80/x", "crm.example"],
  ["https://crm.example:443?x", "crm.example"],
  ["https://crm.example:8443#x", "crm.example:8443"],
  ["http://crm.example:443/", "crm.example:443"],
  ["https://crm.example:80/", "crm.example:80"],
  ["https://crm.example:0443/", undefined],
  ["https://crm.example:/", undefined],
  ["xhttps://crm.example/", undefined],
  [" https://crm.example/", undefined],
  ["wss://crm.example/", undefined],
  ["https://{crm.example}/", undefined],
  ["https://$crm.example/", undefined],
  ["https://crm.example:8443:443/", undefined],
  ["https://", undefined],
  ["", undefined],
  [undefined, undefined],
])("%j has one host for every parser: %j", (text, host) => expect(plainUrl(text)?.host).toBe(host));

test.each([
  ["1.2.3", "1.2.0.3"],
  ["0x7f.1:8080", "127.0.0.1"],
  ["1", "0.0.0.1"],
])("%s is told to be read as the address %s, which nobody meant", (named, address) => {
  expect(hostPatternProblem(named)).toBe(
    `${JSON.stringify(named)} is read as the IPv4 address ${address}: write the name of the host, or its address with all four parts`,
  );
});

test.each([
  ["api.example.com:443", 'write "api.example.com"'],
  ["b\u00fccher.example", 'write "xn--bcher-kva.example"'],
  ["https://api.example.com", "leave out scheme and path"],
  ["api.example.com/x", "leave out scheme and path"],
  ["a.example,b.example", "separate hosts by spaces"],
  ["api.example.com.", '"api.example.com." is not a host as URLs have it'],
  ["api.example.com:*", '"api.example.com:*" is not a host as URLs have it'],
  [`${"x".repeat(99)}/y`, `"${"x".repeat(99)}/": leave out scheme and path`],
  ["*", '"*" is not a host as URLs have it'],
  ["api.*.example.com", "is not a host as URLs have it"],
  ["*.*.example.com", "is not a host as URLs have it"],
  ["*.127.0.0.1", "is not a host as URLs have it"],
  ["*.b\u00fccher.example", '"*.b\u00fccher.example" is not a host as URLs have it'],
  ["*.", "is not a host"],
  ["", '"" is not a host as URLs have it'],
  ["a b", '"a b" is not a host as URLs have it'],
  ["a.example;b.example", "separate hosts by spaces"],
  ["api.example.com:0", "nothing listens on port 0"],
  ["::1", "is not a host"],
])("%s can not, and it says why", (named, words) => {
  const problem = hostPatternProblem(named) ?? "";
  // All of it, where the table has all of it: what is not known is not offered.
  if (words.startsWith('"')) expect(problem).toBe(words);
  else expect(problem).toContain(words);
  for (const url of ["https://api.example.com/", "https://a.example/"])
    expect(matchesHost(new URL(url), named)).toBe(false);
});
