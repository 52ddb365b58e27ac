import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const stale = { "consistency.lists": "stale" } as const;

/** A service that a message made a while ago, and a person who changes it in the admin page. */
async function begin(profile: Partial<Profile>) {
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  await started.send(applyMessage([group, plain]));
  started.skip(60_000);
  const [{ serviceGroupId = 0, services: [made] = [] } = {}] = started.simulator.state().groups;
  const address = { accountId: "123456", serviceGroupId, serviceId: made?.serviceId ?? 0 };
  const edit = (changes: object) => started.simulator.editService(address, changes as never);
  const elsewhere = { ...plain, httpServiceConfig: { url: `${started.crm.url}/elsewhere` } };
  return { started, plain, elsewhere, edit, first: () => started.simulator.state().groups[0]?.services[0] };
}

test.each([
  ["a name", { serviceDescription: "Renamed" }, 'serviceDescription (was "Renamed") (drift corrected)'],
  ["a flag", { isDebug: true }, "isDebug (drift corrected)"],
  ["another field", { enableMappings: false }, "enableMappings (drift corrected)"],
])(
  "%s that a person has just changed, and the list does not show yet, is put back and told",
  async (_, changes, told) => {
    const { started, elsewhere, edit, first } = await begin(stale);
    const { serviceDescription, isDebug, enableMappings } = elsewhere;
    edit(changes);
    started.skip(400);
    const outcome = await started.send(applyMessage([elsewhere]));
    expect(outcome.status).toBe("SUCCEEDED");
    expect(outcome.resources?.[0]?.changes).toEqual(expect.arrayContaining([told, "httpServiceConfig.url"]));
    expect(first()).toMatchObject({ serviceDescription, isDebug, enableMappings });
    expect(String(first()?.httpServiceConfig)).toContain("/elsewhere");
  },
);

test("what a message does not name stays as a person has just changed it, though the list does not show it yet", async () => {
  const { started, elsewhere, edit, first } = await begin(stale);
  edit({ sendAllSurveyData: true });
  started.skip(400);
  expect(await started.send(applyMessage([elsewhere]))).toMatchObject({ status: "SUCCEEDED" });
  expect(first()).toMatchObject({ sendAllSurveyData: true });
});

test.each([{ enableMappings: false }, { sendAllSurveyData: true }, { returntype: "JSON" }])(
  "our own write of %j is not undone by a record that is older than it",
  async (changes) => {
    const { started, plain, elsewhere, first } = await begin({ "consistency.single": "stale" });
    await started.send(applyMessage([{ ...plain, ...changes }]));
    started.skip(1_000);
    const { enableMappings: _, ...moved } = elsewhere;
    expect(await started.send(applyMessage([moved]))).toMatchObject({ status: "SUCCEEDED" });
    expect(first()).toMatchObject(changes);
  },
);
