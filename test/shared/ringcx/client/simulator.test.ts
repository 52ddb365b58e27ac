import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RingCxSimulator, startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { systemClock } from "../../../../shared/primitives/clock.ts";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import type { RingCxAccount } from "../../../../shared/ringcx/client/api.ts";
import type { RequestRecord } from "../../../../shared/ringcx/client/call.ts";
import { QuotaDeferredError } from "../../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { AuthConfigWrite } from "../../../../shared/ringcx/resources/auth-config.ts";
import {
  AmbiguousWriteError,
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
  RingCxUnauthorizedError,
  RingCxUnavailableError,
} from "../../../../shared/ringcx/resources/errors.ts";
import { operations } from "../../../../shared/ringcx/resources/operations.ts";
import { createLogin } from "../../../../shared/ringcx/session/login.ts";
import type { Session } from "../../../../shared/ringcx/session/session.ts";
import type { TokenPair } from "../../../../shared/ringcx/session/session-item.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";

let simulator: RingCxSimulator;
beforeEach(async () => {
  simulator = await startRingCxSimulator({ limit: 1000, accounts: ["123456", "999999"] });
});
afterEach(() => simulator.stop());

const redacted = confined("secret-value", { accounts: ["123456", "999999"] });
const service = {
  serviceType: "HTTP_POST",
  serviceDescription: "Lookup customer by ANI",
  httpServiceConfig: {
    url: "https://api.example.com/customers/lookup",
    headers: { "Content-Type": "application/json" },
  },
  isEnabled: false,
  isDebug: false,
  enableMappings: true,
};
const input = { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" };
const oauth = {
  providerName: "CRM OAuth",
  clientId: "ringcx-client",
  secret: redacted,
  tokenUrl: "https://auth.example.com/oauth/token",
  grantType: "CLIENT_CREDENTIALS",
} as const;
const uuid = (digit: number) => `60629848-0ddf-4757-8868-de5b76d54bb${digit}`;

/** A client that logs in as the real one does, for a single process: nothing is shared. */
function client() {
  const login = createLogin({
    connection: { name: "main", ringcxUrl: simulator.url, platformUrl: simulator.platformUrl },
    credentials: async () => ({
      clientId: new Redacted(simulator.clientId),
      clientSecret: new Redacted(simulator.clientSecret),
      jwt: new Redacted(simulator.jwt),
    }),
    clock: systemClock,
  });
  let pair: TokenPair | undefined;
  const session: Session = {
    async prepare() {},
    async accessToken() {
      pair ??= await login.exchange();
      return pair.accessToken;
    },
    async renew() {
      pair = pair ? await login.refresh(pair.refreshToken).catch(() => login.exchange()) : await login.exchange();
      return pair.accessToken;
    },
  };
  return testClient(simulator.url, { session });
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("every operation, over a login of two steps, in the documented order", async () => {
  const { ringcx, account: accountOf, requests } = client();
  const account = accountOf();
  expect(await ringcx.accounts.list()).toContainEqual(expect.objectContaining({ accountId: "123456" }));

  const group = await account.groups.create({ groupName: "CRM enrichment", isDefault: false });
  const { serviceGroupId } = group;
  expect(await account.groups.get(serviceGroupId)).toMatchObject({ groupName: "CRM enrichment", isDefault: false });
  await account.groups.update(serviceGroupId, { ...group, groupName: "CRM" });
  expect(await account.groups.list({ page: 1, maxRows: 10 })).toHaveLength(1);

  const configs: AuthConfigWrite[] = [
    { authType: "APIKEY", providerName: "CRM API key", apiKey: redacted },
    { authType: "BASIC", providerName: "CRM basic auth", username: "ringcx-service", password: redacted },
    { authType: "OAUTH", ...oauth },
    {
      authType: "JWT",
      providerName: "CRM JWT",
      algorithm: "HS256",
      payload: '{"iss":"ringcx"}',
      addTokenTo: "REQUEST_HEADER",
      secret: redacted,
    },
    { authType: "CUSTOM_AUTH", providerName: "CRM function", wcgFunctionId: "17" },
  ];
  for (const [index, config] of configs.entries()) {
    await account.authConfigs.create(uuid(index), config);
    await account.authConfigs.update(uuid(index), { ...config, description: "rotated" });
    const read = await account.authConfigs.get(uuid(index));
    expect(read).toMatchObject({ authConfigId: uuid(index), authType: config.authType, description: "rotated" });
  }
  expect(await account.authConfigs.list()).toHaveLength(5);
  await account.authConfigs.delete(uuid(0));
  expect(simulator.state().authConfigs.find(({ authType }) => authType === "OAUTH")).toMatchObject({
    clientId: "ringcx-client",
    secret: "secret-value",
  });

  const created = await account.services.create(serviceGroupId, { ...service, authConfigId: uuid(2) });
  const { serviceId } = created;
  expect(created).toMatchObject({ ...service, authConfigId: uuid(2) });
  const [saved] = await account.inputs.create(serviceGroupId, serviceId, [input]);
  const inputId = saved?.inputId ?? 0;
  expect(await account.inputs.get(serviceGroupId, serviceId, inputId)).toMatchObject(input);
  expect(await account.inputs.list(serviceGroupId, serviceId)).toHaveLength(1);
  expect(await account.inputs.delete(serviceGroupId, serviceId, inputId)).toBe(true);

  expect(await account.services.setActive(serviceGroupId, serviceId, true)).toBe(true);
  const read = await account.services.get(serviceGroupId, serviceId);
  expect(read.isEnabled).toBe(true);
  await account.services.update(serviceGroupId, serviceId, { ...read, serviceDescription: "Renamed" });
  const [listed] = await account.services.listV2(serviceGroupId);
  expect(listed?.serviceId).toBe(serviceId);
  const v2 = await account.services.getV2(serviceGroupId, serviceId);
  await account.services.updateV2(serviceGroupId, serviceId, { ...v2, authConfigId: uuid(1) });
  expect((await account.services.list(serviceGroupId))[0]).toMatchObject({
    serviceDescription: "Renamed",
    authConfigId: uuid(1),
    httpServiceConfig: service.httpServiceConfig,
  });

  const clone = await account.services.clone(serviceGroupId, serviceId, "Copy & paste?");
  expect(clone).toMatchObject({ serviceDescription: "Copy & paste?", isEnabled: true });
  await account.services.delete(serviceGroupId, clone.serviceId);
  const [tree] = await account.groups.listWithChildren({ includePermissions: true });
  expect(tree?.services?.map(({ serviceDescription }) => serviceDescription)).toEqual(["Renamed"]);

  expect(namesIn(requests)).toEqual(Object.keys(operations).sort());
  expect(requests.every(({ result }) => result === 200 || result === 204)).toBe(true);
});

test("a SOAP service has its own fields", async () => {
  const account = client().account();
  const { serviceGroupId } = await account.groups.create({ groupName: "Legacy" });
  const soap = {
    serviceType: "SOAP",
    serviceDescription: "Customer lookup",
    soapEndpoint: "https://soap.example.com/customers",
    soapPortname: "CustomerPort",
    soapServicename: "CustomerService",
    soapOperationname: "lookup",
    soapAction: "urn:lookup",
    targetNamespace: "urn:customers",
  };
  const { serviceId } = await account.services.create(serviceGroupId, soap);
  expect(await account.services.get(serviceGroupId, serviceId)).toMatchObject(soap);
});

describe("documented errors", () => {
  const lists = { method: "GET", path: "*/httpServiceGroups" };

  test("400: RingCX's words are passed on", async () => {
    const account = client().account();
    const { serviceGroupId } = await account.groups.create({ groupName: "CRM" });
    const failure = await rejection(
      account.services.create(serviceGroupId, { ...service, httpServiceConfig: { url: "not a url" } }),
    );
    expect(failure).toBeInstanceOf(RingCxBadRequestError);
    expect(failure).toMatchObject({ status: 400, message: expect.stringContaining("url") });
  });

  test("401: an expired token is renewed under way; refused credentials are an error", async () => {
    const { account, requests } = client();
    await account().groups.list();
    simulator.expireTokens();
    await account().groups.create({ groupName: "CRM" });
    expect(requests.map(({ result }) => result)).toEqual([200, 401, 200]);
    expect(simulator.state().groups).toHaveLength(1);

    simulator.faults.add({ kind: "expire-tokens", times: "always" });
    expect(await rejection(account().groups.list())).toBeInstanceOf(RingCxUnauthorizedError);
  });

  test("403: each operation names the permission that is missing", async () => {
    const { ringcx, account, requests } = client();
    simulator.setPermissions([]);
    const failures = [await rejection(ringcx.accounts.list())];
    for (const call of everyCall(account(), 1, 2, 3)) failures.push(await rejection(call));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(RingCxForbiddenError);
      const { operation, permission, message } = failure as RingCxForbiddenError;
      expect(permission).toBe(operations[operation as keyof typeof operations].permission);
      expect(message).toContain(permission);
      expect(message).toContain("access.denied.exception");
    }
    expect(namesIn(requests)).toEqual(Object.keys(operations).sort());
  });

  test("404: what is not there, or is another account's", async () => {
    const { ringcx, account } = client();
    const { serviceGroupId } = await account().groups.create({ groupName: "CRM" });
    const foreign = ringcx.account("999999", { priority: "bulk" });
    expect(await rejection(foreign.groups.get(serviceGroupId))).toBeInstanceOf(RingCxNotFoundError);
    expect(await rejection(account().services.get(serviceGroupId, 4711))).toMatchObject({
      name: "RingCxNotFoundError",
      ids: { accountId: "123456", serviceGroupId, serviceId: 4711 },
    });
    expect(await rejection(account().authConfigs.get(uuid(9)))).toBeInstanceOf(RingCxNotFoundError);
  });

  test("409: a duplicate, and what a service still refers to", async () => {
    const account = client().account();
    const { serviceGroupId } = await account.groups.create({ groupName: "CRM" });
    await account.authConfigs.createOAuth(uuid(1), oauth);
    await account.services.create(serviceGroupId, { ...service, authConfigId: uuid(1) });
    expect(await rejection(account.services.create(serviceGroupId, service))).toBeInstanceOf(RingCxConflictError);
    expect(await rejection(account.authConfigs.delete(uuid(1)))).toBeInstanceOf(RingCxConflictError);
    expect(await rejection(account.authConfigs.createOAuth(uuid(1), oauth))).toBeInstanceOf(RingCxConflictError);
  });

  test("429: the wait that RingCX asks for is kept", async () => {
    const { account, quota } = client();
    simulator.faults.add({ kind: "foreign-client", requests: 1000, match: lists });
    expect(await rejection(account().groups.list())).toBeInstanceOf(QuotaDeferredError);
    expect(quota.pauses[0]).toBeGreaterThan(0);
  });

  test("5xx: a read is repeated, then unavailable", async () => {
    const { account } = client();
    simulator.faults.add({ kind: "status", status: 503, times: 2, match: lists });
    expect(await account().groups.list()).toEqual([]);
    simulator.faults.add({ kind: "status", status: 500, times: "always", match: lists });
    expect(await rejection(account().groups.list())).toBeInstanceOf(RingCxUnavailableError);
  });
});

test("a creation whose answer was lost is found again by reading back, and there is only one", async () => {
  const account = client().account();
  simulator.faults.add({ kind: "lost-answer", match: { method: "POST", path: "*/httpServiceGroups" } });
  expect(await rejection(account.groups.create({ groupName: "CRM" }))).toBeInstanceOf(AmbiguousWriteError);
  expect(await account.groups.list()).toMatchObject([{ groupName: "CRM" }]);
});

test("a write that may be repeated is repeated when its answer was lost", async () => {
  const account = client().account();
  const { serviceGroupId } = await account.groups.create({ groupName: "CRM" });
  const { serviceId } = await account.services.create(serviceGroupId, service);
  simulator.faults.add(
    { kind: "lost-answer", match: { method: "PUT" } },
    { kind: "lost-answer", match: { method: "DELETE" } },
  );
  await account.services.setActive(serviceGroupId, serviceId, true);
  expect(simulator.state().groups[0]?.services[0]?.isEnabled).toBe(true);
  await account.services.delete(serviceGroupId, serviceId);
  expect(simulator.state().groups[0]?.services).toEqual([]);
});

function namesIn(requests: readonly RequestRecord[]): string[] {
  return [...new Set(requests.map(({ operation }) => operation))].sort();
}

/** One call of every operation of an account, one after the other as they are awaited. */
function* everyCall(account: RingCxAccount, gid: number, sid: number, inputId: number): Generator<Promise<unknown>> {
  const { groups, services, inputs, authConfigs } = account;
  yield groups.list();
  yield groups.create({ groupName: "CRM" });
  yield groups.listWithChildren();
  yield groups.get(gid);
  yield groups.update(gid, { groupName: "CRM" });
  yield services.list(gid);
  yield services.create(gid, service);
  yield services.get(gid, sid);
  yield services.update(gid, sid, service);
  yield services.clone(gid, sid, "Copy");
  yield services.setActive(gid, sid, true);
  yield services.listV2(gid);
  yield services.getV2(gid, sid);
  yield services.updateV2(gid, sid, {});
  yield services.delete(gid, sid);
  yield inputs.list(gid, sid);
  yield inputs.create(gid, sid, [input]);
  yield inputs.get(gid, sid, inputId);
  yield inputs.delete(gid, sid, inputId);
  const apiKey = { providerName: "CRM", apiKey: redacted };
  const basic = { providerName: "CRM", username: "crm", password: redacted };
  const jwt = { providerName: "CRM", algorithm: "HS256", payload: "{}", addTokenTo: "QUERY_PARAM" as const };
  yield authConfigs.list();
  yield authConfigs.get(uuid(1));
  yield authConfigs.delete(uuid(1));
  yield authConfigs.createApiKey(uuid(1), apiKey);
  yield authConfigs.createBasic(uuid(1), basic);
  yield authConfigs.createOAuth(uuid(1), oauth);
  yield authConfigs.createJwt(uuid(1), jwt);
  yield authConfigs.createCustomAuth(uuid(1), {});
  yield authConfigs.updateApiKey(uuid(1), apiKey);
  yield authConfigs.updateBasic(uuid(1), basic);
  yield authConfigs.updateOAuth(uuid(1), oauth);
  yield authConfigs.updateJwt(uuid(1), jwt);
  yield authConfigs.updateCustomAuth(uuid(1), {});
}
