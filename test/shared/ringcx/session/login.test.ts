import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import { createLogin } from "../../../../shared/ringcx/session/login.ts";
import { LoginError } from "../../../../shared/ringcx/session/login-error.ts";
import { testClock } from "../../../support/client-fakes.ts";
import { patienceMs } from "../../../support/patience.ts";
import { type Answer, cut, type ScriptedServer, scriptedServer } from "../../../support/scripted-server.ts";

const platformToken = { access_token: "canary-platform", token_type: "bearer", expires_in: 3600 };
const ringcxToken = { accessToken: "canary-access", refreshToken: "canary-refresh", tokenType: "Bearer" };
const credentials = async () => ({
  clientId: new Redacted("canary-client"),
  clientSecret: new Redacted("canary-secret"),
  jwt: new Redacted("canary-jwt"),
});

function loginTo({ url }: ScriptedServer, clock = testClock()) {
  return createLogin({
    connection: { name: "main", ringcxUrl: url, platformUrl: url },
    credentials,
    clock,
    timeoutMs: patienceMs,
  });
}

test("an exchange takes two steps and a token that lives five minutes from when it was asked for", async () => {
  await using server = await scriptedServer({ status: 200, body: platformToken }, { status: 200, body: ringcxToken });
  const clock = testClock();
  const pair = await loginTo(server, clock).exchange();

  expect(pair.accessToken.reveal()).toBe("canary-access");
  expect(pair.refreshToken.reveal()).toBe("canary-refresh");
  expect(pair.expiresAt).toBe(clock.now() + 300_000);
  const [platform, ringcx] = server.received;
  expect(platform).toMatchObject({
    method: "POST",
    url: "/restapi/oauth/token",
    headers: {
      authorization: `Basic ${Buffer.from("canary-client:canary-secret").toString("base64")}`,
      "content-type": expect.stringContaining("application/x-www-form-urlencoded"),
    },
  });
  expect(Object.fromEntries(new URLSearchParams(platform?.body))).toEqual({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: "canary-jwt",
  });
  expect(ringcx).toMatchObject({ method: "POST", url: "/api/auth/login/rc/accesstoken?includeRefresh=true" });
  expect(Object.fromEntries(new URLSearchParams(ringcx?.body))).toEqual({
    rcAccessToken: "canary-platform",
    rcTokenType: "Bearer",
  });
});

test("a refresh spends the refresh token and brings a new one", async () => {
  await using server = await scriptedServer({ status: 200, body: { ...ringcxToken, refreshToken: "canary-next" } });
  const pair = await loginTo(server).refresh(new Redacted("canary-refresh"));
  expect(pair.refreshToken.reveal()).toBe("canary-next");
  expect(server.received[0]?.url).toBe("/api/auth/token/refresh");
  expect(new URLSearchParams(server.received[0]?.body).get("refresh_token")).toBe("canary-refresh");
});

const ok: Answer = { status: 200, body: platformToken };
test.each<[string, Answer[], string, string, RegExp, boolean]>([
  [
    "wrong client",
    [{ status: 401, body: { error: "invalid_client" } }],
    "LOGIN_REFUSED",
    "platform token",
    /401 invalid_client.*clientId, clientSecret and jwt/,
    false,
  ],
  [
    "expired JWT",
    [{ status: 400, body: { error: "invalid_grant", error_description: "canary-jwt" } }],
    "LOGIN_REFUSED",
    "platform token",
    /400 invalid_grant/,
    false,
  ],
  [
    "no RingCX access",
    [ok, { status: 403 }],
    "LOGIN_REFUSED",
    "RingCX token",
    /RingCX admin access.*ReadAccounts/,
    false,
  ],
  [
    "too many exchanges",
    [ok, { status: 429, headers: { "retry-after": "12" } }],
    "LOGIN_RATE_LIMITED",
    "RingCX token",
    /429/,
    true,
  ],
  ["an outage", [ok, { status: 503 }], "LOGIN_UNAVAILABLE", "RingCX token", /503/, true],
  ["a cut connection", [cut], "LOGIN_UNAVAILABLE", "platform token", /UND_ERR_SOCKET/, true],
  [
    "an answer without a token",
    [{ status: 200, body: {} }],
    "LOGIN_UNAVAILABLE",
    "platform token",
    /without a token/,
    true,
  ],
])(
  "%s: the error names the step, what to check, and no credential",
  async (_, answers, code, step, message, retryable) => {
    await using server = await scriptedServer(...(answers as [Answer]));
    const failure: unknown = await loginTo(server)
      .exchange()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LoginError);
    expect(failure).toMatchObject({ code, step, retryable, details: { connection: "main" } });
    expect((failure as Error).message).toMatch(message);
    expect(inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain("canary");
  },
);

test("the wait that RingCX asks for is passed on", async () => {
  await using server = await scriptedServer({ status: 429, headers: { "retry-after": "12" } });
  await expect(loginTo(server).refresh(new Redacted("x"))).rejects.toMatchObject({ retryAfterMs: 12_000 });
  await using absurd = await scriptedServer({ status: 429, headers: { "retry-after": "43200" } });
  await expect(loginTo(absurd).refresh(new Redacted("x"))).rejects.toMatchObject({ retryAfterMs: 300_000 });
});

test("a refused refresh says that an exchange is needed", async () => {
  await using server = await scriptedServer({ status: 401 });
  await expect(loginTo(server).refresh(new Redacted("canary"))).rejects.toMatchObject({
    code: "LOGIN_REFUSED",
    step: "refresh",
    message: expect.stringContaining("full exchange"),
  });
});
