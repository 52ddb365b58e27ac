import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { looksRandom } from "../../../shared/primitives/looks-random.ts";

/** Characters that nobody chose, the same in each run. */
function randomText(seed: string, length: number, alphabet: string): string {
  let text = "";
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash("sha256").update(`${seed}/${block}`).digest())
      text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

test.each([
  ["base62", base62, 16, 0.002],
  ["base62", base62, 32, 0.0005],
  ["base64url", `${base62}-_`, 24, 0.002],
  ["hexadecimal", "0123456789abcdef", 16, 0.002],
  ["hexadecimal", "0123456789abcdef", 32, 0.0005],
  ["base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, 0.01],
  ["small letters", "abcdefghijklmnopqrstuvwxyz", 32, 0.01],
])(
  "of random %s (%s) with %d characters less than the %d-th part looks like words",
  (_what, alphabet, length, part) => {
    const texts = Array.from({ length: 4_000 }, (_, index) => randomText(`${index}`, length, alphabet));
    expect(texts.filter((text) => !looksRandom(text)).length / texts.length).toBeLessThan(part);
  },
);

test.each(
  [
    ...["clientSecret", "client_secret", "oauthAccessTokenUrl", "tokenEndpointAuthMethod", "isIncludeIssueAt"],
    ...["sha256Fingerprint", "oauth2ClientId", "httpServiceConfig", "order-2024-000123", "customer-lookup-v2-prod"],
    ...["vpcEndpointServiceName", "kubernetesNamespace", "jdbcConnectionString", "awsSecretAccessKey", "X-Request-Id"],
    ...["application/vnd.api+json", "2024-01-05T09:00:00Z", "https://crm.example.com/lookup", "+49 30 901820000"],
    ...["correct-horse-battery-staple", "worldClassStrengths", "httpsProxyServer", "", "x", "aB3dE6"],
  ].map((text) => [text]),
)("%s looks like words", (text) => {
  expect(looksRandom(text)).toBe(false);
});

test.each([["60629848-0ddf-4757-8868-de5b76d54bb7"], ["aGVsbG8gd29ybGQgaGVsbG8"], ["kq7xJ2mZp9wRt4vB"]])(
  "%s looks random",
  (text) => {
    expect(looksRandom(text)).toBe(true);
  },
);

// Twice a pair of letters between vowels: nothing else speaks for one or the other.
test.each([
  ...["qa", "qt", "qv", "qz", "jb", "jx", "vb", "zt", "xb", "xz", "bj", "bz", "tx"].map((pair) => [pair, true]),
  ...["qu", "ja", "jv", "vo", "vy", "xa", "xc", "xt", "ya", "st"].map((pair) => [pair, false]),
] as [string, boolean][])("words hardly have %s: %s", (pair, isRare) => {
  const twice = `ae${pair}eaeae${pair}eae`;
  expect(looksRandom(twice)).toBe(isRare);
  expect(looksRandom(twice.toUpperCase())).toBe(isRare);
  expect(looksRandom(`ae${pair}eaeaeaeaeae`)).toBe(false);
});

test.each([
  ["a quarter of the places ends a word", "ABcdefgABcdefgABcdefg", true],
  ["less than a quarter", "ABcdefgABcdefgABcdefgh", false],
  ["the shortest that is judged", "aB3dE6aB3dE6", true],
  ["shorter", "aB3dE6aB3dE", false],
  ["hexadecimal", "aaaaaaaaaaaaaaa1", true],
  ["hexadecimal at its beginning", "aaaaaaaaaaaaaaa1tototototo", false],
  ["digits alone", "1234567890123456", false],
])("%s: %s", (_, text, isRandom) => {
  expect(looksRandom(text)).toBe(isRandom);
});
