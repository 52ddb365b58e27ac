import { expect, test } from "vitest";
import { connectionForAccount, connectionsSchema } from "../../../../shared/ringcx/session/connection.ts";

const connections = connectionsSchema.parse([
  {
    name: "main",
    accountIds: ["123456", "123457"],
    ringcxUrl: "https://ringcx.ringcentral.com",
    platformUrl: "https://platform.ringcentral.com",
    secretId: "connection/main",
  },
]);

test("the quota defaults to the documented 120 requests in 60 seconds, counted per account", () => {
  expect(connections[0]?.quota).toEqual({ limit: 120, windowMs: 60_000, guardMs: 700, scope: "account" });
});

test("an account is served by the connection that lists it", () => {
  expect(connectionForAccount(connections, "123457").name).toBe("main");
});

test("an account that no connection lists is refused, with the known ones and the way to add it", () => {
  expect(() => connectionForAccount(connections, "999")).toThrow(/account 999.*123456, 123457.*accountIds/);
});
