import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decideSync,
  maxViewLagMs,
  rotationTimeoutMs,
} from "../../../../functions/rotate-credentials/sync/decide-sync.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import { withApplied } from "../../../../shared/records/credential/with-applied.ts";
import { ago, never, now } from "../records.ts";

/** The record of a config that got these versions, one after the other, the last one `ms` ago. */
const having = (versions: string[], ms = 1000): CredentialRecord =>
  versions.reduce(
    (record, versionId, index) =>
      withApplied(record, { versionId, at: ago(ms + versions.length - 1 - index), verification: "metadata" }),
    never,
  );
const labels = { tags: {}, versionIds: [], pending: undefined };
const view = (current: string, previous?: string, pending?: string) => ({ ...labels, current, previous, pending });

describe("what a sync does about a secret", () => {
  it("leaves a secret without a current version", () => {
    expect(decideSync({ ...labels, current: undefined, previous: undefined }, [never], now)).toEqual({
      kind: "LEAVE",
      why: "NO_CURRENT_VERSION",
    });
  });

  it("applies only where the current version is not the applied one", () => {
    const records = [having(["v2"]), having(["v1"]), never];
    expect(decideSync(view("v2", "v1"), records, now)).toEqual({ kind: "WRITE", versionId: "v2", outdated: [1, 2] });
    expect(decideSync(view("v2", "v1"), [having(["v2"])], now)).toEqual({ kind: "IN_SYNC" });
  });

  it("never goes back to an older version while the view may lag", () => {
    const record = having(["v0", "v1", "v2"]);
    expect(decideSync(view("v1", "v0"), [record], now)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
    expect(decideSync(view("v1", "v0"), [record], now + maxViewLagMs)).toMatchObject({ kind: "WRITE" });
  });

  it("follows at once when a person goes back to the version before", () => {
    expect(decideSync(view("v1", "v2"), [having(["v1", "v2"])], now)).toMatchObject({
      kind: "WRITE",
      versionId: "v1",
    });
  });

  it("applies a version that it has never seen at once, however many came in between", () => {
    expect(decideSync(view("v9", "v8"), [having(["v1", "v2"])], now)).toMatchObject({
      kind: "WRITE",
      versionId: "v9",
    });
  });

  it("applies again what was begun and perhaps not finished", () => {
    const applying: CredentialRecord = {
      ...never,
      state: {
        kind: "APPLYING",
        versionId: "v2",
        since: ago(1000),
        before: { versionId: "v1", at: ago(9e6), verification: "none" },
      },
    };
    expect(decideSync(view("v2", "v1"), [applying], now)).toMatchObject({ kind: "WRITE", versionId: "v2" });
    expect(decideSync(view("v1", "v0"), [applying], now)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
    expect(decideSync(view("v1", "v2"), [applying], now)).toMatchObject({ kind: "WRITE", versionId: "v1" });
  });

  it("repairs what has diverged", () => {
    const diverged: CredentialRecord = {
      ...never,
      state: { kind: "DIVERGED", since: ago(1), why: "", before: undefined },
    };
    expect(decideSync(view("v1"), [diverged], now)).toMatchObject({ kind: "WRITE", versionId: "v1" });
  });

  describe("about a rotation under way", () => {
    const before = { versionId: "v1", at: ago(1), verification: "metadata" } as const;
    const rotating = (ms: number): CredentialRecord => ({
      ...never,
      state: { kind: "ROTATING", pendingVersionId: "v2", step: "SET", since: ago(ms), verification: "none", before },
    });
    const pending = view("v1", "v0", "v2");

    it("leaves it alone while it lives, and cleans up after one that died", () => {
      expect(decideSync(pending, [rotating(1000)], now)).toEqual({ kind: "LEAVE", why: "ROTATING" });
      expect(decideSync(pending, [rotating(rotationTimeoutMs)], now)).toEqual({
        kind: "ABORT",
        pendingVersionId: "v2",
        why: "DIED",
      });
      expect(decideSync(pending, [rotating(rotationTimeoutMs), rotating(1000)], now)).toMatchObject({
        why: "ROTATING",
      });
    });

    it("ends it a minute after the lease of a killed step ran out, unless it was repeated", () => {
      const left = (ms: number) => [{ ...rotating(300_000), lease: { holder: "killed", until: now - ms } }];
      expect(decideSync(pending, left(-1), now)).toEqual({ kind: "LEAVE", why: "BUSY" });
      expect(decideSync(pending, left(59_999), now)).toEqual({ kind: "LEAVE", why: "ROTATING" });
      expect(decideSync(pending, left(60_000), now)).toEqual({
        kind: "ABORT",
        pendingVersionId: "v2",
        why: "KILLED",
      });
    });

    it("ends it a minute after a step has failed, unless what failed may pass or is another rotation's", () => {
      const failed = { versionId: "v2", step: "setSecret", failedAt: ago(60_000), code: "X", message: "It is denied." };
      const decide = (failedStep: object) =>
        decideSync(pending, [rotating(90_000)], now, { failedStep: { ...failed, ...failedStep } });
      expect(decide({ mayPass: false })).toEqual({ kind: "ABORT", pendingVersionId: "v2", why: "FAILED" });
      const stays = [
        {},
        { mayPass: true },
        { mayPass: false, versionId: "v1" },
        { mayPass: false, failedAt: ago(59_999) },
      ];
      for (const failedStep of stays) expect(decide(failedStep)).toEqual({ kind: "LEAVE", why: "ROTATING" });
    });

    it.each([
      ["its version was made the current one", view("v2", "v1"), { kind: "COMPLETE" }],
      ["its label was taken off", view("v1", "v0"), { kind: "ABORT", why: "NOT_PENDING" }],
      ["its label was given to another version", view("v1", "v0", "v3"), { kind: "ABORT", why: "NOT_PENDING" }],
      ["another version was made the current one", view("v3", "v1", "v2"), { kind: "ABORT", why: "OVERTAKEN" }],
    ] as const)("ends it at once where %s", (_what, secret, decision) => {
      expect(decideSync(secret, [rotating(1000)], now)).toEqual({ pendingVersionId: "v2", ...decision });
    });
  });

  it("waits for whoever has the lease of an auth config, but not for itself", () => {
    const leased: CredentialRecord = { ...never, lease: { holder: "other", until: now + 1 } };
    expect(decideSync(view("v1"), [leased], now)).toEqual({ kind: "LEAVE", why: "BUSY" });
    expect(decideSync(view("v1"), [leased], now, { holder: "other" })).toMatchObject({ kind: "WRITE" });
    expect(decideSync(view("v1"), [leased], now + 1)).toMatchObject({ kind: "WRITE" });
  });

  it("tries a version that failed again later, another one at once", () => {
    const failed: CredentialRecord = {
      ...never,
      failure: { versionId: "v1", code: "X", attempts: 1, retryAt: now + 60_000 },
    };
    expect(decideSync(view("v1"), [failed], now)).toEqual({ kind: "LEAVE", why: "TOO_SOON" });
    expect(decideSync(view("v1"), [failed], now + 60_000)).toMatchObject({ kind: "WRITE" });
    expect(decideSync(view("v2"), [failed], now)).toMatchObject({ kind: "WRITE" });
  });

  it("does not wait with a version that a person wants written unproven", () => {
    const v1 = "1".repeat(32);
    const failure = { versionId: v1, code: "PROOF_PENDING", attempts: 1, retryAt: now + 60_000 };
    const secret = { ...view(v1), tags: { "ringcx:accept-unproven": v1 }, versionIds: [v1] };
    expect(decideSync(view(v1), [{ ...never, failure }], now)).toMatchObject({ why: "TOO_SOON" });
    expect(decideSync(secret, [{ ...never, failure }], now)).toMatchObject({ kind: "WRITE" });
    const refused = { ...failure, code: "CREDENTIAL_REFUSED" };
    expect(decideSync(secret, [{ ...never, failure: refused }], now)).toMatchObject({ why: "TOO_SOON" });
  });

  it("whatever old view it is shown within the lag, it does not undo what it has applied", () => {
    const labels = fc.record({
      versions: fc.integer({ min: 2, max: 8 }),
      seen: fc.nat(),
      age: fc.integer({ min: 0, max: maxViewLagMs - 10 }),
    });
    fc.assert(
      fc.property(labels, ({ versions, seen, age }) => {
        const names = Array.from({ length: versions }, (_, index) => `v${index}`);
        const old = seen % (versions - 1);
        const decision = decideSync(view(`v${old}`, old > 0 ? `v${old - 1}` : undefined), [having(names, age)], now);
        expect(decision).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
      }),
    );
  });
});
