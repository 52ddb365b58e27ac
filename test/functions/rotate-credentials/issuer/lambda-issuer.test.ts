import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lambdaIssuer } from "../../../../functions/rotate-credentials/issuer/lambda-issuer.ts";

const arn = "arn:aws:lambda:eu-central-1:000000000000:function:crm-issuer";
let answer: { error?: string; body: string };
const requests: unknown[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  requests.push(JSON.parse(body));
  response.writeHead(200, answer.error === undefined ? {} : { "x-amz-function-error": answer.error }).end(answer.body);
});
let lambda: LambdaClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  lambda = new LambdaClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
});
afterAll(() => {
  lambda.destroy();
  server.close();
});
beforeEach(() => {
  requests.length = 0;
});

const subject = { secretArn: "arn:secret", authType: "OAUTH", clientRequestToken: "token" };

describe("an issuer function", () => {
  it("is asked for a second credential, which stays wrapped", async () => {
    answer = { body: JSON.stringify({ credentialId: "id-2", fields: { secret: "hush-hush" } }) };
    const issued = await lambdaIssuer(lambda, arn).create(subject, "id-1");
    expect(requests).toEqual([
      { contract: "ringcx.issuer.v1", action: "create", ...subject, currentCredentialId: "id-1" },
    ]);
    expect(issued.credentialId).toBe("id-2");
    expect(issued.fields.reveal()).toEqual({ secret: "hush-hush" });
    expect(inspect(issued) + JSON.stringify(issued)).not.toContain("hush-hush");
  });

  it("is asked whether a credential is valid, and to revoke exactly one", async () => {
    answer = { body: JSON.stringify({ isValid: false, reason: "not yet active" }) };
    expect(await lambdaIssuer(lambda, arn).verify(subject, "id-2")).toEqual({
      isValid: false,
      reason: "not yet active",
    });
    answer = { body: "null" };
    await lambdaIssuer(lambda, arn).revoke(subject, null);
    expect(requests).toMatchObject([
      { action: "verify", credentialId: "id-2" },
      { action: "revoke", credentialId: null, clientRequestToken: "token" },
    ]);
  });

  it.each([
    [
      "ended with an error",
      { error: "Unhandled", body: '{"errorMessage":"hush-hush"}' },
      /it ended with an error \(Unhandled\)/,
    ],
    ["answered no JSON", { body: "hush-hush" }, /not of the contract ringcx.issuer.v1 \(the answer\)/],
    [
      "answered something else",
      { body: '{"credentialId":7,"secret":"hush-hush"}' },
      /\(credentialId, fields, the answer\)/,
    ],
  ])("that %s is reported without a word of its answer", async (_what, given, message) => {
    answer = given;
    const error: unknown = await lambdaIssuer(lambda, arn)
      .create(subject, null)
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "ISSUER_FAILED", message: expect.stringMatching(message) });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("hush-hush");
  });
});
