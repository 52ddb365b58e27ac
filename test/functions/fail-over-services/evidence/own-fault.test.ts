import { expect, test } from "vitest";
import type { Evidence } from "../../../../functions/fail-over-services/evidence/evidence.ts";
import { isSilenceSuspicious, withoutOwnFault } from "../../../../functions/fail-over-services/evidence/own-fault.ts";
import { undeclaredService } from "../../../../functions/fail-over-services/watchlist/watched-services.ts";
import { emptyActivation } from "../../../../shared/records/account/activation.ts";
import { QuotaDeferredError } from "../../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxUnavailableError } from "../../../../shared/ringcx/resources/errors.ts";

const seen = (probe: Evidence["probe"], alarm: "OK" | "ALARM" = "OK"): Evidence => ({
  alarms: [{ arn: "arn:a", state: { state: alarm, reason: "", since: "2030-01-01T00:00:00Z" } }],
  isComplete: true,
  probe,
});
const silent = { result: "FAILED", because: "timed out", isAnswered: false } as const;
const wrong = { result: "FAILED", because: "500", isAnswered: true } as const;
const passed = { result: "PASSED" } as const;
const notAsked = { result: "NOT_ASKED", fault: "SECRET", subject: "arn:s", because: "denied" } as const;

test.each<[string, Evidence[], boolean]>([
  ["nothing was asked", [seen(undefined), seen(notAsked)], false],
  ["all are silent", [seen(silent), seen(silent)], true],
  ["all that were asked are silent", [seen(silent), seen(notAsked), seen(undefined)], true],
  ["one passes", [seen(silent), seen(passed)], false],
  ["one answers wrongly", [seen(silent), seen(wrong)], false],
  ["an alarm of one fires, too", [seen(silent), seen(silent, "ALARM")], false],
  ["an alarm of a service that was not asked fires", [seen(silent), seen(undefined, "ALARM")], true],
])("%s", (_, evidence, expected) => {
  expect(isSilenceSuspicious(evidence)).toBe(expected);
});

const facts = { operation: "groups.list", ids: {}, permission: "READ" };

test.each<[string, () => Promise<unknown>, "FAILED" | "NOT_ASKED", fault?: string]>([
  ["lists its services", async () => [], "FAILED"],
  ["answers with an error", () => Promise.reject(new RingCxUnavailableError({ ...facts, status: 503 })), "FAILED"],
  [
    "does not answer",
    () => Promise.reject(new RingCxUnavailableError({ ...facts, reason: "TIMEOUT" })),
    "NOT_ASKED",
    "NETWORK",
  ],
  ["cannot be asked", () => Promise.reject(new Error("no login")), "NOT_ASKED", "NETWORK"],
  // Nothing was sent: that says nothing about the way out.
  ["has no place", () => Promise.reject(new QuotaDeferredError({ retryAfterMs: 1 })), "NOT_ASKED", "TIME"],
])("all are silent and RingCX %s", async (_, listWithChildren, result, fault) => {
  const ringcxFor = () => ({ account: () => ({ groups: { listWithChildren } }) }) as never;
  const name = { accountId: "1", groupName: "CRM", serviceDescription: "lookup" };
  const service = undeclaredService(name, { serviceGroupId: 1, serviceId: 2 });
  const all = [
    { service, record: emptyActivation, evidence: seen(silent) },
    { service, record: emptyActivation, evidence: seen(undefined, "ALARM") },
  ];
  const after = await withoutOwnFault({ ringcxFor }, all, Number.MAX_SAFE_INTEGER);
  expect(after.map(({ evidence }) => evidence.probe?.result)).toEqual([result, undefined]);
  if (fault !== undefined) expect(after[0]?.evidence.probe).toMatchObject({ fault });
  expect(after[1]).toEqual(all[1]);
});
