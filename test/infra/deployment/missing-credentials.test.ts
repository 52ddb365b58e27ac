import { expect, test } from "vitest";
import { missingCredentials, unusableEndpoint } from "../../../infra/deployment/missing-credentials.ts";

const failing = (name: string, message = "") => ({
  send: () => Promise.reject(Object.assign(new Error(message), { name })),
});

test("where AWS knows who deploys nothing is said", async () => {
  expect(await missingCredentials({ send: () => Promise.resolve({}) }, undefined)).toBeUndefined();
});

test.each<[name: string, profile: string | undefined, words: RegExp]>([
  ["CredentialsProviderError", undefined, /^There are no AWS credentials, so [\s\S]*\n {2}aws sso login {4}/],
  [
    "CredentialsProviderError",
    "live",
    /^There are no AWS credentials of the profile "live", or there is no such profile, .*\n {2}aws configure list-profiles [\s\S]* login --profile live/,
  ],
  ["ExpiredToken", undefined, /^AWS refuses the credentials \(ExpiredToken\), so that nothing was deployed/],
  ["InvalidClientTokenId", "live", /^AWS refuses the credentials of the profile "live" \(InvalidClientTokenId\)/],
])("%s of the profile %s is told with what to type", async (name, profile, words) => {
  expect(await missingCredentials(failing(name), profile)).toMatch(words);
});

test.each([
  ["no way to STS", "TimeoutError", ""],
  ["a region without STS", "Error", "getaddrinfo ENOTFOUND"],
  ["a right that is missing", "AccessDenied", ""],
  ["a second factor, for which CDK asks", "CredentialsProviderError", "Profile x requires multi-factor authentication"],
])("%s keeps nobody from deploying", async (_what, name, message) => {
  expect(await missingCredentials(failing(name, message), undefined)).toBeUndefined();
});

test("an endpoint of one's own at which nobody is, is told at once; AWS's own is not judged", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const nobody = { send: () => Promise.reject(refused) };
  const several = { send: () => Promise.reject(Object.assign(new Error(), { errors: [refused, refused] })) };
  const endpoint = "http://127.0.0.1:9";
  for (const sts of [nobody, several]) {
    expect(await missingCredentials(sts, undefined, endpoint)).toMatch(
      /^AWS cannot be reached at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\), so that nothing was deployed\. AWS_ENDPOINT_URL/,
    );
    expect(await missingCredentials(sts, undefined)).toBeUndefined();
  }
});

test.each([
  ["AWS_ENDPOINT_URL", "nonsense"],
  ["AWS_ENDPOINT_URL_STS", "127.0.0.1:4566"],
  ["AWS_ENDPOINT_URL_CLOUDFORMATION", "localhost:4566"],
])("%s that holds %s is refused by its name, and its value is not repeated", (name, value) => {
  const words = unusableEndpoint({ PATH: "x", AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1", [name]: value });
  expect(words).toMatch(new RegExp(`^${name} holds no http:// or https:// URL, so that nothing was deployed`));
  expect(words?.replace("http://127.0.0.1:4566", "")).not.toContain(value);
});

test("an endpoint that is a URL, or none, is not spoken of", () => {
  const right = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566", AWS_ENDPOINT_URL_STS: "", AWS_ENDPOINT_URLS: "x" };
  expect(unusableEndpoint({ ...right, AWS_ENDPOINT_URL_S3: undefined })).toBeUndefined();
});
