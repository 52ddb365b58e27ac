import { describe, expect, it } from "vitest";
import { readCredentialRecord } from "../../../../functions/rotate-credentials/record/credential-record.ts";
import { acquireRecords, underLease } from "../../../../functions/rotate-credentials/record/leased-record.ts";
import { authConfigStateKey } from "../../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../../shared/records/credential/secret-binding.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";

const binding = (authConfigId: string): SecretBinding => ({
  ...{
    secretArn: "arn",
    connection: "main",
    accountId: "1",
    authConfigId,
    authType: "APIKEY",
    providerName: undefined,
  },
});
const [a, b] = [binding("a"), binding("b")];
const lease = (holder: string, until = 100) => ({ holder, until });

describe("the lease of auth configs", () => {
  it("is for one at a time, and for all of them or none", async () => {
    const table = new MemoryStateTable();
    const first = underLease(table, [b], { ...lease("first"), now: 0 }, async () => {
      expect(await acquireRecords(table, [a, b], lease("second"), 0)).toBeUndefined();
      expect((await readCredentialRecord(table, a)).record.lease).toBeUndefined();
      throw new Error("whatever becomes of it");
    });
    await expect(first).rejects.toThrow("whatever");
    expect(await acquireRecords(table, [a, b], lease("second"), 0)).toHaveLength(2);
  });

  it("is given back where nobody knows whether it was taken", async () => {
    const table = new MemoryStateTable();
    const put = table.put.bind(table);
    table.put = async (...args) => {
      await put(...args);
      table.put = put;
      throw new Error("the answer is lost");
    };
    await expect(acquireRecords(table, [a], lease("first"), 0)).rejects.toThrow("lost");
    expect(await acquireRecords(table, [a], lease("second"), 0)).toHaveLength(1);
  });

  it("ends with the lease when the holder has died", async () => {
    const table = new MemoryStateTable();
    await acquireRecords(table, [a], lease("dead", 100), 0);
    expect(await acquireRecords(table, [a], lease("next", 200), 99)).toBeUndefined();
    expect(await acquireRecords(table, [a], lease("next", 200), 100)).toHaveLength(1);
  });

  it("of many who try at once succeeds for exactly one", async () => {
    const table = new MemoryStateTable();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) => acquireRecords(table, [a, b], lease(`n${n}`), 0)),
    );
    expect(all.filter((leased) => leased !== undefined).length).toBeLessThanOrEqual(1);
    const winner = all.find((leased) => leased !== undefined);
    if (winner) expect((await readCredentialRecord(table, a)).record.lease?.holder).toMatch(/^n/);
  });

  it("does not write over what somebody else has written meanwhile", async () => {
    const table = new MemoryStateTable();
    const [leased] = (await acquireRecords(table, [a], lease("first"), 0)) ?? [];
    await table.update(authConfigStateKey("1", "a"), { appliedVersionId: "v2", appliedAt: "2026-01-01T00:00:00Z" });
    await expect(leased?.save((record) => record)).rejects.toMatchObject({ code: "LEASE_LOST" });
    await leased?.release();
    expect((await readCredentialRecord(table, a)).record.state).toMatchObject({ applied: { versionId: "v2" } });
  });
});
