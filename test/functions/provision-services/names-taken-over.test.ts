import { expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import { applyMessage, group, retireMessage } from "./fixture.ts";
import { accountId, groupName, plain, refuse, start } from "./half-made-world.ts";

// A service is known by its id, and people name it: where they have given its name to another one, what is meant is not guessed.

/** Two services of messages; a person gives one another name, and its own to the other. */
async function startTakenOver() {
  const world = await start({});
  const { fixture, failover, table } = world;
  const { httpServiceInputs: _inputs, ...bare } = plain(fixture);
  const declare = (serviceDescription: string) => ({ ...bare, serviceDescription });
  await fixture.send(applyMessage([group, declare("c"), declare("d")]));
  const services = () =>
    fixture.simulator
      .state(accountId)
      .groups.flatMap((one) => one.services.map((service) => ({ ...service, groupId: one.serviceGroupId })));
  const rename = async (from: string, to: string) => {
    const { groupId = 0, serviceId = 0 } = services().find((one) => one.serviceDescription === from) ?? {};
    const { permissions: _permissions, ...kept } = await fixture.account().services.get(groupId, serviceId);
    await fixture.account().services.update(groupId, serviceId, { ...kept, serviceDescription: to });
  };
  await failover.minutes(1);
  await rename("c", "c9");
  await rename("d", "c");
  await failover.minutes(6);
  const isActive = () => Object.fromEntries(services().map((one) => [one.serviceDescription, one.isEnabled]));
  const shownAs = async () =>
    Object.fromEntries(
      (await readServices(table, accountId)).services.map((one) => [
        one.name.serviceDescription,
        serviceState(one, failover.clock.now()).shownAs,
      ]),
    );
  return { ...world, declare, rename, isActive, shownAs };
}

test("a command for a name that another service has by now is refused, and the rename is shown", async () => {
  const { failover, isActive, rename, shownAs } = await startTakenOver();
  await failover.command("deactivate", "c", { groupName });
  expect(JSON.stringify(failover.outcomes.at(-1))).toMatch(
    /c\\" is called \\"CRM enrichment\/c9\\" in RingCX now, and \\"CRM enrichment\/d\\" is called that/,
  );
  expect(isActive()).toEqual({ c9: true, c: true });
  expect(await shownAs()).toEqual({ c: "CRM enrichment/c9", d: "CRM enrichment/c" });
  await failover.command("deactivate", "d", { groupName });
  expect(isActive()).toEqual({ c9: true, c: false });
  await rename("c", "d");
  await rename("c9", "c");
  await failover.minutes(6);
  expect(await shownAs()).toEqual({ c: undefined, d: undefined });
  await failover.command("deactivate", "c", { groupName });
  expect(isActive()).toEqual({ c: false, d: false });
});

test.each([{}, { delete: "service" }])("nor is it retired %j", async (how) => {
  const { fixture, isActive } = await startTakenOver();
  const retirement = retireMessage({ kind: "httpService", groupName, serviceDescription: "c", ...how });
  const outcome = await fixture.send(retirement);
  expect(JSON.stringify(outcome)).toMatch(/it is called .*c9.* in RingCX now .*another service is called that/);
  expect(isActive()).toEqual({ c9: true, c: true });
});

test("whoever declares it is told as which a message made it", async () => {
  const { fixture, declare } = await startTakenOver();
  expect(JSON.stringify(await fixture.send(applyMessage([declare("c")])))).toMatch(
    /was made by a message as \\+"CRM enrichment\/d\\+": a person has renamed it since/,
  );
});

test("an active service that is refused after its endpoint was written is told to take calls there", async () => {
  const world = await start({});
  const { fixture } = world;
  const declared = { ...plain(fixture), serviceDescription: "New" };
  await fixture.send(applyMessage([group, declared]));
  fixture.simulator.faults.add(refuse("createHttpServiceInput", 400));
  const url = `${declared.httpServiceConfig.url}/moved`;
  const moved = {
    ...declared,
    httpServiceConfig: { ...declared.httpServiceConfig, url },
    httpServiceInputs: [...declared.httpServiceInputs, { name: "more", type: "string", value: "1", rank: "9" }],
  };
  const said = JSON.stringify(await fixture.send(applyMessage([moved])));
  expect(said).toContain(`it is ACTIVE and takes calls at ${url} already, without its inputs as they are declared`);
});
