import { describe, expect, it } from "vitest";
import {
  type CredentialRecord,
  emptyCredentialRecord,
  fromItem,
  toItem,
} from "../../../../shared/records/credential/auth-config-state.ts";
import type { HistoryEntry } from "../../../../shared/records/credential/rotation-history.ts";
import type { Item } from "../../../../shared/state/table.ts";

const ago = (ms: number) => new Date(Date.parse("2026-03-01T12:00:00Z") - ms).toISOString();

/** Attributes as they come back from the table: what is undefined is not there. */
const stored = (attributes: Record<string, unknown>): Item => ({
  pk: "p",
  sk: "s",
  version: 1,
  ...JSON.parse(JSON.stringify(attributes)),
});

const entry: HistoryEntry = {
  at: ago(1),
  secretArn: "arn",
  connection: "main",
  accountId: "1",
  authConfigId: "a",
  authType: "APIKEY",
  trigger: "SYNC",
  versionId: "v2",
  result: "ROLLED_BACK",
  verification: "metadata",
  requestId: "r",
};

describe("the record of a credential in the table", () => {
  it.each<CredentialRecord["state"]>([
    { kind: "NEVER_APPLIED" },
    { kind: "APPLIED", applied: { versionId: "v1", at: ago(1), verification: "endpoint" } },
    { kind: "APPLYING", versionId: "v2", since: ago(1), before: undefined },
    {
      kind: "ROTATING",
      pendingVersionId: "v2",
      step: "SETTING",
      since: ago(1),
      verification: "none",
      before: { versionId: "v1", at: ago(9), verification: "metadata" },
    },
    {
      kind: "DIVERGED",
      since: ago(1),
      why: "RingCX was away",
      before: { versionId: "v1", at: ago(9), verification: "none" },
    },
  ])("is read as it was written: $kind", (state) => {
    const record: CredentialRecord = {
      ...emptyCredentialRecord,
      secretArn: "arn",
      state,
      previousVersions: [{ versionId: "v0", at: ago(99) }],
    };
    expect(fromItem(stored(toItem(record)))).toEqual(record);
  });

  it("understands what provisioning wrote when it creates an auth config", () => {
    const item = {
      pk: "p",
      sk: "s",
      version: 1,
      secretArn: "arn",
      appliedVersionId: "v1",
      appliedAt: ago(1),
      proof: "metadata",
    };
    expect(fromItem(item).state).toEqual({
      kind: "APPLIED",
      applied: { versionId: "v1", at: ago(1), verification: "metadata" },
    });
  });

  it("is stored in the words of earlier releases, and read in theirs and in ours", () => {
    const record: CredentialRecord = {
      ...emptyCredentialRecord,
      state: {
        kind: "ROTATING",
        pendingVersionId: "v2",
        step: "VERIFIED",
        since: ago(1),
        verification: "endpoint",
        before: undefined,
      },
      unpublished: [entry],
    };
    const item = stored(toItem(record));
    expect(item).toMatchObject({
      step: "PROVEN",
      untold: [{ trigger: "MIRROR", result: "PUT_BACK", proof: "metadata" }],
    });
    const { verification: proof, ...later } = entry;
    for (const known of [item, { ...item, step: "VERIFIED", untold: [{ ...later, proof }] }]) {
      expect(fromItem(known)).toEqual(record);
    }
  });

  it("keeps since when a version waits to be proven, and what was found meanwhile", () => {
    const proofWait = { versionId: "v2", since: ago(9), heldAcceptedAt: ago(5), refusedAt: ago(1) };
    const unpublished: HistoryEntry[] = [{ ...entry, proofAnswer: "COULD_NOT_BE_ASKED" }];
    const record: CredentialRecord = { ...emptyCredentialRecord, proofWait, unpublished };
    const item = stored(toItem(record));
    expect(fromItem(item)).toEqual(record);
    // What a later release may write here is not known, and is no reason to stand still.
    expect(fromItem({ ...item, proofWait: "soon" }).proofWait).toBeUndefined();
  });

  it("keeps what a later release has written into it", () => {
    const item = stored({ ...toItem(emptyCredentialRecord), schema: 1, inventedLater: { deep: true } });
    expect(stored(toItem(fromItem(item)))).toEqual(item);
  });

  it("that cannot be read is named by its key", () => {
    expect(() => fromItem({ ...stored({}), status: "MELTED" })).toThrow(
      expect.objectContaining({ code: "ITEM_UNREADABLE", details: expect.objectContaining({ pk: "p", sk: "s" }) }),
    );
  });
});
