import { expect, it } from "vitest";
import { decideSync, maxViewLagMs } from "../../../../functions/rotate-credentials/sync/decide-sync.ts";
import type { ApplyFailure, CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import { withApplied } from "../../../../shared/records/credential/with-applied.ts";
import { ago, never, now } from "../records.ts";

const secret = { tags: {}, versionIds: [], pending: undefined, current: "v2", previous: "v1" };
const has = (versionId: string): CredentialRecord =>
  withApplied(never, { versionId, at: ago(1_000), verification: "metadata" });
const failed = (code: string, more: Partial<ApplyFailure> = {}): CredentialRecord => ({
  ...has("v1"),
  failure: { versionId: "v2", code, attempts: 1, retryAt: now + 1, ...more },
});
const tooSoon = { kind: "LEAVE", why: "TOO_SOON" };
const write = (...outdated: number[]) => ({ kind: "WRITE", versionId: "v2", outdated });

it.each([
  ["one that could not be written waits there alone", [failed("RINGCX_UNAVAILABLE"), has("v1")], write(1)],
  ["also where it is not known whether it was", [has("v1"), failed("RINGCX_WRITE_AMBIGUOUS")], write(0)],
  ["alone it waits", [failed("RINGCX_UNAVAILABLE")], tooSoon],
  ["one that is refused anywhere waits everywhere", [has("v1"), failed("CREDENTIAL_REFUSED"), has("v1")], tooSoon],
  ["refused here and not written there", [failed("RINGCX_UNAVAILABLE"), failed("CREDENTIAL_REFUSED")], tooSoon],
  ["its time has come", [failed("CREDENTIAL_REFUSED", { retryAt: now }), has("v1")], write(0, 1)],
  ["another version was refused", [failed("CREDENTIAL_REFUSED", { versionId: "v1" })], write(0)],
  ["an auth config that was never written does not wait", [failed("RINGCX_UNAVAILABLE"), never], write(1)],
  ["all have it, whatever failed before", [{ ...failed("CREDENTIAL_REFUSED"), ...has("v2") }], { kind: "IN_SYNC" }],
])("%s", (_, records, decision) => {
  expect(decideSync(secret, records, now)).toEqual(decision);
});

it("a look that may be old for one auth config is believed for none", () => {
  const newer = withApplied(has("v2"), { versionId: "v3", at: ago(1_000), verification: "metadata" });
  expect(decideSync(secret, [never, newer], now)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
  const since = maxViewLagMs - 1_000;
  expect(decideSync(secret, [never, newer], now + since - 1)).toEqual({ kind: "LEAVE", why: "VIEW_LAGS" });
  expect(decideSync(secret, [never, newer], now + since)).toEqual(write(0, 1));
});

it("the lease of one of several keeps the run from all, its own keeps it from none", () => {
  const leased = { ...has("v1"), lease: { holder: "other", until: now + 1 } };
  expect(decideSync(secret, [has("v1"), leased], now)).toEqual({ kind: "LEAVE", why: "BUSY" });
  expect(decideSync(secret, [has("v1"), leased], now, { holder: "other" })).toEqual(write(0, 1));
  expect(decideSync(secret, [has("v1"), leased], now + 1)).toEqual(write(0, 1));
});
