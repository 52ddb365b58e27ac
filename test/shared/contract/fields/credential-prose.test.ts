import { describe, expect, test } from "vitest";
import { holdsCredential, suspectedCredentials } from "../../../../shared/contract/credentials/credential-detection.ts";
import { filler } from "./credential-samples.ts";

const value = "CANARY-4711";
const random = filler(32);

describe("a value that stands out behind the name of a credential", () => {
  test.each([
    `password: ${value}`,
    `Password : ${value}.`,
    `password:${value}`,
    `x-api-key: ${value}`,
    `X-Api-Key:${value}`,
    `'password': '${value}'`,
    `'password':'hunter-${value}'`,
    `"password": ${value}`,
    `password: "${value}"`,
    `password: '${value}'`,
    `{password: ${value}}`,
    `user: x\npassword: ${value}`,
    `user: x\n  - password: ${value}\n`,
    `password:\n  ${value}`,
    `password: |\n  ${value}`,
    `password = "${value}"`,
    `password => '${value}'`,
    `password := ${value}`,
    `the API key: ${value}`,
    `the new API key is password: ${value} from now on`,
    `use password=${value} for it`,
    `application/json; token=${value}`,
    `Authorization: Bearer ${value}`,
    `curl -H 'Authorization: Token ${value}' https://crm.example.com`,
    `curl -H "X-Api-Key: ${value}" https://crm.example.com`,
    `Kennwort: ${value}, bitte`,
    `contraseña: ${value}`,
    `token: CANARYCANARY`,
    `PIN: 123456`,
    `key: ${random}`,
    `signature: ${random}`,
  ])("%s", (text) => {
    const found = suspectedCredentials({ description: text });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/CANARY|123456|aZ3b/);
    expect(holdsCredential(text)).toBe(true);
  });
});

test.each([
  "Token: see the wiki",
  "Password: ask Ada",
  "Password: none",
  "Token: required",
  "Owner: Ada\nToken: rotated\nPassword: none",
  "Authentication: OAuth2",
  "Token: OAuth2.0",
  "Token: RS256-signed",
  "Password: SHA-256",
  "Secret: crm/oauth",
  "Secret: crm/oauth-Ab12Cd",
  "Secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:crm/oauth-Ab12Cd",
  "Secret: AWS Secrets Manager, crm/oauth",
  "the secret is at https://wiki.example.com/secret: ask there",
  "API key: https://crm.example.com/keys/4711",
  "Password: ada@example.com knows it",
  "Token rotation: 2026-01-05",
  "Token: 2026-01-05T09:00:00Z",
  "tokens: 100000",
  "Tokens: 1,000,000 per month",
  "token: 3600s",
  "max tokens: 4096000",
  "page token: CAEQAA-2026",
  "One-time password: 6-digit code",
  "One-time password: 6-digit",
  "password: ********",
  "password: xxxxxxxx",
  "password: <your-password>",
  "password: [REDACTED]",
  "Password: REQUIRED",
  "password: {{crm.password}}",
  "password: {{ crm.password }}",
  "password: ${PASSWORD}",
  "Authorization: Bearer {{token}}",
  "Authorization: Basic",
  "api key: CRM_API_KEY",
  "token: accessToken",
  "token: $.data.access_token",
  "token: response.body.token",
  "query($token: String!) { me(token: $token) }",
  "Cookie: none; Secret: not needed",
  "key: CRM-PROD-17",
  "key: value",
  "Code: US-CA-90210",
  "Session: 60629848-0ddf-4757-8868-de5b76d54bb7",
  "Get token: GET https://crm.example.com/token",
  "urn:GetToken",
  "token:read token:write",
  "lookup at 09:00: password policy v2",
  "Secret: v2.1.10",
  "retry=3 means three attempts, password=none that nobody is asked",
  "https://crm.example.com/reset-password: opens the form",
  "application/json; charset=utf-8",
  'multipart/form-data; boundary="----WebKitFormBoundary7MA4YWxk"',
  "Geheimnis: siehe Wiki; Kennwort: wöchentlich",
])("%s is prose", (text) => {
  expect(suspectedCredentials({ description: text })).toEqual([]);
});

describe("a name is searched as a value is", () => {
  test.each([
    `password=${value}`,
    `password: ${value}`,
    `x?token=${value}`,
    `https://ada:${value}@crm.example.com`,
    `{"password":"${value}"}`,
    `x-${"eyJhbGciOiJIUzI1NiJ9"}.${"eyJzdWIiOiIxIn0"}.${value}`,
  ])("%s", (name) => {
    for (const message of [{ [name]: 1 }, { data: { [name]: "x" } }, { headers: [[name, "x"]] }, { [name]: {} }]) {
      const found = suspectedCredentials(message);
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toContain("CANARY");
    }
  });

  test("also that of a parameter in a text", () => {
    const found = suspectedCredentials({ url: `https://a.example.com/?${encodeURIComponent(`password=${value}`)}=1` });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain("CANARY");
  });
});

test.each([
  `{"groupName":"password=${value}","groupName":"H"}`,
  `{"password":"${value}","password":""}`,
  `{"a":{"password":"${value}"},"a":1}`,
  `{"a":{"b":[{"password":"${value}"}]},"\\u0061":{}}`,
  `{"name":"password","value":"${value}","value":"x"}`,
  `{"name":"password","name":"ani","value":"${value}"}`,
  `{"a":"{\\"password\\":\\"${value}\\",\\"password\\":\\"\\"}"}`,
  `{"pin":12341234,"pin":""}`,
  `{"x":"y","x":"z","password=${value}":1}`,
  `${'{"a":'.repeat(3_000)}{"x":"password=${value}"}${"}".repeat(3_000)}`,
  `${'{"a":'.repeat(3_000)}{"password=${value}":"x"}${"}".repeat(3_000)}`,
  `{"data":{"x": "password: ${value}", "y":`,
  `{"data": {"x": "pass\\u0077ord=${value}", "y":`,
])("what is kept is searched as it is written: %.60s", (text) => {
  expect(holdsCredential(text)).toBe(true);
});

test.each(['{"a":1,"a":2}', '{"token":{},"token":{"type":"string"}}', '{"x":"Token: see the wiki","x":"y","z":'])(
  "and nothing is found where there is nothing: %s",
  (text) => {
    expect(holdsCredential(text)).toBe(false);
  },
);
