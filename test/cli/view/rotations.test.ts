import { expect, test } from "vitest";
import { plain } from "../../../cli/view/paint.ts";
import { calendarText, historyText, type ShownCredential } from "../../../cli/view/rotations.ts";
import { needsPerson, type Status } from "../../../cli/view/status.ts";
import { emptyCredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const line = { secret: "crm/oauth", next: "2026-03-02T12:00:00.000Z", isShownWrong: false };
const shown: ShownCredential = {
  name: "123456 CRM OAuth",
  record: { state: { kind: "NEVER_APPLIED" }, failure: undefined, proofWait: undefined, unknownAttributes: {} },
  history: [],
  lines: [],
  refused: [],
  calendar: line,
};
const text = (more: Partial<ShownCredential>) => historyText({ ...shown, ...more }, now, plain);

test("an auth config of which nothing is wrong says when it is rotated next", () => {
  expect(text({})).toContain("rotated next: 2026-03-02T12:00 (in 24 h)");
  expect(text({})).not.toContain("wrong now");
});

test("what is wrong now is said, once, with the next try", () => {
  const problem = "the secret crm/oauth was deleted";
  const failure = {
    versionId: "v2",
    code: "CREDENTIAL_REFUSED",
    attempts: 3,
    retryAt: now + 60_000,
    isOfCurrent: true,
  };
  const said = text({
    record: { ...shown.record, failure, proofWait: { versionId: "v3", since: "2026-03-01T11:59:00.000Z" } },
    lines: [{ concerns: ["NOT_FOLLOWED"], secret: "crm/oauth", accountId: "123456", authConfigId: "a", problem }],
    refused: [{ secret: "crm/oauth", problem: "ringcx:prove-within is no time" }],
    calendar: { ...line, problem: "ringcx:prove-within is no time" },
  });
  expect(said.split("\n").filter((one) => one.startsWith("wrong now"))).toEqual([
    `wrong now  not followed: ${problem}`,
    "wrong now  ringcx:prove-within is no time",
    "wrong now  version v2 could not be applied (CREDENTIAL_REFUSED, 3 attempts); tried again at 2026-03-01T12:01:00.000Z",
    "wrong now  version v3 waits since 2026-03-01T11:59:00.000Z for an endpoint that accepts it",
  ]);
});

test("a rotation that failed is tried again by the next one, where there is one", () => {
  const failure = { versionId: "v2", code: "ROTATION_NOT_PROVEN", attempts: 1, retryAt: now - 60_000 };
  const record = { ...shown.record, failure };
  const { next, ...byHand } = line;
  expect(text({ record, calendar: byHand })).toContain(
    "(ROTATION_NOT_PROVEN, 1 attempt); not tried again by itself: rotate",
  );
  expect(text({ record })).toContain(`tried again by its next rotation\nrotated next: ${next.slice(0, 16)}`);
});

test("what is under way is said, and that one is between two versions keeps all from being well", () => {
  const before = { versionId: "v1", at: "2026-02-01T00:00:00.000Z", verification: "endpoint" } as const;
  const rotating = {
    kind: "ROTATING",
    pendingVersionId: "v2",
    since: before.at,
    verification: "none",
    before,
  } as const;
  const said = (step: "CREATED" | "SETTING") => {
    const record = { ...emptyCredentialRecord, state: { ...rotating, step } };
    const underWay = [{ accountId: "123456", authConfigId: "a", providerName: "CRM OAuth", record }];
    return calendarText({ report: undefined, calendar: [], underWay }, now, plain);
  };
  expect(said("CREATED")).toMatch(/None needs attention\.\nUNDER WAY 123456 CRM OAuth: .*\(CREATED\)/);
  expect(said("SETTING")).toMatch(
    /UNDER WAY 123456 CRM OAuth: a rotation to version v2 .*\(SETTING\); .*may have v2 or v1/,
  );
  expect(said("SETTING")).not.toContain("None needs attention");
});

test("a date that is past is no date of a rotation: it is due, and says what it waits for", () => {
  const calendar = [{ ...line, next: "2026-03-01T11:52:00.000Z" }];
  const said = calendarText({ report: undefined, calendar }, now, plain);
  expect(said).toContain(
    "due since 2026-03-01T11:52: it waits for the next run, the end of an outage, or its next try",
  );
  expect(said).not.toContain("ago");
});

test("a problem of a secret without a line in the report is said below the calendar", () => {
  const calendar = [{ ...line, problem: "it was deleted" }];
  expect(calendarText({ report: undefined, calendar }, now, plain)).toContain(
    "PROBLEM secret crm/oauth: it was deleted",
  );
});

const concern = {
  concerns: ["FAILING" as const],
  secret: "crm/oauth",
  accountId: "123456",
  authConfigId: "a",
  providerName: "CRM OAuth",
  failure: "CREDENTIAL_REFUSED",
};
const report = {
  at: new Date(now).toISOString(),
  authConfigs: 1,
  overdue: 0,
  diverged: 0,
  failing: 1,
  notFollowed: 0,
  changed: 0,
  refused: [],
  edgesNotPermitted: 0,
  edges: [],
  unreached: [],
};
const status: Status = {
  environment: "test",
  accounts: [],
  unreadable: [],
  ownFaults: [],
  queues: { Reject: 0, CommandReject: 0 },
  waiting: [],
  quota: [],
  outcomes: [],
  rotations: undefined,
  underWay: [],
  unfinished: [],
} as unknown as Status;

test("a failure is said with its cause, and its code once", () => {
  const problem = "version v2 of its secret could not be applied (CREDENTIAL_REFUSED): the endpoint answered 401";
  const lines = [{ ...concern, problem }];
  expect(calendarText({ report: { ...report, lines }, calendar: [] }, now, plain)).toContain(
    `FAILING 123456 CRM OAuth: ${problem}\n`,
  );
  expect(needsPerson({ ...status, rotations: { ...report, lines } })).toEqual([
    `123456 auth config CRM OAuth: failing (secret crm/oauth; ${problem}) → rotations`,
  ]);
});

test("a version that waits for its proof needs nobody", () => {
  const lines = [{ ...concern, concerns: ["PROOF_PENDING" as const], failure: "PROOF_PENDING", problem: "it waits" }];
  const said = calendarText({ report: { ...report, lines }, calendar: [] }, now, plain);
  expect(said).toContain("None needs attention.\nPROOF_PENDING 123456 CRM OAuth: it waits: PROOF_PENDING");
  expect(needsPerson({ ...status, rotations: { ...report, lines } })).toEqual([]);
});
