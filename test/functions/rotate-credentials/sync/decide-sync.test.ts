import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withApplied } from "../../../../functions/rotate-credentials/record/credential-state.ts";
import {
  decideMirror,
  rotationIsDeadMs,
  viewMayLagMs,
} from "../../../../functions/rotate-credentials/sync/decide-sync.ts";
import { type AuthRecord, itemOf, recordOf } from "../../../../shared/records/credential/auth-config-state.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const ago = (ms: number) => new Date(now - ms).toISOString();
const never = recordOf(undefined);
/** The record of a config that got these versions, one after the other, the last one `ms` ago. */
const having = (versions: string[], ms = 1000): AuthRecord =>
  versions.reduce(
    (record, versionId, index) => withApplied(record, versionId, ago(ms + versions.length - 1 - index), "metadata"),
    never,
  );
const view = (current: string, previous?: string) => ({ current, previous });

describe("what the mirror does about a secret", () => {
  it("leaves a secret without a current version", () => {
    expect(decideMirror({ current: undefined, previous: undefined }, [never], now)).toEqual({
      kind: "LEAVE",
      why: "NO_CURRENT_VERSION",
    });
  });

  it("applies only where the current version is not the applied one", () => {
    const records = [having(["v2"]), having(["v1"]), never];
    expect(decideMirror(view("v2", "v1"), records, now)).toEqual({ kind: "APPLY", versionId: "v2", outdated: [1, 2] });
    expect(decideMirror(view("v2", "v1"), [having(["v2"])], now)).toEqual({ kind: "IN_STEP" });
  });

  it("never goes back to an older version while the view may lag", () => {
    const record = having(["v0", "v1", "v2"]);
    expect(decideMirror(view("v1", "v0"), [record], now)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
    expect(decideMirror(view("v1", "v0"), [record], now + viewMayLagMs)).toMatchObject({ kind: "APPLY" });
  });

  it("follows at once when a person goes back to the version before", () => {
    expect(decideMirror(view("v1", "v2"), [having(["v1", "v2"])], now)).toMatchObject({
      kind: "APPLY",
      versionId: "v1",
    });
  });

  it("applies a version that it has never seen at once, however many came in between", () => {
    expect(decideMirror(view("v9", "v8"), [having(["v1", "v2"])], now)).toMatchObject({
      kind: "APPLY",
      versionId: "v9",
    });
  });

  it("applies again what was begun and perhaps not finished", () => {
    const applying: AuthRecord = {
      ...never,
      state: {
        kind: "APPLYING",
        versionId: "v2",
        since: ago(1000),
        before: { versionId: "v1", at: ago(9e6), proof: "none" },
      },
    };
    expect(decideMirror(view("v2", "v1"), [applying], now)).toMatchObject({ kind: "APPLY", versionId: "v2" });
    expect(decideMirror(view("v1", "v0"), [applying], now)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
    expect(decideMirror(view("v1", "v2"), [applying], now)).toMatchObject({ kind: "APPLY", versionId: "v1" });
  });

  it("repairs what has diverged", () => {
    const diverged: AuthRecord = { ...never, state: { kind: "DIVERGED", since: ago(1), why: "", before: undefined } };
    expect(decideMirror(view("v1"), [diverged], now)).toMatchObject({ kind: "APPLY", versionId: "v1" });
  });

  it("leaves a rotation alone while it lives, and cleans up after one that died", () => {
    const rotating = (ms: number): AuthRecord => ({
      ...never,
      state: { kind: "ROTATING", token: "v2", step: "SET", since: ago(ms), proof: "none", before: undefined },
    });
    expect(decideMirror(view("v1"), [rotating(1000)], now)).toEqual({ kind: "LEAVE", why: "ROTATING" });
    expect(decideMirror(view("v1"), [rotating(rotationIsDeadMs)], now)).toEqual({ kind: "ABANDON", token: "v2" });
    expect(decideMirror(view("v2"), [rotating(rotationIsDeadMs)], now)).toEqual({ kind: "SETTLE", token: "v2" });
    expect(decideMirror(view("v1"), [rotating(rotationIsDeadMs), rotating(1000)], now)).toMatchObject({
      why: "ROTATING",
    });
  });

  it("waits for whoever holds an auth config, but not for itself", () => {
    const held: AuthRecord = { ...never, lease: { holder: "other", until: now + 1 } };
    expect(decideMirror(view("v1"), [held], now)).toEqual({ kind: "LEAVE", why: "BUSY" });
    expect(decideMirror(view("v1"), [held], now, "other")).toMatchObject({ kind: "APPLY" });
    expect(decideMirror(view("v1"), [held], now + 1)).toMatchObject({ kind: "APPLY" });
  });

  it("tries a version that failed again later, another one at once", () => {
    const failed: AuthRecord = {
      ...never,
      failure: { versionId: "v1", code: "X", attempts: 1, retryAt: now + 60_000 },
    };
    expect(decideMirror(view("v1"), [failed], now)).toEqual({ kind: "LEAVE", why: "TOO_SOON" });
    expect(decideMirror(view("v1"), [failed], now + 60_000)).toMatchObject({ kind: "APPLY" });
    expect(decideMirror(view("v2"), [failed], now)).toMatchObject({ kind: "APPLY" });
  });

  it("whatever old view it is shown within the lag, it does not undo what it has applied", () => {
    const labels = fc.record({
      versions: fc.integer({ min: 2, max: 8 }),
      seen: fc.nat(),
      age: fc.integer({ min: 0, max: viewMayLagMs - 10 }),
    });
    fc.assert(
      fc.property(labels, ({ versions, seen, age }) => {
        const names = Array.from({ length: versions }, (_, index) => `v${index}`);
        const old = seen % (versions - 1);
        const decision = decideMirror(view(`v${old}`, old > 0 ? `v${old - 1}` : undefined), [having(names, age)], now);
        expect(decision).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
      }),
    );
  });
});

describe("the record in the table", () => {
  it.each<AuthRecord["state"]>([
    { kind: "NEVER_APPLIED" },
    { kind: "APPLIED", applied: { versionId: "v1", at: ago(1), proof: "endpoint" } },
    { kind: "APPLYING", versionId: "v2", since: ago(1), before: undefined },
    {
      kind: "ROTATING",
      token: "v2",
      step: "SETTING",
      since: ago(1),
      proof: "none",
      before: { versionId: "v1", at: ago(9), proof: "metadata" },
    },
    { kind: "DIVERGED", since: ago(1), why: "RingCX was away", before: { versionId: "v1", at: ago(9), proof: "none" } },
  ])("is read as it was written: $kind", (state) => {
    const record: AuthRecord = { ...never, secretArn: "arn", state, superseded: [{ versionId: "v0", at: ago(99) }] };
    expect(recordOf({ pk: "p", sk: "s", version: 1, ...JSON.parse(JSON.stringify(itemOf(record))) })).toEqual(record);
  });

  it("understands what provisioning notes when it creates an auth config", () => {
    const item = {
      pk: "p",
      sk: "s",
      version: 1,
      secretArn: "arn",
      appliedVersionId: "v1",
      appliedAt: ago(1),
      proof: "metadata",
    };
    expect(recordOf(item).state).toEqual({
      kind: "APPLIED",
      applied: { versionId: "v1", at: ago(1), proof: "metadata" },
    });
  });

  it("does not make a credential younger when the same version is put in again", () => {
    expect(withApplied(having(["v1"], 5000), "v1", ago(0), "endpoint").state).toMatchObject({
      applied: { at: ago(5000) },
    });
  });
});
