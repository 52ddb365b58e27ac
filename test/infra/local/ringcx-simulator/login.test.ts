import { expect, test } from "vitest";
import { type Conversation, converse } from "./conversation.ts";

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const exchangePath = "/api/auth/login/rc/accesstoken?includeRefresh=true";
const accounts = "/voice/api/v1/admin/accounts";

function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
}

function platformToken({ form, simulator }: Conversation, fields: Record<string, string> = {}, secret?: string) {
  const { clientId, clientSecret, jwt } = simulator;
  return form(
    "/restapi/oauth/token",
    { grant_type: jwtBearer, assertion: jwt, ...fields },
    basic(clientId, secret ?? clientSecret),
  );
}

function exchange({ form }: Conversation, rcAccessToken: string) {
  return form(exchangePath, { rcAccessToken, rcTokenType: "Bearer" });
}

test("two steps lead to a token that opens the voice API", async () => {
  const conversation = await converse();
  const first = await platformToken(conversation);
  expect(first).toMatchObject({ status: 200, body: { token_type: "bearer", expires_in: 3600, scope: "ReadAccounts" } });
  const second = await exchange(conversation, first.body.access_token);
  expect(second).toMatchObject({
    status: 200,
    body: { tokenType: "Bearer", refreshToken: expect.any(String), agentDetails: [{ accountId: "123456" }] },
  });
  expect((await conversation.send("GET", accounts, { token: second.body.accessToken })).status).toBe(200);
});

test("the exchange takes its parameters from the query as well, and gives a refresh token only when asked", async () => {
  const conversation = await converse();
  const { access_token } = (await platformToken(conversation)).body;
  const query = new URLSearchParams({ rcAccessToken: access_token, rcTokenType: "Bearer" });
  const { status, body } = await conversation.send("POST", `/api/auth/login/rc/accesstoken?${query}`);
  expect(status).toBe(200);
  expect(body).not.toHaveProperty("refreshToken");
});

test("the platform refuses a wrong client, assertion or grant type in OAuth's words", async () => {
  const conversation = await converse();
  expect(await platformToken(conversation, {}, "wrong")).toMatchObject({
    status: 401,
    body: { error: "invalid_client" },
  });
  expect(await platformToken(conversation, { assertion: "x" })).toMatchObject({
    status: 400,
    body: { error: "invalid_grant" },
  });
  expect(await platformToken(conversation, { grant_type: "password" })).toMatchObject({
    status: 400,
    body: { error: "unsupported_grant_type" },
  });
});

test("an unknown platform token is refused, a missing one is named", async () => {
  const conversation = await converse();
  expect((await exchange(conversation, "unknown")).status).toBe(401);
  expect((await conversation.form(exchangePath, {})).body.generalMessage).toMatch(/rcAccessToken.*rcTokenType/);
});

test("a refresh token works once and brings the next one", async () => {
  const conversation = await converse();
  const { body } = await exchange(conversation, (await platformToken(conversation)).body.access_token);
  const refresh = (refresh_token: string) => conversation.form("/api/auth/token/refresh", { refresh_token });
  const renewed = await refresh(body.refreshToken);
  expect(renewed.status).toBe(200);
  expect(renewed.body.refreshToken).not.toBe(body.refreshToken);
  expect((await conversation.send("GET", accounts, { token: renewed.body.accessToken })).status).toBe(200);
  expect((await refresh(body.refreshToken)).status).toBe(401);
  expect((await refresh(renewed.body.refreshToken)).status).toBe(200);
  expect((await conversation.form("/api/auth/token/refresh", {})).status).toBe(400);
});

test("a token lives five minutes, then it is refused in plain text", async () => {
  let now = 1_000_000;
  const conversation = await converse({ now: () => now });
  const use = () => conversation.v1("GET", "/httpServiceGroups");
  now += 299_999;
  expect((await use()).status).toBe(200);
  now += 1;
  const { status, text, headers } = await use();
  expect([status, text, headers.get("content-type")]).toEqual([401, "Jwt is expired", "text/plain"]);
});

test("no token and an unknown token are refused", async () => {
  const { send } = await converse();
  expect(await send("GET", accounts)).toMatchObject({ status: 401, text: "Jwt is missing" });
  expect((await send("GET", accounts, { token: "unknown" })).status).toBe(401);
});

test("five exchanges a minute, the sixth answers 429 until the first is a minute old", async () => {
  let now = 1_000_000;
  const conversation = await converse({ now: () => now });
  const { access_token } = (await platformToken(conversation)).body;
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await exchange(conversation, access_token)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  now += 59_000;
  expect((await exchange(conversation, access_token)).headers.get("retry-after")).toBe("1");
  now += 1_000;
  expect((await exchange(conversation, access_token)).status).toBe(200);
});

test("expiring every token leaves refresh tokens alone unless told otherwise", async () => {
  const conversation = await converse();
  const { simulator } = conversation;
  const { refreshToken } = (await exchange(conversation, (await platformToken(conversation)).body.access_token)).body;
  simulator.expireTokens();
  expect((await conversation.v1("GET", "/httpServiceGroups")).text).toBe("Jwt is expired");
  const renewed = await conversation.form("/api/auth/token/refresh", { refresh_token: refreshToken });
  expect(renewed.status).toBe(200);
  simulator.expireTokens({ refreshTokens: true });
  const { status } = await conversation.form("/api/auth/token/refresh", { refresh_token: renewed.body.refreshToken });
  expect(status).toBe(401);
});
