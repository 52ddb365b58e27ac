import { describe, expect, it } from "vitest";
import { decideRevocations } from "../../../../functions/rotate-credentials/issuer/credential-ends.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import { aged, never, now } from "../records.ts";

describe("a credential may be revoked", () => {
  const old = { versionId: "v1", credentialId: "id", issuer: "arn:x", authType: "APIKEY", revokeAfter: now } as const;
  const revocable = (records: CredentialRecord[], credential: Partial<typeof old> = {}, current = "v2") =>
    decideRevocations({ current, pending: undefined, tags: {} }, [{ ...old, ...credential }], records, now).length ===
    1;

  it("when its time is over and RingCX surely has another one", () => {
    expect(revocable([aged(1, "v2")])).toBe(true);
  });

  it("not before its time, and never without one", () => {
    expect(
      decideRevocations(
        { current: "v2", pending: undefined, tags: {} },
        [{ ...old, revokeAfter: now + 1 }],
        [aged(1, "v2")],
        now,
      ),
    ).toEqual([]);
    const { revokeAfter: _, ...needed } = old;
    expect(decideRevocations({ current: "v2", pending: undefined, tags: {} }, [needed], [aged(1, "v2")], now)).toEqual(
      [],
    );
  });

  it("not while anything may still use it", () => {
    expect(revocable([aged(1, "v2")], {}, "v1")).toBe(false);
    expect(revocable([aged(1, "v2"), aged(1, "v1")])).toBe(false);
    const before = { versionId: "v1", at: "", verification: "none" } as const;
    for (const state of [
      { kind: "APPLYING", versionId: "v2", since: "", before },
      { kind: "ROTATING", pendingVersionId: "v3", step: "SET", since: "", verification: "none", before },
      { kind: "DIVERGED", since: "", why: "", before: undefined },
    ] as const) {
      expect(revocable([{ ...never, state }]), state.kind).toBe(false);
    }
  });
});
