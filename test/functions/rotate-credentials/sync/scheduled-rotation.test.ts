import { describe, expect, it } from "vitest";
import { isRotationDue } from "../../../../functions/rotate-credentials/sync/scheduled-rotation.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import { aged, now, secret } from "../records.ts";

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

  it.each<[string, Partial<CredentialRecord>]>([
    ["somebody is at work", { lease: { holder: "x", until: now + 1 } }],
    ["one has just failed", { failure: { versionId: "v9", code: "X", attempts: 1, retryAt: now + 1 } }],
    [
      "one is under way",
      {
        state: {
          kind: "ROTATING",
          pendingVersionId: "t",
          step: "SET",
          since: "",
          verification: "none",
          before: undefined,
        },
      },
    ],
    ["it has diverged", { state: { kind: "DIVERGED", since: "", why: "", before: undefined } }],
  ])("not while %s", (_what, changes) => {
    expect(isRotationDue(secret, [aged(31), { ...aged(31), ...changes }], now)).toBe(false);
  });
});
