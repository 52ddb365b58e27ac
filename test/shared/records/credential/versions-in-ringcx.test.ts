import { expect, it } from "vitest";
import type {
  ApplyFailure,
  CredentialState,
  RotationStep,
} from "../../../../shared/records/credential/auth-config-state.ts";
import {
  inRingCxWords,
  isBetweenVersions,
  isInDoubt,
  possibleVersions,
  versionsInRingCx,
} from "../../../../shared/records/credential/versions-in-ringcx.ts";

const since = "2026-11-01T00:00:00.000Z";
const before = { versionId: "old", at: since, verification: "METADATA" } as unknown as Extract<
  CredentialState,
  { kind: "APPLIED" }
>["applied"];

const applying = (more: object = {}): CredentialState => ({
  kind: "APPLYING",
  versionId: "new",
  since,
  before,
  ...more,
});
const rotating = (step: RotationStep, more: object = {}): CredentialState => ({
  ...{ kind: "ROTATING", pendingVersionId: "new", step, since, verification: before.verification, before },
  ...more,
});
const diverged = (more: object = {}): CredentialState => ({ kind: "DIVERGED", since, why: "why", before, ...more });
const failureOf = (versionId: string): ApplyFailure => ({ versionId, code: "X", attempts: 1, retryAt: 0 });

const cases: readonly {
  name: string;
  state: CredentialState;
  failure?: ApplyFailure;
  versions: string[];
  isInDoubt?: boolean;
  isBetween?: boolean;
}[] = [
  { name: "never applied", state: { kind: "NEVER_APPLIED" }, versions: [] },
  { name: "applied", state: { kind: "APPLIED", applied: before }, versions: ["old"] },
  { name: "being applied", state: applying(), versions: ["new", "old"], isBetween: true },
  { name: "being applied again", state: applying({ before: { ...before, versionId: "new" } }), versions: ["new"] },
  { name: "the first", state: applying({ before: undefined }), versions: ["new"], isBetween: true },
  {
    name: "being applied after one whose answer was lost",
    state: applying({ mayHave: ["lost"] }),
    versions: ["new", "old", "lost"],
    isInDoubt: true,
    isBetween: true,
  },
  {
    name: "being applied after attempts with the same two",
    state: applying({ mayHave: ["new", "old"] }),
    versions: ["new", "old"],
    isBetween: true,
  },
  {
    name: "being applied, failed before",
    state: applying(),
    failure: failureOf("new"),
    versions: ["new", "old"],
    isInDoubt: true,
    isBetween: true,
  },
  {
    name: "being applied, another failed before",
    state: applying(),
    failure: failureOf("other"),
    versions: ["new", "old"],
    isBetween: true,
  },
  { name: "rotating, made", state: rotating("CREATED"), versions: ["old"] },
  { name: "rotating, being set", state: rotating("SETTING"), versions: ["new", "old"], isBetween: true },
  { name: "rotating, set", state: rotating("SET"), versions: ["new"], isBetween: true },
  { name: "rotating, verified", state: rotating("VERIFIED"), versions: ["new"], isBetween: true },
  { name: "rotating, the first", state: rotating("CREATED", { before: undefined }), versions: [] },
  {
    name: "rotating, with a failure",
    state: rotating("SET"),
    failure: failureOf("new"),
    versions: ["new"],
    isBetween: true,
  },
  {
    name: "diverged",
    state: diverged({ mayHave: ["lost", "old"] }),
    versions: ["lost", "old"],
    isInDoubt: true,
    isBetween: true,
  },
  {
    name: "diverged, by an earlier release",
    state: diverged(),
    versions: ["old"],
    isInDoubt: true,
    isBetween: true,
  },
  {
    name: "diverged without a version",
    state: diverged({ before: undefined }),
    versions: [],
    isInDoubt: true,
    isBetween: true,
  },
];

it.each(cases)(
  "$name: what RingCX may have",
  ({ state, failure, versions, isInDoubt: doubt = false, isBetween = false }) => {
    const record = { state, failure, unknownAttributes: {} };
    expect(possibleVersions(state)).toEqual(versions);
    expect(isInDoubt(record)).toBe(doubt);
    expect(isBetweenVersions(state)).toBe(isBetween);
    const isKnown = versions.length < 2 && !doubt;
    const known = versionsInRingCx(record);
    expect(known).toEqual({ versionIds: versions, isKnown });
    const unknown = versions.length === 0 ? "" : `; it may have ${versions.join(" or ")}`;
    const words =
      versions.length === 0 ? "RingCX was given no version" : `RingCX was given version ${versions[0]} last`;
    expect(inRingCxWords(known)).toBe(isKnown ? words : `it is not known which version RingCX has${unknown}`);
  },
);

it("an intent that nobody has finished makes what RingCX has unknown", () => {
  const record = { state: { kind: "APPLIED", applied: before } as const, failure: undefined };
  expect(versionsInRingCx({ ...record, unknownAttributes: { intendedSecretArn: "arn:x" } }).isKnown).toBe(false);
});
