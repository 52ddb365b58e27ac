import { describe, expect, it } from "vitest";
import { readRecord } from "../../../../functions/rotate-credentials/record/credential-record.ts";
import { hold, releaseAll } from "../../../../functions/rotate-credentials/record/leased-record.ts";
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

describe("holding auth configs", () => {
  it("is for one at a time, and for all of them or none", async () => {
    const table = new MemoryStateTable();
    const first = await hold(table, [b], lease("first"), 0);
    expect(await hold(table, [a, b], lease("second"), 0)).toBeUndefined();
    expect((await readRecord(table, a)).record.lease).toBeUndefined();
    await releaseAll(first ?? []);
    expect(await hold(table, [a, b], lease("second"), 0)).toHaveLength(2);
  });

  it("ends with the lease when the holder has died", async () => {
    const table = new MemoryStateTable();
    await hold(table, [a], lease("dead", 100), 0);
    expect(await hold(table, [a], lease("next", 200), 99)).toBeUndefined();
    expect(await hold(table, [a], lease("next", 200), 100)).toHaveLength(1);
  });

  it("of many who try at once succeeds for exactly one", async () => {
    const table = new MemoryStateTable();
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => hold(table, [a, b], lease(`n${n}`), 0)));
    expect(all.filter((held) => held !== undefined).length).toBeLessThanOrEqual(1);
    const winner = all.find((held) => held !== undefined);
    if (winner) expect((await readRecord(table, a)).record.lease?.holder).toMatch(/^n/);
  });

  it("does not write over what somebody else has written meanwhile", async () => {
    const table = new MemoryStateTable();
    const [held] = (await hold(table, [a], lease("first"), 0)) ?? [];
    await table.update(authConfigStateKey("1", "a"), { appliedVersionId: "v2", appliedAt: "2026-01-01T00:00:00Z" });
    await expect(held?.save((record) => record)).rejects.toMatchObject({ code: "LEASE_LOST" });
    await held?.release();
    expect((await readRecord(table, a)).record.state).toMatchObject({ applied: { versionId: "v2" } });
  });
});
