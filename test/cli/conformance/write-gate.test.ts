import { expect, test } from "vitest";
import type { Exchange } from "../../../cli/conformance/exchange.ts";
import { Ownership } from "../../../cli/conformance/ownership.ts";

/** Somebody's group and auth config, as a list shows them; the ids of neither are a run's. */
const shown = (operation: string, rows: readonly object[]): Exchange => ({
  ...{ label: "look", operation, method: "GET", path: "/", status: 200, headers: {}, at: 0 },
  text: JSON.stringify(rows),
});
const authConfigId = "11111111-2222-4333-8444-555555555555";

test("nothing is written to what no answer has shown as a run's own", () => {
  const own = new Ownership();
  own.note(shown("groups.list", [{ serviceGroupId: 7, groupName: "CRM", services: [] }]));
  own.note(
    shown("authConfigs.list", [{ authConfigId, providerName: "conformance API key", description: "a person's" }]),
  );
  const refused = expect.objectContaining({ code: "CONFORMANCE_NOT_OWN" });
  expect(() => own.require("services.create", { serviceGroupId: 7 })).toThrow(refused);
  expect(() => own.require("services.delete", { serviceGroupId: 7, serviceId: 8 })).toThrow(refused);
  expect(() => own.require("authConfigs.delete", { authConfigId })).toThrow(refused);
  // Never seen at all is not a run's own either.
  expect(() => own.require("services.delete", { serviceGroupId: 9 })).toThrow(refused);
  expect(() => own.require("groups.create", {})).not.toThrow();
});
