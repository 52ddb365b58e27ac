import { expect, test } from "vitest";
import { suspectedCredentials } from "../../../../shared/contract/credentials/credential-detection.ts";

const secret = "kR7vQ2xZ9mT4bW8n";

test.each([
  ["percent", `password%3D${secret}`],
  ["percent, as JSON", encodeURIComponent(JSON.stringify({ password: secret }))],
  ["a colon of full width", `password：${secret}`],
  ["letters of full width", `ｐａｓｓｗｏｒｄ=${secret}`],
  ["a JSON text of JSON", JSON.stringify(JSON.stringify({ password: secret }))],
  ["HTML's entities", `&lt;password&gt;${secret}&lt;/password&gt;`],
  ["quotes as entities", `{&quot;apiKey&quot;: &quot;${secret}&quot;}`],
])("a credential is found in a text that is encoded once: %s", (_what, value) => {
  const message = JSON.stringify({ data: { resources: [{ httpServiceInputs: [{ name: "a", value }] }] } });
  const [found] = suspectedCredentials(message);
  expect(found?.because).toBeDefined();
  expect(found?.because).not.toContain(secret);
});

test.each(["100 % sure", "a&amp;b", "50%25 off", '"quoted"', "ﬁne", "https://example.com/a%20b?c=d%26e", "½ price"])(
  "what is no credential stays none: %s",
  (value) => expect(suspectedCredentials(JSON.stringify({ data: { description: value } }))).toEqual([]),
);
