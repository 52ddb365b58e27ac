import { expect, test } from "vitest";
import {
  RingCxAnswerError,
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../../shared/ringcx/resources/errors.ts";
import { longestAnswer } from "../../../../shared/ringcx/transport/send-once.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

// Remote HTTP Service APIs, "Common Errors" and "Common Authorization Errors".
const documented = { errorCode: "access.denied.exception", generalMessage: "You do not have permission", timestamp: 1 };

test.each([
  [400, RingCxBadRequestError, "Validate service definitions before activating them"],
  [403, RingCxForbiddenError, "grant remote service and external auth permissions in the Admin portal"],
  [404, RingCxNotFoundError, "re-list parent resources and use IDs from the same account"],
  [409, RingCxConflictError, "activate only after validation"],
  [418, RingCxError, "documents no such status"],
])("%i is one request and an error that says what to do", async (status, kind, advice) => {
  await using server = await scriptedServer({ status, body: documented });
  const failure = await testClient(server.url)
    .account()
    .services.update(7, 8, { serviceType: "HTTP_GET", serviceDescription: "Lookup" })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(kind);
  expect(failure).toMatchObject({
    status,
    errorCode: "access.denied.exception",
    operation: "services.update",
    ids: { accountId: "123456", serviceGroupId: 7, serviceId: 8 },
    permission: "UPDATE on HTTP Service",
    retryable: false,
    advice: expect.stringContaining(advice),
    message: expect.stringContaining("You do not have permission"),
    details: { status, errorCode: "access.denied.exception", generalMessage: "You do not have permission" },
  });
  expect(server.received).toHaveLength(1);
});

test("a missing permission is named in the message", async () => {
  await using server = await scriptedServer({ status: 403, body: documented });
  await expect(testClient(server.url).account().groups.create({ groupName: "CRM" })).rejects.toThrow(
    /groups\.create \(accountId 123456\).*needs CREATE on Account/,
  );
});

test("a 403 that says that the thing is not found names no right", async () => {
  const missing = {
    errorCode: "resource.not.found.exception",
    generalMessage: "Auth config is not under this account",
  };
  await using server = await scriptedServer({ status: 403, body: missing });
  const failure = await testClient(server.url)
    .account()
    .groups.get(7)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RingCxNotFoundError);
  expect(failure).toMatchObject({ status: 403, code: "RINGCX_NOT_FOUND" });
  expect(String(failure)).not.toMatch(/grant|permission/i);
});

test("a page of HTML is not repeated to the reader", async () => {
  await using server = await scriptedServer({ status: 404, body: "<html><body>nginx</body></html>" });
  await expect(testClient(server.url).account().groups.list()).rejects.toThrow(/failed: 404\. /);
});

test("an answer that is too long says what to do, and is asked for once", async () => {
  await using server = await scriptedServer({ status: 200, body: "x".repeat(longestAnswer + 1) });
  const failure = await testClient(server.url)
    .account()
    .groups.get(7)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RingCxAnswerError);
  expect(failure).toMatchObject({
    retryable: false,
    message: expect.stringMatching(/ANSWER_TOO_LONG.*more than 10 MiB.*may have been carried out.*ringcxUrl.*raise/),
  });
  expect(server.received).toHaveLength(1);
});

test("a wrong request is not sent, and every problem is named with its path but no value", async () => {
  await using server = await scriptedServer({ status: 200 });
  const { account, quota } = testClient(server.url);
  const wrong = { groupName: "", isDefault: "canary-value" } as unknown as { groupName: string };
  const failure = await account()
    .groups.update(-1, wrong)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RingCxBadRequestError);
  const { message } = failure as Error;
  expect(message).toContain("serviceGroupId: expected a whole number");
  expect(message).toContain("groupName: ");
  expect(message).toContain("isDefault: ");
  expect(message).not.toContain("canary");
  expect(server.received).toEqual([]);
  expect(quota.claims).toEqual([]);
});
