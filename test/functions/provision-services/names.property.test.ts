import fc from "fast-check";
import { expect, test } from "vitest";
import { normalName } from "../../../shared/primitives/same-name.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { runs } from "../../support/runs.ts";
import { applyMessage, startFixture } from "./fixture.ts";

const spelling = fc.constantFrom<((name: string) => string)[]>(
  (name) => name,
  (name) => name.normalize("NFD"),
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
);
const groupName = fc.constantFrom("Café", "Straße");
const serviceName = fc.constantFrom("Größe", "Lookup");

/** A message about one service, with or without its group, or a person who respells what is there. */
const action = fc.oneof(
  fc.record({ kind: fc.constant("apply" as const), groupName, serviceName, spell: spelling, declares: fc.boolean() }),
  fc.record({
    kind: fc.constant("respell" as const),
    serviceName,
    spell: spelling,
    blank: fc.constantFrom("", " "),
  }),
);

test("however messages and people spell it, there is one group, service and record of a name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 10 }), async (actions) => {
      const fixture = await startFixture();
      try {
        const named = new Set<string>();
        for (const one of actions) {
          if (one.kind === "respell") {
            for (const group of fixture.simulator.state().groups) {
              const found = group.services.find(
                (each) => normalName(each.serviceDescription) === normalName(one.serviceName),
              );
              if (!found) continue;
              const address = { accountId: "123456", serviceGroupId: group.serviceGroupId, serviceId: found.serviceId };
              const serviceDescription = `${one.spell(one.serviceName)}${one.blank}`;
              fixture.simulator.editService(address, { serviceDescription });
            }
            continue;
          }
          const group = { kind: "httpServiceGroup", groupName: one.spell(one.groupName) };
          const service = {
            kind: "httpService",
            groupName: one.declares ? one.groupName : one.spell(one.groupName),
            serviceDescription: one.spell(one.serviceName),
            serviceType: "HTTP_GET",
            httpServiceConfig: { url: `${fixture.crm.url}/customers/lookup` },
            httpServiceInputs: [{ name: "größe", type: "PARAMETER", simpleDataType: "STRING" }],
          };
          const { status } = await fixture.send(applyMessage(one.declares ? [group, service] : [service]));
          const isThere = one.declares || named.has(one.groupName);
          expect(status).toMatch(isThere ? /^(SUCCEEDED|NO_CHANGE)$/ : /^REJECTED$/);
          if (!isThere) continue;
          named.add(one.groupName).add(`${one.groupName}/${one.serviceName}`);
        }
        const { groups } = fixture.simulator.state();
        const found = groups.flatMap((group) => [
          group.groupName,
          ...group.services.map(({ serviceDescription }) => `${group.groupName}/${serviceDescription.trim()}`),
        ]);
        expect(found.map(normalName).toSorted()).toEqual([...named].map(normalName).toSorted());
        for (const { services } of groups) for (const { inputs } of services) expect(inputs).toHaveLength(1);
        const items = await fixture.table.query(accountPartition("123456"));
        const keys = items.flatMap(({ sk }) => (/^(GROUP|SERVICE)#/.test(sk) ? [sk.slice(sk.indexOf("#") + 1)] : []));
        expect(keys.map(normalName).toSorted()).toEqual([...named].map(normalName).toSorted());
      } finally {
        await fixture.stop();
      }
    }),
    { numRuns: runs(15) },
  );
}, 3_600_000);
