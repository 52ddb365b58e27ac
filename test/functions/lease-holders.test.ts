import { expect, it } from "vitest";
import { underLease } from "../../functions/rotate-credentials/record/leased-record.ts";
import { holdCredential } from "../../shared/records/credential/hold-credential.ts";
import type { SecretBinding } from "../../shared/records/credential/secret-binding.ts";
import { acquireLease } from "../../shared/state/lease.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { CrashPoint, FailurePoint } from "../support/crash.ts";

const binding: SecretBinding = {
  secretArn: "arn",
  connection: "main",
  accountId: "1",
  authConfigId: "a",
  authType: "APIKEY",
  providerName: undefined,
};
const deadline = 1_000;

/** Whoever takes a lease and gives it back. @returns whether it was free */
const holders: Record<string, (table: StateTable, holder: string) => Promise<boolean>> = {
  "a run or step of rotation": async (table, holder) => {
    const lease = { holder, until: deadline, now: 0 };
    return (await underLease(table, [binding], lease, async () => "done")) !== undefined;
  },
  "a message at an auth config": async (table, holder) => {
    const held = await holdCredential({ table, now: 0 }, binding, async () => undefined, { holder, deadline });
    if ("release" in held) await held.release();
    return "release" in held;
  },
  "a message at an account": async (table, holder) => {
    const clock = { now: () => 0, sleep: async () => {} };
    const lease = await acquireLease({ table, clock }, { pk: "ACCOUNT#1", sk: "LEASE" }, { holder, deadline });
    if ("release" in lease) await lease.release();
    return "release" in lease;
  },
};

it.each(Object.keys(holders))("%s leaves no lease behind, whichever call of the table fails once", async (name) => {
  const take = holders[name] as (typeof holders)[string];
  const counting = new CrashPoint();
  await take(counting.wrap(new MemoryStateTable()), "first");
  expect(counting.calls).toBeGreaterThan(2);
  for (const when of ["before", "after"] as const) {
    for (let call = 1; call <= counting.calls; call += 1) {
      const table = new MemoryStateTable();
      const failure = new FailurePoint(call, when, () => new Error("of the test"));
      await take(failure.wrap<StateTable>(table), "first").catch(() => undefined);
      expect(await take(table, "second"), `${when} call ${call}`).toBe(true);
    }
  }
});
