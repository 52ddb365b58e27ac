import { afterEach, expect, test } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { newCarrier, noteIntent } from "../../../shared/activation/intents.ts";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };

/** An active service that a workflow refers to; a command was to deactivate it, was refused, and stays noted. */
async function refusedByCommand() {
  const started = await startFixture({
    simulator: {
      profile: { "services.workflows": "deleteAndDeactivate", "services.setActiveAnswer": "conflictWhenSame" },
    },
  });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  await started.send(applyMessage([group, { ...plain, isEnabled: true }]));
  const [{ serviceGroupId = 0, services: [made] = [] } = {}] = started.simulator.state().groups;
  const edit = (changes: object) =>
    started.simulator.editService(
      { accountId: "123456", serviceGroupId, serviceId: made?.serviceId ?? 0 },
      changes as never,
    );
  edit({ workflows: ["flow"] });
  started.skip(60_000);
  const activation = createActivationStore({
    table: started.table,
    clock: { now: started.now, sleep: async () => {} },
  });
  const record = await activation.get(name);
  const noted = noteIntent(
    record,
    { isActive: false, because: "keep-inactive by ada: test" },
    {
      carrier: newCarrier(0),
      now: started.now(),
      outcomeOf: () => ({
        status: "SUCCEEDED",
        summary: "deactivated",
        accountId: "123456",
        cause: { source: "/ops", id: "c1", type: "ringcx.command.v1" },
      }),
    },
  );
  const hold = { kind: "KEEP_INACTIVE", by: "ada", why: "test", since: new Date(started.now()).toISOString() } as const;
  const triedAt = new Date(started.now()).toISOString();
  const intents = noted.intents.map((one) => ({ ...one, triedAt }));
  await activation.changeIf(name, record, { add: [hold], ...noted, intents, carrier: null });
  return { started, plain, edit, activation };
}

test("a message about a service that RingCX did not let a command deactivate ends, and does not wait for the command", async () => {
  const { started, plain } = await refusedByCommand();
  const elsewhere = { ...plain, isEnabled: false, httpServiceConfig: { url: `${started.crm.url}/elsewhere` } };
  const outcome = await started.send(applyMessage([elsewhere]));
  expect(outcome.status).toBe("REJECTED");
  expect(JSON.stringify(outcome)).toContain("services.workflows");
  expect(await started.open()).toEqual([]);
});

test("what a message has done of a command is told by whoever tells commands", async () => {
  const { started, plain, edit, activation } = await refusedByCommand();
  edit({ workflows: [] });
  await started.send(applyMessage([{ ...plain, isEnabled: false }])).catch(() => undefined);
  expect(started.simulator.state().groups[0]?.services[0]?.isEnabled).toBe(false);
  expect((await activation.get(name)).intents).toMatchObject([{ isApplied: true, outcome: { cause: { id: "c1" } } }]);
});

const put = { operation: "setHttpServiceIsActive" } as const;
const failures = {
  "cut before its effect": { kind: "drop", times: 4, match: put },
  "cut after its effect": { kind: "lost-answer", times: 1, match: put },
  "refused once with 409": { kind: "status", status: 409, times: 1, match: put },
} as const;

test.each(
  Object.entries(failures).flatMap(([name, fault]) =>
    [true, false].map((isEnabled) => [name, isEnabled, fault] as const),
  ),
)("a switch back by message, %s (to %s), is not confirmed by a read that may be older", async (_, isEnabled, fault) => {
  const profile = { "consistency.single": "stale", "services.setActiveAnswer": "conflictWhenSame" } as const;
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const { validation: _none, authConfig: _no, ...plain } = service(started.crm);
  const isActive = () => started.simulator.state().groups[0]?.services[0]?.isEnabled;
  await started.send(applyMessage([group, { ...plain, isEnabled }]));
  started.skip(60_000);
  await started.send(applyMessage([{ ...plain, isEnabled: !isEnabled }]));
  started.skip(800);
  started.simulator.faults.add(fault);
  expect(await started.send(applyMessage([{ ...plain, isEnabled }]))).toMatchObject({ status: "SUCCEEDED" });
  expect(isActive()).toBe(isEnabled);
});
