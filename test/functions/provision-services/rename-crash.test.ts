import { afterAll, beforeAll, expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { createBlastRadius } from "../../../functions/fail-over-services/apply/blast-radius.ts";
import { sweepAccount } from "../../../functions/fail-over-services/triggers/sweep-account.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { activationsOfAccount } from "../../../shared/records/account/activation.ts";
import { lastKnownState } from "../../../shared/records/account/known-state.ts";
import { isEnded } from "../../../shared/records/account/moving-activation.ts";
import { servicesOfAccount } from "../../../shared/records/account/service.ts";
import { accountPartition, displayName } from "../../../shared/records/service-name.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { CrashPoint } from "../../support/crash.ts";
import { isChosen } from "../../support/runs.ts";
import { startFixture as startFailover } from "../fail-over-services/fixture.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

const accountId = "123456";
const [oldName, newName] = ["Lookup customer by ANI", "Look it up"];

let failover: Awaited<ReturnType<typeof startFailover>>;
beforeAll(async () => {
  failover = await startFailover();
});
afterAll(() => failover.stop());

/** A sweep of the account as failover does it, which reads the tree. */
async function sweep(fixture: Fixture, table: StateTable): Promise<void> {
  const clock = { now: fixture.now, sleep: async () => {} };
  const { dependencies } = failover;
  const states = async (arns: readonly string[]) => new Map(arns.map((arn) => [arn, { state: "MISSING" } as const]));
  await sweepAccount(
    {
      ...dependencies,
      table,
      clock,
      activation: createActivationStore({ table, clock }),
      blastRadius: createBlastRadius({
        table,
        clock,
        random: () => 0.5,
        onUnreadable: () => {},
        settings: dependencies.settings.guards.blastRadius,
      }),
      ringcxFor: () => ({ ...dependencies.ringcxFor(accountId), account: () => fixture.account() }),
    },
    accountId,
    { deadline: clock.now() + 50_000, isTreeRead: true, readAlarmStates: states },
  );
}

const renames = {
  "a group": () => [{ ...group, groupName: "CRM", previousName: group.groupName }],
  "a service": (crm: Fixture["crm"]) => [service(crm, { serviceDescription: newName, previousName: oldName })],
  "a group and its service": (crm: Fixture["crm"]) => [
    { ...group, groupName: "CRM", previousName: group.groupName },
    service(crm, { groupName: "CRM", serviceDescription: newName, previousName: oldName }),
  ],
};

/** Plays a rename whose process dies at a call, with sweeps in between, and says what is known in the end. */
async function play(rename: (crm: Fixture["crm"]) => object[], at?: number, when?: "before" | "after") {
  const whole = new MemoryStateTable();
  let point = new CrashPoint();
  const table: StateTable = new Proxy(whole, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => point.around(async () => Reflect.apply(member, target, parameters));
    },
  });
  const fixture = await startFixture({ table });
  try {
    const { crm } = fixture;
    // One that is active, and one that is not.
    const other = service(crm, { serviceDescription: "Other", validation: undefined, isEnabled: false });
    await fixture.send(applyMessage([group, authConfig, service(crm), other]));
    const body = JSON.stringify(applyMessage(rename(crm)));
    point = new CrashPoint(at, when);
    await fixture.redeliver("the-message", body).catch(() => undefined);
    const { calls } = point;
    point = new CrashPoint();
    if (at !== undefined) await sweep(fixture, whole);
    // Its lease runs out like any other.
    fixture.skip(120_000);
    if (at !== undefined) await sweep(fixture, whole);
    for (let delivery = 0; delivery < 10; delivery += 1) {
      if ((await fixture.redeliver("the-message", body)).length === 0) break;
      fixture.skip(60_000);
    }
    fixture.skip(60_000);
    await sweep(fixture, whole);
    const { services } = await readServices(whole, accountId);
    return {
      calls,
      status: fixture.outcomes.at(-1)?.status,
      known: services.map(({ name, record }) => ({
        name: displayName(name),
        isActive: lastKnownState(record)?.isActive,
        reasons: record.reasons.map(({ kind }) => kind),
      })),
      // Also what `status` does not show of a service in the middle of a change.
      stored: [
        ...(await whole.query(accountPartition(accountId), servicesOfAccount)),
        ...(await whole.query(accountPartition(accountId), activationsOfAccount)).filter((item) => !isEnded(item)),
      ].map(({ sk }) => sk),
      inRingCx: fixture.simulator
        .state()
        .groups.flatMap(({ groupName, services }) =>
          services.map((one) => ({ name: `${groupName}/${one.serviceDescription}`, isEnabled: one.isEnabled })),
        ),
    };
  } finally {
    await fixture.stop();
  }
}

test.each(Object.entries(renames))(
  "after a crash before or after any call of a rename of %s no service has two records, and each its state",
  async (_, rename) => {
    const { calls, ...undisturbed } = await play(rename);
    expect(undisturbed.status).toBe("SUCCEEDED");
    expect(undisturbed.known.map(({ name, isActive }) => ({ name, isEnabled: isActive }))).toEqual(
      undisturbed.inRingCx.toSorted((a, b) => a.name.localeCompare(b.name)),
    );
    expect(undisturbed.stored).toHaveLength(2 * undisturbed.inRingCx.length);
    for (let at = 1; at <= calls; at += 1) {
      for (const when of ["before", "after"] as const) {
        if (!isChosen(at, 60, when === "before" ? 0 : 30)) continue;
        const { calls: _calls, ...found } = await play(rename, at, when);
        expect({ at, when, ...found }).toEqual({ at, when, ...undisturbed });
      }
    }
  },
  600_000,
);
