import { afterEach, expect, test } from "vitest";
import { allPermissions, type Permission } from "../../../infra/local/ringcx-simulator/access/permissions.ts";
import { applyMessage, authConfig, type Fixture, group, retireMessage, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const inputs = (...names: string[]) =>
  names.map((name) => ({ name, type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }));
const other = { ...authConfig, providerName: "Another" };

/** `before`: what was made long before. */
const cases: Record<
  string,
  { lacks: Permission; before?: (plain: object) => object[]; remove: (plain: Record<string, unknown>) => object }
> = {
  "a service": {
    lacks: "DELETE on HttpService",
    remove: ({ groupName, serviceDescription }) =>
      retireMessage({ kind: "httpService", groupName, serviceDescription, delete: "service" }),
  },
  "an auth config": {
    lacks: "DELETE on ExternalAuthConfig",
    remove: () => retireMessage({ kind: "authConfig", providerName: other.providerName }),
  },
  "an input": {
    lacks: "UPDATE on HttpService",
    before: (plain) => [{ ...plain, httpServiceInputs: inputs("a") }],
    remove: (plain) => applyMessage([{ ...plain, httpServiceInputs: inputs("a") }]),
  },
};

/** What was just made is not shown yet, and the connection's user must not remove it. */
test.each(Object.keys(cases))(
  "%s that RingCX refuses to remove, and does not show yet, is not taken for gone",
  async (what) => {
    const { lacks, remove, before = () => [] } = cases[what] as (typeof cases)[string];
    const profile = { "consistency.single": "stale", "errors.missing": "forbidden" } as const;
    const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.1 });
    fixture = started;
    const { validation: _, authConfig: __, ...bare } = service(started.crm, { isEnabled: false });
    const plain = { ...bare, httpServiceInputs: inputs("a", "b") };
    await started.send(applyMessage([group, ...before(plain)]));
    started.skip(40_000);
    expect(await started.send(applyMessage([other, plain]))).toMatchObject({ status: "SUCCEEDED" });
    started.simulator.setPermissions(allPermissions.filter((permission) => permission !== lacks));
    const outcome = await started.send(remove(plain));
    const { groups, authConfigs } = started.simulator.state();
    expect(groups[0]?.services).toMatchObject([{ inputs: [{ name: "a" }, { name: "b" }] }]);
    expect(authConfigs).toHaveLength(1);
    expect(JSON.stringify(outcome)).toContain("403 access.denied");
    expect(JSON.stringify(outcome.resources)).not.toMatch(/"result":"DELETED"|deleted"/);
  },
);
