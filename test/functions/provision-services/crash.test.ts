import { afterEach, expect, test } from "vitest";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isChosen } from "../../support/runs.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

/** A table whose process dies at its n-th operation: from then on nothing works, until it is started again. */
class MortalTable implements StateTable {
  readonly #table = new MemoryStateTable();
  operations = 0;
  #diesAt = Number.POSITIVE_INFINITY;
  #isAfter = false;

  dieAt(operation: number, { isAfter }: { isAfter: boolean }): void {
    this.#diesAt = operation;
    this.#isAfter = isAfter;
  }

  restart(): void {
    this.#diesAt = Number.POSITIVE_INFINITY;
  }

  get = (...args: Parameters<StateTable["get"]>) => this.#live(() => this.#table.get(...args));
  put = (...args: Parameters<StateTable["put"]>) => this.#live(() => this.#table.put(...args));
  update = (...args: Parameters<StateTable["update"]>) => this.#live(() => this.#table.update(...args));
  delete = (...args: Parameters<StateTable["delete"]>) => this.#live(() => this.#table.delete(...args));
  query = (...args: Parameters<StateTable["query"]>) => this.#live(() => this.#table.query(...args));

  async #live<Result>(run: () => Promise<Result>): Promise<Result> {
    this.operations += 1;
    if (this.operations < this.#diesAt) return run();
    if (this.operations === this.#diesAt && this.#isAfter) await run();
    throw new Error("the process is gone");
  }
}

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm";
const make = (crm: Fixture["crm"]) => applyMessage([group, authConfig, service(crm, { health: { alarms: [alarm] } })]);
const change = (crm: Fixture["crm"]) =>
  applyMessage([
    { ...group, groupName: "CRM", previousName: "CRM enrichment" },
    service(crm, {
      groupName: "CRM",
      serviceDescription: "Lookup",
      previousName: "Lookup customer by ANI",
      isDebug: true,
      httpServiceInputs: [{ name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "x", rank: "0" }],
      health: { alarms: [alarm] },
    }),
  ]);

const second = (crm: Fixture["crm"], more: object = {}) =>
  service(crm, { serviceDescription: "Second", validation: undefined, ...more });
const makeTwo = (crm: Fixture["crm"]) =>
  applyMessage([group, authConfig, service(crm, { health: { alarms: [alarm] } }), second(crm)]);
const swap = (crm: Fixture["crm"]) =>
  applyMessage([
    second(crm, { previousName: "Lookup customer by ANI", isDebug: true, health: { alarms: [alarm] } }),
    service(crm, { previousName: "Second", health: { alarms: [] } }),
  ]);

const off = (crm: Fixture["crm"]) => applyMessage([group, authConfig, service(crm, { isEnabled: false })]);
const switchOn = (crm: Fixture["crm"]) => applyMessage([service(crm)]);
const retire = () =>
  applyMessage([{ kind: "httpService", groupName: group.groupName, serviceDescription: "Lookup customer by ANI" }], {
    event: { type: "ringcx.retire.v1" },
  });

const copy = () => ({
  ...applyMessage([]),
  type: "ringcx.copy.v1",
  data: { accountId: "123456", from: { groupName: "CRM enrichment" }, to: { groupName: "Copies" } },
});

/** All that matters afterwards, without ids, times and the records of quota and session. */
async function picture({ simulator, table }: Fixture) {
  const items = await table.query("ACCOUNT#123456");
  return {
    groups: simulator.state().groups.map(({ groupName, services }) => ({
      groupName,
      services: services.map(({ serviceId, serviceDescription, isEnabled, isDebug, authConfigId, inputs }) => ({
        // Which is which, whatever it is called.
        place: services.filter((other) => other.serviceId < serviceId).length,
        serviceDescription,
        isEnabled,
        isDebug,
        isLinked: authConfigId !== undefined,
        inputs: inputs.map(({ name, value }) => [name, value]),
      })),
    })),
    authConfigs: simulator.state().authConfigs.map(({ providerName }) => providerName),
    // The text of a message that has ended may be left, and disappears by itself.
    known: items.map(({ sk }) => sk).filter((sk) => sk !== "LEASE" && !sk.startsWith("BODY#")),
    alarms: (await table.query(`ALARM#${alarm}`)).map(({ sk }) => sk),
    bindings: (await table.query("SECRET#arn:secret:crm/oauth")).length,
  };
}

const isRemark = (line: string) => /^(not validated|left )/.test(line);

/** Plays a message in a fixture of its own; the process dies at the given operation and another one goes on. */
async function play(
  message: (crm: Fixture["crm"]) => object,
  prelude: readonly (typeof make)[],
  { diesAt, lost }: { diesAt?: { operation: number; isAfter: boolean }; lost?: { after: number; times: number } } = {},
) {
  const table = new MortalTable();
  fixture = await startFixture({ table });
  for (const earlier of prelude) await fixture.send(earlier(fixture.crm));
  const body = JSON.stringify(message(fixture.crm));
  table.operations = 0;
  const requestsBefore = fixture.simulator.requests.length;
  if (lost) fixture.simulator.faults.add({ kind: "lost-answer", ...lost });
  if (diesAt) {
    table.dieAt(diesAt.operation, diesAt);
    await fixture.redeliver("the-message", body).catch(() => undefined);
    table.restart();
    // Its lease runs out like any other.
    fixture.skip(120_000);
  }
  const operations = table.operations;
  for (let delivery = 0; delivery < 10; delivery += 1) {
    if ((await fixture.redeliver("the-message", body)).length === 0) break;
    fixture.skip(60_000);
  }
  const outcome = fixture.outcomes.at(-1);
  const result = {
    picture: await picture(fixture),
    status: outcome?.status,
    // What the message did, whoever did it: which turn looked at an endpoint, or left one as it is, may differ.
    told: (outcome?.resources ?? []).map(({ kind, name, result, changes = [] }) => ({
      kind,
      name,
      result,
      changes: changes.filter((line) => !isRemark(line)).sort(),
    })),
    operations: Math.max(operations, table.operations),
    requests: fixture.simulator.requests.length - requestsBefore,
  };
  await fixture.stop();
  fixture = undefined;
  return result;
}

const messages = [
  ["a new service", make, []],
  ["a change with new names", change, [make]],
  ["a copy to a new group", copy, [make]],
  ["two services that swap their names", swap, [makeTwo]],
  ["a service that is switched on", switchOn, [off]],
  ["a service that is retired", retire, [make]],
] as const;

test.each(messages)(
  "%s comes out the same wherever the process dies",
  async (_what, message, prelude) => {
    const undisturbed = await play(message, prelude);
    expect(undisturbed.status).toBe("SUCCEEDED");
    for (let operation = 1; operation <= undisturbed.operations; operation += 1) {
      if (!isChosen(operation, 40)) continue;
      // Before one operation, after the next.
      const isAfter = operation % 2 === 0;
      const { picture: found, status, told } = await play(message, prelude, { diesAt: { operation, isAfter } });
      expect({ operation, isAfter, ...found }).toEqual({ operation, isAfter, ...undisturbed.picture });
      expect({ operation, isAfter, status, told }).toEqual({
        operation,
        isAfter,
        status: undisturbed.status,
        told: undisturbed.told,
      });
    }
  },
  600_000,
);

test.each(messages)(
  "%s comes out the same, and is told the same, whichever answer of RingCX is lost",
  async (_what, message, prelude) => {
    const undisturbed = await play(message, prelude);
    for (let after = 0; after < undisturbed.requests; after += 1) {
      // Once, and for longer than the client repeats anything.
      for (const times of [1, 8]) {
        if (!isChosen(after, 20, times)) continue;
        const { picture: found, status, told } = await play(message, prelude, { lost: { after, times } });
        expect({ after, times, status, told, ...found }).toEqual({
          after,
          times,
          status: undisturbed.status,
          told: undisturbed.told,
          ...undisturbed.picture,
        });
      }
    }
  },
  600_000,
);
