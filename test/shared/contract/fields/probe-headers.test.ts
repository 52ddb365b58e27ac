import fc from "fast-check";
import { expect, test } from "vitest";
import { probeHeaderProblem } from "../../../../shared/contract/fields/probe-headers.ts";

const goesTo = /follows from the URL/;
const connection = /belongs to the connection/;
const method = /must not create/;
const metadata = /metadata service/;

const refused: [string, RegExp][] = [
  ["Host", goesTo],
  [":authority", goesTo],
  [":path", goesTo],
  ["Forwarded", goesTo],
  ["Via", goesTo],
  ["X-Forwarded-Host", goesTo],
  ["X-Forwarded-For", goesTo],
  ["X-Forwarded-Proto", goesTo],
  ["X-Original-URL", goesTo],
  ["X-Rewrite-URL", goesTo],
  ["X-Host", goesTo],
  ["X-Real-IP", goesTo],
  ["Content-Length", connection],
  ["Transfer-Encoding", connection],
  ["Connection", connection],
  ["Keep-Alive", connection],
  ["TE", connection],
  ["Trailer", connection],
  ["Upgrade", connection],
  ["Expect", connection],
  ["Proxy-Authorization", connection],
  ["Proxy-Connection", connection],
  ["HTTP2-Settings", connection],
  ["Sec-WebSocket-Key", connection],
  ["Accept-Encoding", /how the answer is packed/],
  ["X-HTTP-Method", method],
  ["X-HTTP-Method-Override", method],
  ["X-Method-Override", method],
  ["Metadata", metadata],
  ["Metadata-Flavor", metadata],
  ["X-aws-ec2-metadata-token", metadata],
  ["X-aws-ec2-metadata-token-ttl-seconds", metadata],
];

test.each(refused)("%s is refused, with what to do instead", (name, why) => {
  expect(probeHeaderProblem(name)).toEqual({ message: expect.stringMatching(why), hint: expect.any(String) });
});

test.each([
  "Accept",
  "Accept-Language",
  "Authorization",
  "Content-Type",
  "Cookie",
  "Origin",
  "User-Agent",
  "X-Api-Key",
  "X-Tenant",
  "X-Forwarder",
  "Hostname",
  "Content-Language",
  "Idempotency-Key",
  "constructor",
  "__proto__",
])("%s may be set", (name) => {
  expect(probeHeaderProblem(name)).toBeUndefined();
});

test("letter case, blanks and underscores hide nothing", () => {
  const names = fc.constantFrom(...refused.map(([name]) => name));
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.boolean()), fc.constantFrom("", " ", "\t"), (name, flips, blank) => {
      const disguised = [...name].map((letter) => {
        const { value: isFlipped } = flips.next();
        if (letter === "-") return isFlipped ? "_" : "-";
        return isFlipped ? letter.toUpperCase() : letter.toLowerCase();
      });
      expect(probeHeaderProblem(blank + disguised.join("") + blank)).toBeDefined();
    }),
  );
});
