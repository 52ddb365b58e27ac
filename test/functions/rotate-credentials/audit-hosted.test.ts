import { UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostedFixture, startHostedFixture } from "./hosted-fixture.ts";

let fixture: HostedFixture;
beforeAll(async () => {
  fixture = await startHostedFixture({ confinement: { onViolation: "deactivate" } });
});
afterAll(() => fixture.stop());

const outcomes = async (type = "ringcx.confinement") => {
  const items = await fixture.items();
  return items.map((item) => JSON.stringify(item)).filter((text) => text.includes(type));
};

/** A service at a host that the secret names, with the secret's value. */
async function calledService(name: string) {
  const bound = await fixture.createRotated("APIKEY", "secret", { "ringcx:hosts": "crm.example.com" });
  const { url, accessToken, accountId } = fixture.simulator;
  const post = async (path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
    const address = `${url}/voice/api/v1/admin/accounts/${accountId}/httpServiceGroups${path}`;
    const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as { serviceGroupId: number; serviceId: number };
  };
  const { serviceGroupId } = await post("", { groupName: name });
  const config = (to: string) => ({ httpServiceConfig: JSON.stringify({ url: to }) });
  const { serviceId } = await post(`/${serviceGroupId}/httpServices`, {
    serviceType: "HTTP_GET",
    serviceDescription: name,
    isEnabled: true,
    ...config("https://crm.example.com/lookup"),
  });
  const edit = (changes: Record<string, unknown>) =>
    fixture.simulator.editService({ accountId, serviceGroupId, serviceId }, changes);
  edit({ authConfigId: bound.authConfigId });
  await fixture.tick();
  await fixture.forgetAudit();
  const isActive = () =>
    fixture.simulator
      .state()
      .groups.flatMap(({ services }) => services)
      .find((one) => one.serviceId === serviceId)?.isEnabled;
  return { ...bound, isActive, move: (to: string) => edit(config(to)) };
}

test("a service that was moved away is found and deactivated, with the permissions that the role has", async () => {
  const { move, isActive, authConfigId } = await calledService("moved");
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "secret" });
  move("https://other.example.net/lookup");
  await fixture.tick();
  expect(isActive()).toBe(false);
  expect((await outcomes()).some((text) => text.includes("other.example.net"))).toBe(true);
  expect(fixture.host.denials).toEqual([]);
});

test("a secret that its owner has closed is found, although its tags can no longer be read", async () => {
  const { arn, isActive } = await calledService("closed");
  await fixture.secrets.send(new UntagResourceCommand({ SecretId: arn, TagKeys: ["ringcx:connection"] }));
  await fixture.tick();
  // Described it may not be: that it lacks its tag the list says. The service is told to be deactivated, the rest its auth config tells.
  const ofEdge = (await outcomes()).filter((text) => text.includes("it has lost the tag ringcx:connection"));
  expect(new Set(ofEdge.map((text) => /deactivated|may not be/.exec(text)?.[0]))).toEqual(new Set(["deactivated"]));
  const unfollowed = (await outcomes("ringcx.auth-config")).filter((text) => text.includes(arn));
  expect(unfollowed.some((text) => text.includes("has lost the tag ringcx:connection"))).toBe(true);
  expect(isActive()).toBe(false);
  const denied = fixture.host.denials.map((denial) => JSON.stringify(denial));
  expect(denied.every((text) => text.includes("DescribeSecret"))).toBe(true);
});
