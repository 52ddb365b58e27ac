import { expect, test } from "vitest";
import { parsed } from "../../../cli/export/take-out.ts";

const url = "https://api.example.com/x";
const name = { kind: "httpService", groupName: "CRM", serviceDescription: "Lookup", serviceType: "HTTP_GET" };
const service = (config: object, more: object = {}) => ({ ...name, httpServiceConfig: { url, ...config }, ...more });
const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
const half = "\ud800";

function takenOut(whole: object) {
  const leftOut: string[] = [];
  const [manifest] = parsed(whole as Record<string, unknown>, "p", leftOut);
  return { manifest, told: leftOut };
}

const stays = (what: string) => expect.stringMatching(new RegExp(`^p: ${what}.*\\. It stays as it is$`));
const staysWithCredential = (what: string) =>
  expect.stringMatching(new RegExp(`^p: ${what} carries a credential .*\\. It stays as it is; put the credential`));
const leavesOut = (what: string) =>
  expect.stringMatching(new RegExp(`^p: ${what}.*\\. The whole was left out: mend it`));
const leavesOutWithCredential = (what: string) =>
  expect.stringMatching(
    new RegExp(`^p: ${what} carries a credential .*\\. The whole was left out; put the credential`),
  );

test.each<[string, object, object, unknown[]]>([
  [
    "a header with two faults",
    service({ headers: { Host: "a\nb", Accept: "x" } }),
    service({ headers: { Accept: "x" } }),
    [stays("httpServiceConfig.headers.Host: "), stays("httpServiceConfig.headers.Host: .*leave it out")],
  ],
  [
    "a header with two values that nobody can send",
    service({ headers: { X: { a: 2 ** 60, b: 2 ** 60 }, Accept: "x" } }),
    service({ headers: { Accept: "x" } }),
    [stays("httpServiceConfig.headers.X.a is"), stays("httpServiceConfig.headers.X.b is")],
  ],
  [
    "headers that are none",
    service({ headers: "x", filters: [1] }),
    service({ filters: [1] }),
    [stays("httpServiceConfig.headers: ")],
  ],
  [
    "a part of the configuration with the name of a header in it",
    service({ filters: { Accept: 2 ** 60 }, headers: { Accept: "x" } }),
    service({ headers: { Accept: "x" } }),
    [stays("httpServiceConfig.filters.Accept is")],
  ],
  [
    "a credential as the name of a header",
    service({ headers: { Accept: "x", [token]: "1" } }),
    service({}),
    [staysWithCredential("httpServiceConfig.headers.\\(a name that is not shown\\)")],
  ],
  [
    "inputs, each of which is told",
    service({}, { httpServiceInputs: [{ name: "a", value: half }, { name: "b", value: half }, { name: "c" }] }),
    service({}),
    [stays("httpServiceInputs\\[0\\].value holds"), stays("httpServiceInputs\\[1\\].value holds")],
  ],
  [
    "another spelling, whose hint names the right one",
    service({ URL: url }),
    service({}),
    [
      "p: httpServiceConfig.URL: is url in another spelling, which would not be checked (say it once, as url). It stays as it is",
    ],
  ],
])("%s: it alone is taken out, and told", (_, whole, left, told) => {
  expect(takenOut(whole)).toEqual({ manifest: left, told });
});

test.each<[string, object, unknown[]]>([
  [
    "a credential in the URL, and another fault that is told, too",
    service({ url: `${url}?api_key=k-7f3a9b2c`, headers: { Host: "b" } }),
    [leavesOutWithCredential("httpServiceConfig.url"), stays("httpServiceConfig.headers.Host: ")],
  ],
  [
    "a credential as the name of a part of the configuration",
    service({ [token]: 1 }),
    [leavesOutWithCredential("httpServiceConfig.\\(a name that is not shown\\)")],
  ],
  [
    "a whole that is a credential",
    service({}, { kty: "oct", k: "x" }),
    [leavesOutWithCredential(""), leavesOut("kty: "), leavesOut("k: ")],
  ],
  [
    "credentials as names",
    service({}, { groupName: token, serviceDescription: "password=hunter2hunter2x9" }),
    [leavesOutWithCredential("groupName"), leavesOutWithCredential("serviceDescription")],
  ],
  [
    "a URL that a manifest may have, and no message",
    service({ url: `${url}/${half}` }),
    [leavesOut("httpServiceConfig.url holds")],
  ],
  ["a configuration that is a list", { ...name, httpServiceConfig: [] }, [leavesOut("httpServiceConfig: expected ")]],
  [
    "a field that no manifest has",
    service({}, { colour: "red" }),
    [leavesOut("colour: is not a known field \\(known ")],
  ],
])("%s: the whole is left out", (_, whole, told) => {
  expect(takenOut(whole)).toEqual({ manifest: undefined, told });
  expect(JSON.stringify(told)).not.toMatch(/ghp_|k-7f3a9b2c|hunter2/);
});

const soap = { ...name, serviceType: "SOAP", soapEndpoint: url };
const authConfig = { kind: "authConfig", providerName: "CRM", authType: "APIKEY", secretId: "crm/key" };
const fields = [service({}), soap, { kind: "httpServiceGroup", groupName: "CRM" }, authConfig].flatMap((whole) =>
  Object.keys(whole).map((field): [string, string, object] => [whole.kind, field, whole]),
);

test.each(fields)("a manifest of %s is none without %s", (_, field, whole) => {
  const { manifest, told } = takenOut({ ...whole, description: half, [field]: half });
  expect(manifest).toBeUndefined();
  expect(told).toContainEqual(leavesOut(`${field} holds half a surrogate pair`));
  expect(told).toContainEqual(stays("description holds half a surrogate pair"));
});
