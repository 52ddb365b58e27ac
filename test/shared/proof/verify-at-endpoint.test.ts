import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createProbe } from "../../../shared/probe/probe.ts";
import { probeSettingsSchema } from "../../../shared/probe/probe-settings.ts";
import { createEndpointVerifier } from "../../../shared/proof/verify-at-endpoint.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";
import { confined } from "../../support/confined.ts";

/** An endpoint that accepts the key `good`, on `/down` answers 503. */
const asked: IncomingMessage[] = [];
const server: Server = createServer((request, response) => {
  asked.push(request);
  const status = request.url === "/down" ? 503 : request.headers["x-api-key"] === "good" ? 200 : 401;
  response.writeHead(status, { "content-type": "application/json" }).end("{}");
});
let host: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
});

const binding: SecretBinding = {
  secretArn: "arn",
  connection: "main",
  accountId: "123456",
  authConfigId: "60629848-0ddf-4757-8868-de5b76d54bb7",
  authType: "APIKEY",
  providerName: "CRM",
};
const key = (apiKey: string, hosts = [host]): Credential =>
  parseCredential(confined(JSON.stringify({ apiKey }), { connection: "main", hosts }), "APIKEY", "v1");
const credential = { in: "HEADER", name: "X-Api-Key" };

/** Services that use the auth config, each with the validation that its manifest declares. */
async function verifierFor(...validations: unknown[]) {
  const table = new MemoryStateTable();
  for (const [index, validation] of validations.entries()) {
    const service = { accountId: "123456", groupName: "CRM", serviceDescription: `Service ${index}` };
    await linkService(table, binding.authConfigId, service);
    const manifest = { ...service, httpServiceConfig: { url: `http://${host}/look-up` }, validation };
    await table.put({ ...serviceRecordKey(service), manifest });
  }
  const settings = probeSettingsSchema.parse({ allowedHosts: [host], allowPrivateAddresses: true, allowHttp: true });
  const verify = createEndpointVerifier({
    table,
    clock: testClock(),
    probe: createProbe({ settings, clock: testClock() }),
  });
  return (which: Credential) => verify(binding, which);
}

describe("a credential verified at the endpoint", () => {
  it("is accepted when a service's own validation passes with it", async () => {
    const verify = await verifierFor({ credential, expect: { status: 200 } });
    expect(await verify(key("good"))).toEqual({ kind: "ACCEPTED" });
    expect(asked[0]).toMatchObject({ url: "/look-up", method: "GET" });
  });

  it("is refused when one of several services refuses it", async () => {
    const verify = await verifierFor({ expect: {} }, { credential, expect: { status: 200 } });
    expect(await verify(key("bad"))).toEqual({
      kind: "REFUSED",
      reason: `Service 1: ${host} answered 401, expected 200`,
    });
  });

  it("is not known to be accepted when the endpoint is down", async () => {
    const verify = await verifierFor({ credential, url: `http://${host}/down`, expect: { status: 200 } });
    expect(await verify(key("good"))).toMatchObject({
      kind: "COULD_NOT_BE_ASKED",
      reason: expect.stringContaining("503"),
    });
  });

  it("is not asked about where no service says where it goes", async () => {
    const verify = await verifierFor({ expect: { status: 200 } }, undefined);
    expect(await verify(key("good"))).toMatchObject({ kind: "NOT_PROVABLE" });
    expect(asked).toEqual([]);
  });

  it("is never sent to a host that the secret does not name", async () => {
    const verify = await verifierFor({ credential, expect: { status: 200 } });
    expect(await verify(key("good", ["crm.example.com"]))).toMatchObject({
      kind: "COULD_NOT_BE_ASKED",
      reason: expect.stringContaining("its tag ringcx:hosts names crm.example.com"),
    });
    expect(asked).toEqual([]);
  });
});
