import { afterEach, expect, test } from "vitest";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { Key, StateTable } from "../../../shared/state/table.ts";
import { FailurePoint } from "../../support/crash.ts";
import { isChosen } from "../../support/runs.ts";
import { applyMessage, authConfig, type Fixture, group, retireMessage, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const name = { groupName: group.groupName, serviceDescription: "Lookup customer by ANI" };
const retirement = () =>
  retireMessage(
    { kind: "httpService", ...name, delete: "service" },
    { kind: "authConfig", providerName: authConfig.providerName },
  );

/** Deletes a service and its auth config, and makes others of the same names at once, in a table of which one call fails. */
async function endOf(at: number, when: "before" | "after") {
  // A process that died would hold the account's lease for longer than a list may be old: this one lives on.
  const point = new FailurePoint(at, when, () =>
    Object.assign(new Error("throttled"), { name: "ThrottlingException" }),
  );
  let isCounted = false;
  const memory = new MemoryStateTable();
  const table = new Proxy(memory, {
    get: (_, member: keyof StateTable) => {
      const call = memory[member].bind(memory) as (...given: unknown[]) => Promise<unknown>;
      // What is open the fixture asks, too; a lease that is not given back outlives whatever a list may be old.
      const isOther = ([key, prefix]: readonly unknown[]) => prefix === "OPEN#" || (key as Partial<Key>).sk === "LEASE";
      return (...given: unknown[]) =>
        isCounted && !isOther(given) ? point.around(() => call(...given)) : call(...given);
    },
  });
  const profile = {
    "consistency.lists": "stale",
    "consistency.single": "stale",
    "errors.missing": "forbidden",
  } as const;
  const started = await startFixture({
    table,
    simulator: { profile, limit: 10_000 },
    random: () => 0.1,
  });
  fixture = started;
  const { validation: _, ...plain } = service(started.crm);
  await started.send(applyMessage([group, authConfig, plain]));
  started.skip(40_000);
  isCounted = true;
  const retired = await started.send(retirement());
  isCounted = false;
  started.skip(50);
  const again = await started.send(applyMessage([authConfig, { ...plain, isDebug: true }]));
  const told = [retired, again].map(({ status, resources }) => [status, resources?.map(({ result }) => result)]);
  const { groups, authConfigs } = started.simulator.state();
  const services = groups.flatMap(({ services: all }) =>
    all.map(({ serviceDescription, isDebug, isEnabled, inputs }) => [
      serviceDescription,
      isDebug,
      isEnabled,
      inputs.length,
    ]),
  );
  await started.stop();
  fixture = undefined;
  return { calls: point.calls, end: { told, services, authConfigs: authConfigs.length } };
}

test("what was deleted, and could not be noted, is neither deleted again nor taken for what is made of its name", async () => {
  const usual = await endOf(Number.POSITIVE_INFINITY, "before");
  expect(usual.end.told).toEqual([
    ["SUCCEEDED", ["DELETED", "DELETED"]],
    ["SUCCEEDED", ["CREATED", "CREATED"]],
  ]);
  for (let at = 1; at <= usual.calls; at += 1) {
    for (const when of ["before", "after"] as const) {
      if (!isChosen(at, 17)) continue;
      const { end } = await endOf(at, when);
      expect({ at, when, ...end }).toEqual({ at, when, ...usual.end });
    }
  }
}, 600_000);
