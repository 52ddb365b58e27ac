import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

// A name that is nowhere may be a slip: whoever wrote it is told, with what is near.

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ simulator: { accounts: ["123456"] } });
  await fixture.send(applyMessage([group, authConfig, service(fixture.crm)]));
});
afterEach(() => fixture.stop());

const retire = (resources: readonly object[], data: object = {}) =>
  applyMessage(resources, { event: { type: "ringcx.retire.v1" }, data });
const lookup = { kind: "httpService", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const slip = { ...lookup, serviceDescription: "Lookup costumer by ANI" };
const unlinked = () => {
  const { authConfig: _link, validation: _validation, ...rest } = service(fixture.crm, { isEnabled: false });
  return rest;
};

test("a service or auth config to be retired that never was: nothing is done, and the nearest names are told", async () => {
  const noService = 'there is no service of this name. Did you mean "CRM enrichment/Lookup customer by ANI"?';
  const outcome = await fixture.send(retire([slip, { kind: "authConfig", providerName: "CRM OAut" }]));
  expect(outcome).toMatchObject({
    status: "NO_CHANGE",
    summary: expect.stringContaining(`CRM enrichment/Lookup costumer by ANI: ${noService}`),
    resources: [
      { result: "UNCHANGED", changes: [noService] },
      { result: "UNCHANGED", changes: ['there is no auth config of this name. Did you mean "CRM OAuth"?'] },
    ],
  });
  expect(await fixture.send(retire([slip], { dryRun: true }))).toMatchObject({
    status: "PLANNED",
    summary: expect.stringContaining(noService),
    resources: [{ result: "UNCHANGED", changes: [noService] }],
  });
});

test("what a message has deleted is rightly gone: nothing is said of it", async () => {
  await fixture.send(retire([{ ...lookup, delete: "service" }]));
  const again = await fixture.send(retire([{ ...lookup, delete: "service" }]));
  expect(again).toMatchObject({ status: "NO_CHANGE", summary: expect.not.stringContaining("there is no") });
});

test("a previousName that is the name itself: the resource is made, and told what is wrong with that", async () => {
  const made = await fixture.send(applyMessage([{ ...group, groupName: "New", previousName: "new" }]));
  expect(made.resources?.[0]?.changes).toContain(
    'made new: its previousName "new" is the name that it is to have, so there is nothing to be renamed. Leave previousName out, or say in it what the group is called now.',
  );
  const same = { ...unlinked(), serviceDescription: "Look-up", previousName: "Look-up" };
  const service = await fixture.send(applyMessage([same]));
  expect(service.resources?.[0]?.changes).toContainEqual(expect.stringContaining("is the name that it is to have"));
});

test("a previousName that is nowhere: the resource is made, as in an account that never had it, and that is told", async () => {
  const renamed = { ...unlinked(), serviceDescription: "Look-up", previousName: "Lookup customer by AN" };
  const note =
    'made new: there is no service "Lookup customer by AN" (previousName) to be renamed. Did you mean "Lookup customer by ANI"?';
  const planned = await fixture.send(applyMessage([renamed], { data: { dryRun: true } }));
  expect(planned.resources).toMatchObject([{ result: "PLANNED" }]);
  expect(planned.resources?.[0]?.changes).toContain(note);
  const made = await fixture.send(applyMessage([renamed]));
  expect(made).toMatchObject({ status: "SUCCEEDED", resources: [{ result: "CREATED" }] });
  expect(made.resources?.[0]?.changes).toContain(note);
  const madeGroup = await fixture.send(applyMessage([{ ...group, groupName: "New", previousName: "CRM enrichmen" }]));
  expect(madeGroup.resources?.[0]?.changes).toContain(
    'made new: there is no group "CRM enrichmen" (previousName) to be renamed. Did you mean "CRM enrichment"?',
  );
});

test("a rename says the old name", async () => {
  const renamed = { ...unlinked(), serviceDescription: "Look-up", previousName: "Lookup customer by ANI" };
  const outcome = await fixture.send(applyMessage([renamed]));
  expect(outcome.resources?.[0]?.changes).toContain('serviceDescription (was "Lookup customer by ANI")');
});

test("an auth config that nobody knows: the nearest are told", async () => {
  const other = { ...unlinked(), serviceDescription: "Other", authConfig: "CRM Oath" };
  const outcome = await fixture.send(applyMessage([other]));
  expect(outcome.resources?.[0]?.problems).toMatchObject([
    { message: "no auth config has this name", hint: expect.stringContaining('Did you mean "CRM OAuth"?') },
  ]);
});

test("an auth config that nobody knows, whose credential a validation is to carry: those of the message are told", async () => {
  const other = service(fixture.crm, { serviceDescription: "Other", authConfig: "CRM Oath" });
  const { problems } = await fixture.send(applyMessage([authConfig, other]));
  expect(problems).toMatchObject([
    { message: 'the secret of "CRM Oath" is not known', hint: expect.stringContaining('Did you mean "CRM OAuth"?') },
  ]);
});
