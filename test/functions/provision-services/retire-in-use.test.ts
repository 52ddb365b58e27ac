import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const profiles: Readonly<Record<string, Partial<Profile>>> = {
  "links are hidden": { "services.authLink": "hidden" },
  "links are dropped": { "services.authLink": "dropped" },
  "links are hidden, reads are old": {
    "services.authLink": "hidden",
    "consistency.single": "stale",
    "consistency.lists": "stale",
  },
  "links are shown": {},
};

const retire = (...resources: object[]) => {
  const { data: _data, ...event } = applyMessage([]);
  return { ...event, type: "ringcx.retire.v1", data: { accountId: "123456", resources } };
};
const retiredAuthConfig = { kind: "authConfig", providerName: authConfig.providerName };
const retiredService = { kind: "httpService", groupName: group.groupName, delete: "service" };

test.each(Object.keys(profiles))(
  "%s: an auth config that a service of ours, or a person's, uses is not deleted",
  async (name) => {
    const profile = { ...profiles[name], "authConfigs.deleteInUse": "done" } as const;
    const started = await startFixture({ simulator: { profile } });
    fixture = started;
    const { validation: _, ...plain } = service(started.crm);
    await started.send(applyMessage([group, authConfig, plain]));
    const auth = () => started.simulator.state().authConfigs;
    expect(await started.send(retire(retiredAuthConfig))).toMatchObject({ status: "REJECTED" });
    expect(auth()).toHaveLength(1);

    // Of a service that somebody else has made, no record of ours speaks.
    const [{ serviceGroupId = 0, services: [made] = [] } = {}] = started.simulator.state().groups;
    const { serviceId } = await started.account().services.create(serviceGroupId, {
      accountId: "123456",
      serviceType: "HTTP_GET",
      serviceDescription: "a person's",
      httpServiceConfig: { url: started.crm.url },
      isEnabled: false,
    });
    const { authConfigId = "" } =
      started.simulator.state().groups[0]?.services.find((one) => one.serviceId === made?.serviceId) ?? {};
    started.simulator.editService({ accountId: "123456", serviceGroupId, serviceId }, { authConfigId } as never);
    started.skip(60_000);
    const both = retire({ ...retiredService, serviceDescription: plain.serviceDescription }, retiredAuthConfig);
    const outcome = await started.send(both);
    expect(JSON.stringify(outcome)).toContain("services still refer to it: CRM enrichment/a person's");
    expect(auth()).toHaveLength(1);

    started.simulator.editService({ accountId: "123456", serviceGroupId, serviceId }, {
      authConfigId: undefined,
    } as never);
    started.skip(60_000);
    expect(await started.send(both)).toMatchObject({ status: "SUCCEEDED" });
    expect(auth()).toEqual([]);
  },
);
