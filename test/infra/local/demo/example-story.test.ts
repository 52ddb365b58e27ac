import { expect, test } from "vitest";
import { isOfFailover } from "../../../../infra/local/demo/example-story.ts";
import type { Outcome, OutcomeData } from "../../../../shared/contract/outcome.ts";

const service = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const outcome = (type: string, name: string, changes: string[], accountId = "123456"): Outcome => {
  const resources: OutcomeData["resources"] = [{ kind: "httpService", name, result: "UPDATED", changes }];
  const data: OutcomeData = {
    status: "SUCCEEDED",
    summary: "",
    accountId,
    cause: { source: "s", id: "1", type },
    resources,
  };
  return { specversion: "1.0", id: "s/1", source: "/x", type: "ringcx.outcome.v1", time: "2026-01-05T09:00:00Z", data };
};
const own = "CRM enrichment/Lookup customer by ANI";

// Somebody works in a second terminal while the demonstration plays its third chapter.
test.each<[what: string, other: Outcome]>([
  [
    "another's message that activated a service",
    outcome("ringcx.apply.v1", "Billing/Open invoices", ["created", "activated"]),
  ],
  ["a message about its own service", outcome("ringcx.apply.v1", own, ["activated"])],
  ["a command", outcome("ringcx.command.v1", own, ["activated"])],
  ["failover of another service", outcome("aws.cloudwatch.alarm", "Billing/Open invoices", ["activated"])],
  ["failover of one of the same name in another account", outcome("ringcx.sweep", own, ["activated"], "223456")],
  ["another change", outcome("aws.cloudwatch.alarm", own, ["deactivated"])],
])("the demonstration does not take %s for its own failover", (_what, other) => {
  expect(isOfFailover(other, service, "activated")).toBe(false);
});

test.each(["aws.cloudwatch.alarm", "ringcx.sweep"])("its own is told by %s", (type) => {
  expect(isOfFailover(outcome(type, own, ["activated"]), service, "activated")).toBe(true);
});
