import { expect, test } from "vitest";
import { hostPatternProblem, matchesHost } from "../../../shared/primitives/host-pattern.ts";

test.each([
  "api.example.com",
  "API.example.com",
  "*.example.com",
  "api.example.com:8443",
  "127.0.0.1:80",
  "[::1]",
  "xn--bcher-kva.example",
])("%s can be the host of a URL", (named) => expect(hostPatternProblem(named)).toBeUndefined());

test("a wildcard stands for parts of a name, never of an address", () => {
  expect(matchesHost(new URL("https://a.b.example.com/"), "*.example.com")).toBe(true);
  expect(matchesHost(new URL("http://127.0.0.1:47001/"), "*.0.0.1:47001")).toBe(false);
});

test.each([
  ["api.example.com:443", 'write "api.example.com"'],
  ["b\u00fccher.example", 'write "xn--bcher-kva.example"'],
  ["https://api.example.com", "leave out scheme and path"],
  ["api.example.com/x", "leave out scheme and path"],
  ["a.example,b.example", "separate hosts by spaces"],
  ["api.example.com.", "is not a host"],
  ["api.example.com:*", "is not a host"],
  ["*", "is not a host"],
  ["::1", "is not a host"],
])("%s can not, and it says why", (named, words) => {
  expect(hostPatternProblem(named)).toContain(words);
  for (const url of ["https://api.example.com/", "https://a.example/"])
    expect(matchesHost(new URL(url), named)).toBe(false);
});
