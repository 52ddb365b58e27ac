import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalUrl, longestUrl } from "../../../shared/primitives/canonical-url.ts";
import { runs } from "../../support/runs.ts";

const accepted = (text: string): string => {
  const found = canonicalUrl(text);
  if (!("url" in found)) throw new Error(`${text} was refused: ${found.message}`);
  return found.url;
};
const messageOf = (text: string): string => {
  const found = canonicalUrl(text);
  return "url" in found ? `accepted as ${found.url}` : found.message;
};

test.each([
  ["https://crm.example.com/lookup", undefined],
  ["https://crm.example.com", "https://crm.example.com/"],
  ["https://crm.example.com?ani=1", "https://crm.example.com/?ani=1"],
  ["https://crm.example.com:8443/a/b/", undefined],
  ["http://127.0.0.1:4010/customers/lookup", undefined],
  ["http://localhost:4010/", undefined],
  ["https://[2606:2800:220:1::1]:8443/a", undefined],
  ["https://xn--mller-kva.example/", undefined],
  ["https://my_service.internal/a", undefined],
  ["https://a-b.example-1.co.uk/~me/a;b=1,2", undefined],
  ["https://crm.example.com/customers/{{ani}}/notes", undefined],
  ["https://crm.example.com/customers/${ani}?kind={kind}", undefined],
  ["https://crm.example.com/a/[[id]]?x=[[y]]", undefined],
  ["https://crm.example.com/%7B%7Bani%7D%7D/{{ani}}/%7b", undefined],
  ["https://crm.example.com/?q=%2B15550100&when=2026-01-05T09:00:00Z", undefined],
  ["https://crm.example.com/?mail=a@b.example&next=https://c.example/", undefined],
  ["https://crm.example.com/a//b/...", undefined],
  ["https://crm.example.com/kunden/müller", "https://crm.example.com/kunden/m%C3%BCller"],
  ["https://crm.example.com/客户?名=李", "https://crm.example.com/%E5%AE%A2%E6%88%B7?%E5%90%8D=%E6%9D%8E"],
  ["https://crm.example.com/a?it's=`x`", "https://crm.example.com/a?it%27s=`x`"],
  ['https://crm.example.com/"<a>"/{{x}}', "https://crm.example.com/%22%3Ca%3E%22/{{x}}"],
  ["https://crm.example.com/100%25", undefined],
  ["https://crm.example.com/a?next=/../b", undefined],
  [`https://${"a.".repeat(126)}b/`, undefined],
])("%s is an endpoint", (text, canonical = text) => {
  expect(accepted(text)).toBe(canonical);
});

const form = /absolute URL that begins with https:\/\/ \(or http:\/\/\)/;
const authority = /canonical form/;
const userinfo = /user name or password/;
const hidden = /blank, control or invisible/;
const backslash = /backslash/;
const template = /template in its host/;
const host = /not a DNS name/;

test.each([
  // Not an absolute http(s) URL, whatever a lenient parser makes of it.
  ["", form],
  ["crm.example.com/x", form],
  ["//crm.example.com/x", form],
  ["/x", form],
  ["https:crm.example.com/x", form],
  ["https:/crm.example.com/x", form],
  ["https:///crm.example.com/x", form],
  ["https://", form],
  ["https://?x", form],
  ["https://#crm.example.com", form],
  ["https//crm.example.com", form],
  ["HTTPS://crm.example.com/", form],
  ["hTTp://crm.example.com/", form],
  ["ftp://crm.example.com/", form],
  ["file:///etc/passwd", form],
  ["javascript:alert(1)", form],
  ["data:text/html,x", form],
  ["ws://crm.example.com/", form],
  ["gopher://127.0.0.1:6379/_x", form],
  ["blob:https://crm.example.com/1", form],
  ["view-source:https://crm.example.com/", form],
  ["https://crm.example.com:99999/", form],
  ["https://crm.example.com:80a/", form],
  ["https://crm.example.com:-1/", form],
  ["https://[::1/", form],
  ["https://::1/", form],
  ["https://[fe80::1%25eth0]/", form],
  ["https://[::ffff:1.2.3.4.5]/", form],
  ["https://1.2.3.4.5/", form],
  ["https://256.0.0.1/", form],
  ["https://good.example／evil.example/", form],
  ["https://good%00.example/", form],
  ["https://good%2fevil.example/", form],
  ["https://good|evil.example/", form],
  // Somebody else's host behind a user name.
  ["https://good.example@evil.example/", userinfo],
  ["https://good.example:443@evil.example/", userinfo],
  ["https://@evil.example/", userinfo],
  ["https://:@evil.example/", userinfo],
  ["https://good.example%2f@evil.example/", userinfo],
  ["https://good.example／@evil.example/", userinfo],
  ["https://a@good.example@evil.example/", userinfo],
  // A host or port that reads differently from what it is.
  ["https://CRM.example.com/", authority],
  ["https://crm.example.com:443/", authority],
  ["http://crm.example.com:80/", authority],
  ["https://crm.example.com:08443/", authority],
  ["https://crm.example.com:/", authority],
  ["https://ｇｏｏｄ.example/", authority],
  ["https://good。example/", authority],
  ["https://good．example/", authority],
  ["https://good｡example/", authority],
  ["https://ⓖⓞⓞⓓ.example/", authority],
  ["https://𝐠𝐨𝐨𝐝.example/", authority],
  ["https://good.examp℡e/", authority],
  ["https://\u212aood.example/", authority],
  ["https://\u017food.example/", authority],
  ["https://faß.example/", authority],
  ["https://g\u043e\u043ed.example/", authority],
  ["https://münchen.example/", authority],
  ["https://%67ood.example/", authority],
  ["https://good%2Eexample/", authority],
  ["https://2130706433/", authority],
  ["https://0x7f000001/", authority],
  ["https://0x7f.1/", authority],
  ["https://0177.0.0.1/", authority],
  ["https://127.1/", authority],
  ["https://127.0.0.1./", authority],
  ["https://0/", authority],
  ["https://①②⑦.⓪.⓪.①/", authority],
  ["https://[::ffff:127.0.0.1]/", authority],
  ["https://[::FFFF:7F00:1]/", authority],
  ["https://[0:0:0:0:0:0:0:1]/", authority],
  ["https://[::0001]/", authority],
  // What WHATWG takes as a host, and DNS or TLS do not.
  ["https://good.example./", host],
  ["https://good..example/", host],
  ["https://.good.example/", host],
  ["https://*.example/", host],
  ["https://good!.example/", host],
  ["https://good,evil.example/", host],
  ["https://good;evil.example/", host],
  ["https://good&evil.example/", host],
  ["https://good'evil.example/", host],
  ["https://good(evil).example/", host],
  ["https://-good.example/", host],
  ["https://good-.example/", host],
  [`https://${"a".repeat(64)}.example/`, host],
  [`https://${"a.".repeat(130)}example/`, host],
  // A template where the host is.
  ["https://{{host}}/x", template],
  ["https://${host}/x", template],
  ["https://{host}/x", template],
  ["https://[[host]]/x", template],
  ["https://<host>/x", template],
  ["https://{{a}}.good.example/", template],
  ["https://good.example{{path}}/", template],
  ["https://good.example:{{port}}/", template],
  ["https://good.example${x}@evil.example/", template],
  ["https://%7B%7Bhost%7D%7D/", template],
  ["https://%5B%5Bhost%5D%5D/", template],
  ["{{scheme}}://good.example/", form],
  ["{{url}}", form],
  // A backslash, which is a slash to one parser and not to another.
  ["http://good.example\\@evil.example/", backslash],
  ["https:\\\\evil.example\\", backslash],
  ["https:/\\evil.example/", backslash],
  ["https://good.example\\.evil.example/", backslash],
  ["https://good.example/a\\..\\b", backslash],
  ["https://good.example/?a=\\", backslash],
  // What nobody sees.
  [" https://good.example/", hidden],
  ["https://good.example/ ", hidden],
  ["https://good.example/a b", hidden],
  ["https://good.example\t/", hidden],
  ["ht\ntps://good.example/", hidden],
  ["https://good.example/\r\nHost: evil.example", hidden],
  ["https://good.example/\u0000", hidden],
  ["https://good.example/\u007f", hidden],
  ["https://good.example/\u0085", hidden],
  ["https://good\u00ad.example/", hidden],
  ["https://good\u200b.example/", hidden],
  ["https://good.example/\u200d", hidden],
  ["https://good.example\u2060/", hidden],
  ["\ufeffhttps://good.example/", hidden],
  ["https://good.example/\u202eelpmaxe.live", hidden],
  ["https://good.example/\u2066x\u2069", hidden],
  ["https://good.example/\u00a0", hidden],
  ["https://good.example\u3000/", hidden],
  ["https://good.example/\u2028", hidden],
  ["https://good.example/\u3164", hidden],
  ["https://good.example/\u034f", hidden],
  ["https://good.example/\ufe0f", hidden],
  ["https://good.example/\u{e0041}", hidden],
  ["https://good.example/\u2800", hidden],
  ["https://good.example/\ud800", hidden],
  ["https://good.example/\ue000", hidden],
  // A path or query that is not what it looks like.
  ["https://good.example#@evil.example/", /fragment/],
  ["https://good.example/a#b", /fragment/],
  ["https://good.example/a/../b", /as a segment/],
  ["https://good.example/..", /as a segment/],
  ["https://good.example/./a?x", /as a segment/],
  ["https://good.example/%2e%2E/b", /as a segment/],
  ["https://good.example/.%2e", /as a segment/],
  ["https://good.example/100%", /encodes nothing/],
  ["https://good.example/%zz", /encodes nothing/],
  ["https://good.example/?a=%u0041", /encodes nothing/],
  ["https://good.example/%0d%0aHost:%20evil.example", /encoded control/],
  ["https://good.example/?a=%00", /encoded control/],
])("%j is refused", (text, why) => {
  expect(messageOf(text)).toMatch(why);
});

test("a URL is bounded as it was written and as it is sent", () => {
  const ofLength = (length: number) => "https://good.example/".padEnd(length, "a");
  expect(accepted(ofLength(longestUrl))).toHaveLength(longestUrl);
  expect(messageOf(ofLength(longestUrl + 1))).toMatch(/at most 2000/);
  expect(messageOf(`https://good.example/${"ü".repeat(500)}`)).toMatch(/at most 2000/);
});

test("a refusal says how to mend it, and repeats nothing that may be a credential", () => {
  expect(canonicalUrl("https://CRM.example.com:443/x")).toMatchObject({
    hint: expect.stringContaining("https://crm.example.com "),
  });
  for (const text of [
    "https://user:HUSH-1@good.example/",
    "https://HUSH-1:pa@good.example/",
    "https://HUSH-1#x@good.example/",
    "https://HUSH-1/x@good.example/",
    "https://user:HUSH-1/x@good.example/",
    "https://good.example/HUSH-1\\",
    "https://good.example/?key=HUSH-1\u200b",
    "https://good.example/?key=HUSH-1#",
    "https://good.example/HUSH-1/..",
    "https://good.example/HUSH-1%",
  ]) {
    const found = canonicalUrl(text);
    expect(found).not.toHaveProperty("url");
    expect(JSON.stringify(found)).not.toMatch(/hush/i);
  }
});

const pieces = fc.oneof(
  fc.constantFrom("https://", "http://", "good.example", "evil.example", "127.1", "[::1]", "/", "\\", "@", ":", "443"),
  fc.constantFrom("..", "%2e", "%5c", "%7B", "%41", "{{a}}", "${b}", "[[c]]", "?", "#", "&", "=", ".", "。", "ü", "'"),
  fc.string({ maxLength: 3, unit: "binary" }),
);
const urlLike = fc.oneof(
  fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join("")),
  fc.array(pieces, { maxLength: 10 }).map((parts) => `https://good.example/${parts.join("")}`),
  fc.webUrl({ withQueryParameters: true }),
);

test("whatever is accepted is one URL to every reader: the same for WHATWG, and written so already", () => {
  const decoded = (text: string) => text.replaceAll("%7B", "{").replaceAll("%7D", "}");
  fc.assert(
    fc.property(urlLike, (text) => {
      const found = canonicalUrl(text);
      if (!("url" in found)) return;
      const { url } = found;
      const parsed = new URL(url);
      expect(decoded(url)).toBe(decoded(parsed.href));
      expect(parsed.href).toBe(new URL(text).href);
      expect(url.startsWith(`${parsed.origin}/`)).toBe(true);
      expect(url).toMatch(/^[!-[\]-~]+$/);
      expect(text.startsWith(parsed.origin)).toBe(true);
      expect(canonicalUrl(url)).toEqual(found);
    }),
    { numRuns: runs(2_000) },
  );
});

test("one hidden character or backslash anywhere is enough to be refused", () => {
  const good = "https://good.example/a?b=c";
  const spoils = fc.constantFrom("\u200b", "\u202e", "\u00ad", "\t", "\n", " ", "\u0000", "\\", "\ufeff", "\u2028");
  fc.assert(
    fc.property(fc.nat(good.length), spoils, (at, spoil) => {
      expect(canonicalUrl(good.slice(0, at) + spoil + good.slice(at))).not.toHaveProperty("url");
    }),
  );
});

test("templates stay as they were written, wherever they stand behind the host", () => {
  const part = fc.constantFrom("a", "{{ani}}", "${x}", "{id}", "[[y]]", "%7Bz%7D", "%7b", "ü", "/", "'");
  fc.assert(
    fc.property(fc.array(part), fc.array(part), (path, query) => {
      const rest = `/${path.join("")}?${query.join("")}`;
      const written = rest.match(/[{}]|%7[bd]/gi);
      expect(accepted(`https://good.example${rest}`).match(/[{}]|%7[bd]/gi)).toEqual(written);
    }),
  );
});

test.each([
  ["https://crm.example.com/a\u00a0b", "U+00A0, character 26"],
  ["https://crm.example.com/\u{e0001}", "U+E0001, character 25"],
  ["\u0000", "U+0000, character 1"],
])("says which character is not wanted, and where", (text, words) => {
  expect(messageOf(text)).toContain(`(${words})`);
});

test.each([
  ["https://User/x", "write https://user in lower-case ASCII"],
  ["https://User/pass@crm.example.com/", "write it in lower-case ASCII"],
])("says how a host is written, and nothing that may be a password", (text, words) => {
  expect(canonicalUrl(text)).toMatchObject({ hint: expect.stringContaining(words) });
});

test("a % and one digit encode nothing; of a text that is too long nothing else is said", () => {
  expect(messageOf("https://crm.example.com/%4g")).toMatch(/encodes nothing/);
  expect(messageOf(`https://crm.example.com/ ${"a".repeat(longestUrl)}`)).toMatch(/at most/);
});
