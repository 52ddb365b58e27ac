import { expect, test } from "vitest";
import { httpServiceSchema, urlOf } from "../../../../shared/ringcx/resources/http-service.ts";

const read = (httpServiceConfig: unknown, more: object = {}) =>
  httpServiceSchema.parse({
    serviceId: 1,
    serviceType: "HTTP_GET",
    serviceDescription: "A",
    httpServiceConfig,
    ...more,
  });
const url = "https://one.example.com/a";

test.each([
  ["a text", JSON.stringify({ url })],
  [
    "with headers that lead nowhere else",
    JSON.stringify({ url, headers: { Accept: "text/plain", Host: "one.example.com" } }),
  ],
])("where a service is called is read from its configuration: %s", (_what, config) => {
  expect(urlOf(read(config))).toBe(url);
});

test.each([
  ["a member twice", `{"url":"https://two.example.com/","url":"${url}"}`],
  ["a member twice, within", `{"url":"${url}","headers":{"Host":"two.example.com","Host":"one.example.com"}}`],
  ["a second one in other letters", JSON.stringify({ url, URL: "https://two.example.com/" })],
  ["a header that leads elsewhere", JSON.stringify({ url, headers: { Host: "two.example.com" } })],
  ["a template in such a header", JSON.stringify({ url, headers: { "x-forwarded-host": "{{host}}" } })],
  ["one with an underscore", JSON.stringify({ url, headers: { X_Original_URL: "https://two.example.com/" } })],
  ["no JSON", "url=https://one.example.com"],
])("where more than one place can be meant, none is known: %s", (_what, config) => {
  expect(urlOf(read(config))).toBeUndefined();
});

test("a configuration with a member twice goes back to RingCX as it came", () => {
  const config = `{"url":"https://two.example.com/","url":"${url}"}`;
  expect(read(config).httpServiceConfig).toBe(config);
});
