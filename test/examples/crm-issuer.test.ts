import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crmIssuer } from "../../examples/issuer/crm-issuer.ts";
import type { IssuerRequest } from "../../functions/rotate-credentials/issuer/issuer-contract.ts";

/** The admin API of the example: secrets by id, the same one for the same requestId. */
const secrets = new Map<string, string>();
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const id = request.url?.split("/")[4];
  const answer = (status: number, json?: unknown) => response.writeHead(status).end(json && JSON.stringify(json));
  if (request.headers.authorization !== "Bearer admin") return answer(401);
  if (request.method === "POST") {
    const { requestId } = JSON.parse(body) as { requestId: string };
    const secretId = `s-${requestId}`;
    secrets.set(secretId, secrets.get(secretId) ?? `secret-of-${requestId}`);
    return answer(200, { secretId, secret: secrets.get(secretId) });
  }
  if (!id || !secrets.has(id)) return answer(404);
  if (request.method === "DELETE") secrets.delete(id);
  return request.method === "DELETE" ? answer(204) : answer(200, { isActive: true });
});
let issuer: ReturnType<typeof crmIssuer>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer = crmIssuer({ url, clientId: "crm", adminToken: async () => "admin" });
});
afterAll(() => server.close());

const subject = {
  contract: "ringcx.issuer.v1",
  secretArn: "arn",
  authType: "OAUTH",
  clientRequestToken: "t1",
} as const;
const create: IssuerRequest = { ...subject, action: "create", currentCredentialId: null };

describe("the example issuer", () => {
  it("creates one credential per token, verifies it and revokes exactly it, however often it is asked", async () => {
    const first = await issuer(create);
    expect(first).toEqual({ credentialId: "s-t1", fields: { secret: "secret-of-t1" } });
    expect(await issuer(create)).toEqual(first);
    await issuer({ ...create, clientRequestToken: "t2" });
    expect(await issuer({ ...subject, action: "verify", credentialId: "s-t1" })).toEqual({ isValid: true });
    for (let time = 0; time < 2; time += 1) await issuer({ ...subject, action: "revoke", credentialId: "s-t1" });
    expect([...secrets.keys()]).toEqual(["s-t2"]);
    expect(await issuer({ ...subject, action: "verify", credentialId: "s-t1" })).toEqual({
      isValid: false,
      reason: "it does not exist",
    });
  });

  it("revokes what it made for a token even when its answer was lost", async () => {
    await issuer({ ...create, clientRequestToken: "t3" });
    await issuer({ ...subject, clientRequestToken: "t3", action: "revoke", credentialId: null });
    expect([...secrets.keys()]).not.toContain("s-t3");
  });
});
