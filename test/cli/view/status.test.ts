import { expect, test } from "vitest";
import type { KnownService } from "../../../cli/read/services.ts";
import { plain } from "../../../cli/view/paint.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import { needsPerson, type Status, statusText } from "../../../cli/view/status.ts";
import { emptyActivation, type InactiveReason } from "../../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import { emptyCredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const since = "2026-03-01T11:55:00Z";

function known(
  reasons: readonly InactiveReason[],
  memory: FailoverMemory = {},
  isActive = reasons.length === 0,
): KnownService {
  return {
    name: { accountId: "123456", groupName: "CRM", serviceDescription: "Look up" },
    declared: undefined,
    alarms: [],
    record: { ...emptyActivation, reasons, lastAppliedState: { isActive, at: since, began: { at: since } } },
    memory,
    unreadable: [],
  };
}

const outage: InactiveReason = { kind: "OUTAGE", since, alarms: [], confirmedByProbe: true };

test.each<[string, InactiveReason, FailoverMemory, RegExp, boolean]>([
  ["not wanted", { kind: "NOT_WANTED", since }, {}, /isEnabled: true → activate 'CRM\/Look up'/, false],
  ["not validated", { kind: "NOT_VALIDATED", since, because: "status 500" }, {}, /status 500.*→ apply FILE/, true],
  ["an outage", outage, {}, /confirmed by a probe; ends: no alarm fires.*→ override 'CRM\/Look up'/, false],
  ["an outage that waits", outage, { requiresCommand: true }, /nothing but a command → activate/, true],
  ["flapping", { kind: "FLAPPING", since, until: "2026-03-01T12:30:00Z" }, {}, /in 30 min\) → activate/, false],
  [
    "kept inactive",
    { kind: "KEEP_INACTIVE", since, by: "ada", why: "migration", until: "2026-03-01T14:00:00Z" },
    {},
    /by ada: migration; ends: 2026-03-01T14:00:00Z \(in 2 h\) → release/,
    false,
  ],
  ["switched off by a person", { kind: "MANUAL", since }, {}, /admin page.*→ activate/, false],
  ["retired", { kind: "RETIRED", since }, {}, /for good$/m, false],
])("%s: why, what ends it, what to type", (_, reason, memory, words, isUrgent) => {
  const state = serviceState(known([reason], memory), now);
  const text = statusText(statusOf([state]), plain);
  expect(text).toMatch(words);
  expect(text).toMatch(/inactive {2}CRM\/Look up, since 2026-03-01T11:55:00Z \(5 min ago\)/);
  expect(needsPerson(statusOf([state])).length > 0).toBe(isUrgent);
});

test("what has ended by itself is no reason any more", () => {
  const ended: InactiveReason = { kind: "KEEP_INACTIVE", since, by: "ada", why: "x", until: since };
  expect(serviceState(known([ended], {}, true), now)).toMatchObject({ state: "active", reasons: [], needsPerson: [] });
});

test("a state that is not as it should be is told when nobody can be at it any more", () => {
  const hold: InactiveReason = { kind: "KEEP_INACTIVE", since, by: "ada", why: "x" };
  const service = known([hold], {}, true);
  const at = (changedAt: string) =>
    serviceState({ ...service, record: { ...service.record, changedAt } }, now).needsPerson;
  expect(at("2026-03-01T11:59:00Z")).toEqual([]);
  expect(at(since)).toEqual([expect.stringMatching(/^it is active and should not be \(kept inactive by ada: x\)/)]);
});

test("an active service takes no line, and an account without trouble says that nothing needs a person", () => {
  const text = statusText(statusOf([serviceState(known([]), now)]), plain);
  expect(text).toContain("Nothing needs a person.");
  expect(text).toContain("Account 123456: 1 service, 1 active");
  expect(text).not.toContain("CRM/Look up");
});

test("an outage that would be suppressed, in mode observe, needs nobody: nothing is acted on there", () => {
  const text = statusText(statusOf([serviceState(known([], { observedSuppressed: outage }), now)]), plain);
  expect(text).toContain("Nothing needs a person.");
  expect(text).not.toContain("release");
});

test("status says what keeps failover from acting: the environment's mode, and the manifests' that are another", () => {
  const services = (["off", "observe", "enforce", undefined] as const).map((mode, index) => ({
    ...serviceState(known([]), now),
    typed: `CRM/${index}`,
    ...(mode && { failoverMode: mode }),
  }));
  const text = (failoverMode: Status["failoverMode"]) =>
    statusText({ ...statusOf(services), ...(failoverMode && { failoverMode }) }, plain)
      .split("\n")
      .filter((line) => line.includes("failover"));
  expect(text(undefined)).toEqual(text("enforce"));
  expect(text("enforce")).toEqual([
    "  failover only observes CRM/1 (health.mode)",
    "  failover is off for CRM/0 (health.mode)",
  ]);
  expect(text("off")).toEqual([
    expect.stringMatching(/^failover is off in this environment \(failover\.mode\): neither/),
    "  failover acts upon outages of CRM/2 (health.mode)",
    "  failover only observes CRM/1 (health.mode)",
  ]);
});

test("what needs a person comes first, with what to type", () => {
  const status = {
    ...statusOf([serviceState(known([outage], { suppressed: { ...outage, alarms: ["arn"] } }), now)]),
    queues: { Provisioning: 0, Reject: 2, Command: 0, CommandReject: 1, Alarm: 0 },
    ownFaults: [
      { accountId: "123456", key: "NOT_ASKED/SECRET/crm/oauth", since, summary: "CRM/k01 cannot be seen: no secret." },
    ],
  };
  const lines = statusText(status, plain).split("\n");
  expect(lines[2]).toBe("Needs a person");
  expect(lines.slice(3, 7)).toEqual([
    "  123456 CRM/Look up: an outage is not acted on, because too many services are out already → release 'CRM/Look up'",
    "  2 messages cannot be right → rejected list",
    "  1 command cannot be right → rejected list --commands",
    `  123456 since ${since}: CRM/k01 cannot be seen: no secret. → restore the secret, or let the function read it (docs/rotation.md)`,
  ]);
});

test("a message that was carried out in part needs whoever has it: it is kept nowhere", () => {
  const partial = { accountId: "123456", source: "/crm", id: "m 1", time: since, problem: "no auth config" };
  const unfinished = [{ ...partial, resources: ["CRM/a", "CRM/b", "CRM/c"] }];
  expect(needsPerson({ ...statusOf([]), unfinished })).toEqual([
    `123456 CRM/a and 2 more: not done by the message /crm/m 1 of ${since}: no auth config → outcomes --since 7d --id 'm 1'; mend that and send it again (apply FILE)`,
  ]);
});

const next = "its next step, or the scheduled run puts the version before back";
test.each([
  ["nobody at it", undefined, next],
  [
    "a process at it",
    "2026-03-01T12:01:00.000Z",
    `whoever is at it; if it was killed, ${next} after 2026-03-01T12:01:00.000Z`,
  ],
  [
    "its process killed",
    "2026-03-01T11:58:00.000Z",
    `whoever was at it was killed (its lease ran out at 2026-03-01T11:58:00.000Z): ${next}`,
  ],
])("a rotation under way, %s: what RingCX may have, and what ends it", (_, until, ends) => {
  const line = rotationLine(until);
  expect(line).toMatch(/\(SETTING\); .*may have v2 or v1/);
  expect(line?.split("; ends: ")[1]).toBe(ends);
});

test.each([
  [
    "was not looked at",
    {},
    /^nothing as long as its secret crm\/oauth does not feed it.* → restore it or put its tags right.*; where it is gone for good, give the auth config another secret/,
  ],
  [
    "lost its tag",
    { kind: "NOT_PERMITTED", problem: "its tags are wrong" },
    /^nothing as long as its tags are wrong → put/,
  ],
  [
    "is deleted",
    { kind: "DELETED", problem: "it is deleted" },
    /^nothing as long as it is deleted → restore it: the next run/,
  ],
  [
    "is gone",
    { kind: "GONE", problem: "it is gone" },
    /^nothing by itself, because it is gone → give .* another secret/,
  ],
])("a rotation under way whose secret %s: nothing ends it, and what would", (_, why, ends) => {
  const rotations = { lines: [], refused: [], edges: [], at: since, unreached: [{ ...unreached, ...why }] };
  expect(rotationLine(undefined, { rotations } as unknown as Partial<Status>)?.split("; ends: ")[1]).toMatch(ends);
  const killed = rotationLine("2026-03-01T11:58:00.000Z", { rotations } as unknown as Partial<Status>);
  expect(killed).toMatch(/was killed .*: nothing/);
});

test.each([
  [60_000, "minute"],
  [6_000, "6 s"],
])("requests are counted in the quota's window: %i ms", (windowMs, words) => {
  const quota = [{ scope: "account/123456", used: 7, limit: 120, windowMs }];
  expect(statusText({ ...statusOf([]), quota }, plain)).toContain(
    `RingCX requests in the last ${words}, account/123456: 7 of 120`,
  );
});

test.each([
  [30_000, "the first run from 2026-03-01T12:00:30.000Z on"],
  [-1, "the next run"],
])("a write that waits for its next try says when that is: %i ms from now", (ms, ends) => {
  const failure = { versionId: "v1", code: "RINGCX_UNAVAILABLE", attempts: 1, retryAt: now + ms, isOfCurrent: true };
  const state = { kind: "APPLYING", versionId: "v1", since, before: undefined } as const;
  const record = { ...emptyCredentialRecord, state, failure };
  const underWay = [{ accountId: "123456", authConfigId: "a", providerName: "CRM OAuth", record }];
  expect(statusText({ ...statusOf([]), underWay }, plain)).toContain(`; ends: ${ends}\n`);
});

const unreached = { accountId: "123456", authConfigId: "A", secret: "crm/oauth" };

/** How `status` has a rotation whose lease ends at a time. */
function rotationLine(until: string | undefined, status: Partial<Status> = {}): string | undefined {
  const before = { versionId: "v1", at: since, verification: "none" } as const;
  const rotating = { kind: "ROTATING", step: "SETTING", pendingVersionId: "v2", since, verification: "none" } as const;
  const lease = until === undefined ? undefined : { holder: "a step", until: Date.parse(until) };
  const record = { ...emptyCredentialRecord, state: { ...rotating, before }, lease };
  const underWay = [{ accountId: "123456", authConfigId: "a", providerName: "CRM OAuth", record }];
  const lines = statusText({ ...statusOf([]), ...status, underWay }, plain).split("\n");
  return lines.find((one) => one.startsWith("  123456 auth config CRM OAuth: a rotation to version v2 "));
}

function statusOf(services: Status["accounts"][number]["services"]): Status {
  return {
    environment: "test",
    at: new Date(now).toISOString(),
    accounts: [{ accountId: "123456", services }],
    unreadable: [],
    ownFaults: [],
    queues: { Provisioning: 0, Reject: 0, Command: 0, CommandReject: 0, Alarm: 0 },
    waiting: [],
    quota: [{ scope: "account/123456", used: 7, limit: 120, windowMs: 60_000 }],
    rotations: undefined,
    underWay: [],
    unfinished: [],
    outcomes: [],
  };
}
