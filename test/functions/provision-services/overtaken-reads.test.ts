import { afterEach, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { Item, Key } from "../../../shared/state/table.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

/** A table in which something happens just before an item is read for the first time. */
class EventfulTable extends MemoryStateTable {
  #before: { sk: string; happen: () => Promise<void> } | undefined;

  beforeReading({ sk }: Key, happen: () => Promise<void>): void {
    this.#before = { sk, happen };
  }

  override async get(key: Key): Promise<Item | undefined> {
    const before = this.#before;
    if (before?.sk === key.sk) {
      this.#before = undefined;
      await before.happen();
    }
    return super.get(key);
  }
}

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const outage = { since: "2026-01-01T00:00:00.000Z", alarms: ["arn:aws:x"], confirmedByProbe: false };

/** A service as provisioning leaves it, and failover, which changes it while a message has read the account already. */
async function begin() {
  const table = new EventfulTable();
  const started = await startFixture({ table });
  fixture = started;
  await started.send(applyMessage([group, authConfig, service(started.crm)]));
  const first = () => started.simulator.state().groups[0]?.services[0];
  const failover = async (isActive: boolean) => {
    const [found] = started.simulator.state().groups;
    const { serviceGroupId = 0 } = found ?? {};
    const { serviceId = 0 } = first() ?? {};
    started.simulator.editService({ accountId: name.accountId, serviceGroupId, serviceId }, { isEnabled: isActive });
    const record = await table.get(activationKey(name));
    const next = Number(record?.generation ?? 0) + 1;
    const lastWritten = { isActive, at: new Date(started.now()).toISOString(), generation: next };
    await table.update(activationKey(name), { OUTAGE: isActive ? undefined : outage, lastWritten, generation: next });
  };
  return { started, table, first, failover };
}

test("a recovery that came after the account was read is seen: a service that is to be inactive does not stay active", async () => {
  const { started, table, first, failover } = await begin();
  await failover(false);
  table.beforeReading(activationKey(name), () => failover(true));
  const message = applyMessage([service(started.crm, { isEnabled: false })]);
  expect(await started.send(message)).toMatchObject({ resources: [{ changes: ["deactivated"] }] });
  expect(first()?.isEnabled).toBe(false);
});

test.each([
  ["an apply", (fixture: Fixture) => applyMessage([service(fixture.crm, { isEnabled: false })])],
  [
    "a retirement",
    () => ({
      ...applyMessage([]),
      type: "ringcx.retire.v1",
      data: {
        accountId: name.accountId,
        resources: [{ kind: "httpService", groupName: name.groupName, serviceDescription: name.serviceDescription }],
      },
    }),
  ],
] as const)(
  "an outage that came after the account was read is seen: %s does not deactivate the service again",
  async (_, messageOf) => {
    const { started, table, first, failover } = await begin();
    table.beforeReading(activationKey(name), () => failover(false));
    started.operations();
    const outcome = await started.send(messageOf(started));
    expect(outcome.resources?.[0]?.changes ?? []).not.toContain("deactivated");
    expect(started.operations()).not.toContain("setHttpServiceIsActive");
    expect(first()?.isEnabled).toBe(false);
  },
);
