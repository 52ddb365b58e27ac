import { describe, expect, it } from "vitest";
import { decideRevocations } from "../../../../functions/rotate-credentials/issuer/revoke-credentials.ts";
import { withApplied } from "../../../../functions/rotate-credentials/record/credential-state.ts";
import { concernsOf } from "../../../../functions/rotate-credentials/report/credential-concerns.ts";
import { reportOf } from "../../../../functions/rotate-credentials/report/rotation-report.ts";
import { isRotationDue } from "../../../../functions/rotate-credentials/sync/scheduled-rotation.ts";
import { type AuthRecord, recordOf } from "../../../../shared/records/credential/auth-config-state.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const day = 86_400_000;
const never = recordOf(undefined);
const aged = (days: number, versionId = "v1") =>
  withApplied(never, versionId, new Date(now - days * day).toISOString(), "metadata");
const secret = {
  arn: "arn",
  name: "crm",
  tags: { "ringcx:rotate-every": "30d", "ringcx:rotate-within": "90d" } as Record<string, string>,
  hasRotation: true,
  current: "v1",
  previous: undefined,
  pending: undefined,
  createdAt: now - 400 * day,
};

describe("a rotation is due", () => {
  it("once the oldest credential of the secret is old enough", () => {
    expect(isRotationDue(secret, [aged(1), aged(30)], now)).toBe(true);
    expect(isRotationDue(secret, [aged(1), aged(29)], now)).toBe(false);
  });

  it.each<[string, Partial<typeof secret>]>([
    ["the secret does not say how often", { tags: {} }],
    ["the tag is no duration", { tags: { "ringcx:rotate-every": "monthly" } }],
    ["Secrets Manager knows no rotation function", { hasRotation: false }],
    ["RingCX does not have the current version", { current: "v2" }],
  ])("never where %s", (_what, changes) => {
    expect(isRotationDue({ ...secret, ...changes }, [aged(31)], now)).toBe(false);
  });

  it.each<[string, Partial<AuthRecord>]>([
    ["somebody is at work", { lease: { holder: "x", until: now + 1 } }],
    ["one has just failed", { failure: { versionId: "v9", code: "X", attempts: 1, retryAt: now + 1 } }],
    [
      "one is under way",
      { state: { kind: "ROTATING", token: "t", step: "SET", since: "", proof: "none", before: undefined } },
    ],
    ["it has diverged", { state: { kind: "DIVERGED", since: "", why: "", before: undefined } }],
  ])("not while %s", (_what, changes) => {
    expect(isRotationDue(secret, [aged(31), { ...aged(31), ...changes }], now)).toBe(false);
  });
});

describe("what needs attention", () => {
  it("is a credential that is older than its secret allows, also one that never reached RingCX", () => {
    expect(concernsOf(secret, aged(91), now)).toEqual(["OVERDUE"]);
    expect(concernsOf(secret, aged(90), now)).toEqual([]);
    expect(concernsOf(secret, never, now)).toEqual(["OVERDUE"]);
    expect(concernsOf({ ...secret, tags: {} }, aged(9999), now)).toEqual([]);
  });

  it("stands in the report, with the age, the version and the reason", () => {
    const diverged: AuthRecord = {
      ...never,
      state: {
        kind: "DIVERGED",
        since: "",
        why: "",
        before: { versionId: "v1", at: new Date(now - day).toISOString(), proof: "none" },
      },
      failure: { versionId: "v2", code: "RINGCX_UNAVAILABLE", attempts: 2, retryAt: 0 },
    };
    const binding = {
      secretArn: "arn",
      connection: "main",
      accountId: "1",
      authType: "APIKEY",
      providerName: "CRM",
    } as const;
    const bindings = ["a", "b", "c"].map((authConfigId) => ({ ...binding, authConfigId }));
    const items = { bindings: [], credentials: [], requestedToken: undefined };
    const report = reportOf(
      [{ secret, items, bindings, records: [aged(100), diverged, aged(1)], problems: ["wrong tag"] }],
      now,
    );
    expect(report).toMatchObject({
      authConfigs: 3,
      overdue: 1,
      diverged: 1,
      failing: 1,
      refused: [{ secret: "crm", problem: "wrong tag" }],
    });
    expect(report.lines).toMatchObject([
      { authConfigId: "a", concerns: ["OVERDUE"], versionId: "v1", ageHours: 2400, rotateWithin: "90d" },
      { authConfigId: "b", concerns: ["DIVERGED", "FAILING"], ageHours: 24, failure: "RINGCX_UNAVAILABLE" },
    ]);
  });
});

describe("a credential may be revoked", () => {
  const old = { versionId: "v1", credentialId: "id", issuer: "arn:x", authType: "APIKEY", revokeAfter: now } as const;
  const revocable = (records: AuthRecord[], credential: Partial<typeof old> = {}, current = "v2") =>
    decideRevocations({ current }, [{ ...old, ...credential }], records, now).length === 1;

  it("when its time is over and RingCX surely has another one", () => {
    expect(revocable([aged(1, "v2")])).toBe(true);
  });

  it("not before its time, and never without one", () => {
    expect(decideRevocations({ current: "v2" }, [{ ...old, revokeAfter: now + 1 }], [aged(1, "v2")], now)).toEqual([]);
    const { revokeAfter: _, ...needed } = old;
    expect(decideRevocations({ current: "v2" }, [needed], [aged(1, "v2")], now)).toEqual([]);
  });

  it("not while anything may still use it", () => {
    expect(revocable([aged(1, "v2")], {}, "v1")).toBe(false);
    expect(revocable([aged(1, "v2"), aged(1, "v1")])).toBe(false);
    const before = { versionId: "v1", at: "", proof: "none" } as const;
    for (const state of [
      { kind: "APPLYING", versionId: "v2", since: "", before },
      { kind: "ROTATING", token: "v3", step: "SET", since: "", proof: "none", before },
      { kind: "DIVERGED", since: "", why: "", before: undefined },
    ] as const) {
      expect(revocable([{ ...never, state }]), state.kind).toBe(false);
    }
  });
});
