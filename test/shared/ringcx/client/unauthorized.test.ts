import { expect, test } from "vitest";
import { RingCxUnauthorizedError } from "../../../../shared/ringcx/resources/errors.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

const expired = { status: 401, body: "Jwt is expired" };
const group = { serviceGroupId: 7, groupName: "CRM enrichment" };

test("an expired token is renewed once and the call repeated once, also a POST: it was refused", async () => {
  await using server = await scriptedServer(expired, { status: 200, body: group });
  const { account, session, quota } = testClient(server.url);
  expect(await account().groups.create({ groupName: "CRM enrichment" })).toMatchObject(group);
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  expect(session.renewals).toBe(1);
  expect(quota.claims).toHaveLength(2);
});

test("a second refusal is not renewed away", async () => {
  await using server = await scriptedServer(expired);
  const { account, session } = testClient(server.url);
  const failure = await account()
    .groups.list()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RingCxUnauthorizedError);
  expect(failure).toMatchObject({ status: 401, details: { generalMessage: "Jwt is expired" } });
  expect(session.renewals).toBe(1);
  expect(server.received).toHaveLength(2);
});
