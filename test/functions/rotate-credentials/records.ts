import { type CredentialRecord, emptyCredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { withApplied } from "../../../shared/records/credential/with-applied.ts";

/** The time at which the pure functions are asked, epoch milliseconds. */
export const now = Date.parse("2026-03-01T12:00:00Z");
export const dayMs = 86_400_000;

/** The time so many milliseconds before now, ISO 8601. */
export const ago = (ms: number) => new Date(now - ms).toISOString();

/** The record of an auth config that nothing was ever applied to. */
export const never = emptyCredentialRecord;

/** The record of an auth config that got a version so many days ago. */
export const aged = (days: number, versionId = "v1"): CredentialRecord =>
  withApplied(never, { versionId, at: ago(days * dayMs), verification: "metadata" });

/** A secret whose version `v1` is current, with tags that say how often it rotates. */
export const secret = {
  arn: "arn",
  name: "crm",
  tags: { "ringcx:rotate-every": "30d", "ringcx:rotate-within": "90d" } as Record<string, string>,
  isDeleted: false,
  hasRotation: true,
  versionIds: [],
  current: "v1",
  previous: undefined,
  pending: undefined,
  createdAt: now - 400 * dayMs,
  readAt: now,
};
