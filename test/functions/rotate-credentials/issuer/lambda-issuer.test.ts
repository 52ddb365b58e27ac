import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createInvokeFunction,
  type InvokeFunction,
} from "../../../../functions/rotate-credentials/issuer/invoke-function.ts";
import { lambdaIssuer } from "../../../../functions/rotate-credentials/issuer/lambda-issuer.ts";

const arn = "arn:aws:lambda:eu-central-1:000000000000:function:crm-issuer";
let answer: { error?: string; body: string } | "never";
/** Answered before it, one each. */
const refusals: { status: number; type: string }[] = [];
const requests: unknown[] = [];
const paths: (string | undefined)[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  requests.push(JSON.parse(body));
  paths.push(request.url);
  if (answer === "never") return;
  const refusal = refusals.shift();
  if (refusal) {
    response.writeHead(refusal.status, { "x-amzn-errortype": `${refusal.type}:http://internal` });
    response.end(JSON.stringify({ Message: `it is ${refusal.type}` }));
    return;
  }
  response.writeHead(200, answer.error === undefined ? {} : { "x-amz-function-error": answer.error }).end(answer.body);
});
const waits: number[] = [];
let invoke: InvokeFunction;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  const client = new SecretsManagerClient({ region: "eu-central-1", credentials });
  const clock = { now: () => Date.now(), sleep: async (ms: number) => void waits.push(ms) };
  invoke = createInvokeFunction(client, { clock, random: () => 0.5 });
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
beforeEach(() => {
  for (const list of [requests, paths, waits]) list.length = 0;
});

/** @param leftMs what is left of the invocation */
const issuer = (leftMs = 115_000) => lambdaIssuer(invoke, arn, Date.now() + leftMs);
const subject = { secretArn: "arn:secret", authType: "OAUTH", clientRequestToken: "token" };

describe("an issuer function", () => {
  it("is asked for a second credential, which stays wrapped", async () => {
    answer = { body: JSON.stringify({ credentialId: "id-2", fields: { secret: "hush-hush" } }) };
    const issued = await issuer().create(subject, "id-1");
    expect(requests).toEqual([
      { contract: "ringcx.issuer.v1", action: "create", ...subject, currentCredentialId: "id-1" },
    ]);
    expect(issued.credentialId).toBe("id-2");
    expect(issued.fields.reveal()).toEqual({ secret: "hush-hush" });
    expect(inspect(issued) + JSON.stringify(issued)).not.toContain("hush-hush");
  });

  it("is asked whether a credential is valid, and to revoke exactly one", async () => {
    answer = { body: JSON.stringify({ isValid: false, reason: "not yet active" }) };
    expect(await issuer().verify(subject, "id-2")).toEqual({
      isValid: false,
      reason: "not yet active",
    });
    answer = { body: "{}" };
    await issuer().revoke(subject, null);
    expect(requests).toMatchObject([
      { action: "verify", credentialId: "id-2" },
      { action: "revoke", credentialId: null, clientRequestToken: "token" },
    ]);
  });

  it.each([
    [
      "ended with an error",
      { error: "Unhandled", body: '{"errorMessage":"hush-hush"}' },
      /failed to create: it ended with an error of its own, after [\d.]+ s \(Lambda calls that Unhandled\): .*log group \/aws\/lambda\/crm-issuer\./,
    ],
    [
      "ran into its own time-out",
      {
        error: "Unhandled",
        body: '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: hush-hush Error: Task timed out after 30.00 seconds"}',
      },
      /failed to create: Lambda ended it, at its own time-out, after [\d.]+ s/,
    ],
    [
      "ran into its own time-out, as Lambda said it before",
      {
        error: "Unhandled",
        body: '{"errorMessage":"2026-01-01T00:00:00Z hush-hush Task timed out after 3.01 seconds"}',
      },
      /Lambda ended it, at its own time-out/,
    ],
    ["answered no JSON", { body: "hush-hush" }, /not of the contract ringcx.issuer.v1 \(the answer\)/],
    [
      "answered something else",
      { body: '{"credentialId":7,"secret":"hush-hush"}' },
      /\(credentialId: a text is needed, which names it, fields, the answer\)/,
    ],
    ["answered no id", { body: '{"fields":{"secret":"hush-hush"}}' }, /\(credentialId: a text is needed/],
    [
      "answered too long an id",
      { body: JSON.stringify({ credentialId: "hush-hush".repeat(40), fields: {} }) },
      /\(credentialId: at most 256 characters\)/,
    ],
    ["answered a blank id", { body: '{"credentialId":"   ","fields":{}}' }, /credentialId: in one line, not empty/],
    [
      "ended its id with a line break",
      { body: '{"credentialId":"id-2\\n","fields":{}}' },
      /without blanks at its ends/,
    ],
  ])("that %s is reported without a word of its answer", async (_what, given, message) => {
    answer = given;
    const error: unknown = await issuer()
      .create(subject, null)
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "ISSUER_FAILED", message: expect.stringMatching(message) });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("hush-hush");
  });
});

describe("an issuer function that ends by itself with an error, late", () => {
  const late: InvokeFunction = async () => ({ functionError: "Unhandled", payload: "{}", tookMs: 42_040 });
  const alias = `${arn}:live`;

  it.each(["verify", "revoke"] as const)(
    "is told with the action (%s), how long it took and its log",
    async (action) => {
      await expect(lambdaIssuer(late, alias, 0)[action](subject, "id-1")).rejects.toMatchObject({
        code: "ISSUER_FAILED",
        message: expect.stringMatching(
          new RegExp(
            `failed to ${action}: it ended .*, after 42 s .*: mend what .* in the log group /aws/lambda/crm-issuer\\.`,
          ),
        ),
      });
    },
  );
});

describe("revoke is done where the issuer says so, by {}", () => {
  it.each([
    ["nothing, as a handler does that knows no such action", "null"],
    ["something else", '{"hello":1}'],
    ["the answer to another action", '{"credentialId":"id-2","fields":"nope"}'],
    ["no JSON", ""],
    ["a list", "[]"],
  ])("and not where it answers %s", async (_, body) => {
    answer = { body };
    await expect(issuer().revoke(subject, "id-1")).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      message: expect.stringContaining("revoke is answered with {}"),
    });
  });
});

describe("an issuer function that does not answer", () => {
  const actions = {
    create: (leftMs: number) => issuer(leftMs).create(subject, "id-1"),
    verify: (leftMs: number) => issuer(leftMs).verify(subject, "id-2"),
    revoke: (leftMs: number) => issuer(leftMs).revoke(subject, "id-1"),
  };

  it.each(Object.entries(actions))("to %s is given up once, in time for saying so", async (action, ask) => {
    answer = "never";
    const begun = Date.now();
    await expect(ask(15_000 + 200)).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      retryable: true,
      message: expect.stringContaining(
        `did not answer ${action} within 0.2 s: it was given up. Its log says more, in the log group /aws/lambda/crm-issuer.`,
      ),
    });
    expect(Date.now() - begun).toBeLessThan(2_000);
    expect(requests).toHaveLength(1);
  });

  it("is not asked where no time is left", async () => {
    answer = { body: '{"isValid":true}' };
    await expect(actions.verify(15_050)).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      message: expect.stringContaining("no time is left"),
    });
    expect(requests).toEqual([]);
  });
});

describe("Lambda's own refusals", () => {
  const verify = () => issuer().verify(subject, "id-2");

  it("that may pass are tried again, three times in all, with a longer wait each", async () => {
    answer = { body: '{"isValid":true}' };
    refusals.push({ status: 429, type: "TooManyRequestsException" }, { status: 500, type: "ServiceException" });
    expect(await verify()).toEqual({ isValid: true });
    expect(paths).toEqual(Array(3).fill(`/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`));
    expect(waits).toEqual([50, 100]);
  });

  it("are told by Lambda's name for them where they stay", async () => {
    refusals.push(...Array.from({ length: 3 }, () => ({ status: 503, type: "ServiceException" })));
    await expect(verify()).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      message: expect.stringContaining("Lambda did not run it (ServiceException)"),
    });
    expect(requests).toHaveLength(3);
  });

  it("of a call that is wrong or not allowed are told at once", async () => {
    refusals.push({ status: 403, type: "AccessDeniedException" });
    await expect(verify()).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      message: expect.stringContaining("Lambda did not run it (AccessDeniedException)"),
    });
    expect(requests).toHaveLength(1);
  });
});
