import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authConfigsOfAccount } from "../../../shared/records/account/auth-config.ts";
import { edgeAuditKey } from "../../../shared/records/account/edge-audit.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { accountId, type Fixture, listRead, startFixture, treeRead } from "./fixture.ts";

const hosts = { "ringcx:hosts": "crm.example.com" };
const right = "https://crm.example.com/lookup";
const wrong = "https://other.example.net/lookup";

let fixture: Fixture;
afterEach(() => fixture.stop());

/** So many ticks that every account is looked at once. */
async function audit() {
  for (let tick = 0; tick < 2; tick += 1) await fixture.tick();
  return (await fixture.tick()).edgesNotPermitted;
}

const told = () => fixture.told("ringcx.confinement");

async function inSync(url = right) {
  const bound = await fixture.bind("APIKEY", "secret", hosts);
  const service = await fixture.addService("lookup", url, url === right ? bound.authConfigId : undefined);
  await fixture.tick();
  fixture.published.length = 0;
  fixture.takeAllRequests();
  return { ...bound, service };
}

describe.each([true, false])("the audit of an account whose v1 shows links: %s", (v1AuthLink) => {
  beforeEach(async () => {
    fixture = await startFixture({ v1AuthLink });
  });

  it("tells once that a person has moved a service to a host that the secret does not name, and once that it is back", async () => {
    const { service, authConfigId, arn } = await inSync();
    service.move(wrong);
    expect(await audit()).toBe(1);
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
    const [outcome] = fixture.published;
    for (const word of ["group of lookup/lookup", "other.example.net", authConfigId, arn, "ringcx:hosts names crm"]) {
      expect(outcome?.summary).toContain(word);
    }
    service.move(right);
    expect(await audit()).toBe(0);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
    service.move(wrong);
    expect(await audit()).toBe(1);
    expect(new Set(fixture.published.map(({ cause }) => cause.id)).size).toBe(3);
  });

  it("tells of a service that a person has linked", async () => {
    const { service, authConfigId } = await inSync(wrong);
    expect(await audit()).toBe(0);
    service.link(authConfigId);
    expect(await audit()).toBe(1);
    service.link(undefined);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });
});

describe("the audit of an account", () => {
  beforeEach(async () => {
    fixture = await startFixture();
  });

  it.each([
    ["ringcx:hosts", "else.example.com"],
    ["ringcx:hosts", undefined],
    ["ringcx:accounts", "654321"],
    ["ringcx:accounts", undefined],
    ["ringcx:connection", "other"],
    ["ringcx:connection", undefined],
  ])("tells that the secret's owner has changed %s to %s, and that it is as before", async (tag, value) => {
    const { arn } = await inSync();
    const before = fixture.store.get(arn).tags.get(tag);
    await fixture.tag(arn, tag, value);
    expect(await audit()).toBe(1);
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
    await fixture.tag(arn, tag, before);
    expect(await audit()).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });

  it("tells that the secret is deleted", async () => {
    const { arn } = await inSync();
    await audit();
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
    expect(await audit()).toBe(1);
    expect(fixture.published.at(-1)?.summary).toContain("it is deleted");
  });

  it("finds the auth configs of a secret that was closed before they were ever looked at", async () => {
    await inSync();
    const late = await fixture.bind("APIKEY", "late", hosts);
    await fixture.addService("late", right, late.authConfigId);
    await fixture.tick();
    await fixture.tag(late.arn, "ringcx:connection");
    expect(await audit()).toBe(1);
  });

  it("takes a secret that may no longer be described for a wrong edge, one that cannot be asked about for none", async () => {
    const { arn } = await inSync();
    await audit();
    let failure: string | undefined = "ThrottlingException";
    fixture.secrets.middlewareStack.add(
      (next, { commandName }) =>
        (request) => {
          if (commandName !== "DescribeSecretCommand" || failure === undefined) return next(request);
          throw Object.assign(new Error("no"), { name: failure });
        },
      { step: "initialize" },
    );
    await fixture.tag(arn, "ringcx:connection");
    expect(await audit()).toBe(0);
    failure = "AccessDeniedException";
    expect(await audit()).toBe(1);
    expect(fixture.published.at(-1)?.summary).toContain("may not read it");
    failure = "ThrottlingException";
    expect(await audit()).toBe(1);
    expect(told()).toEqual(["REJECTED edge begun"]);
  });

  it("tells of nothing that is no more when it looks again: somebody was in the middle of a change", async () => {
    const { service } = await inSync();
    service.move(wrong);
    const query = fixture.table.query.bind(fixture.table);
    let looks = 0;
    fixture.table.query = (pk, prefix) => {
      if (pk === accountPartition(accountId) && prefix === authConfigsOfAccount && ++looks === 2) service.move(right);
      return query(pk, prefix);
    };
    expect(await audit()).toBe(0);
    expect(looks).toBe(2);
    expect(told()).toEqual([]);
  });

  it("asks RingCX at most once in 15 minutes, and nothing where no secret's value is", async () => {
    await fixture.addService("unlinked", right);
    await fixture.tick();
    expect(fixture.takeAllRequests()).toEqual([]);
    await inSync();
    for (let tick = 0; tick < 12; tick += 1) await fixture.tick();
    const looks = [listRead, listRead, listRead, listRead, treeRead, treeRead, treeRead, treeRead];
    expect(fixture.takeAllRequests().toSorted()).toEqual(looks);
  });

  it("begins and ends nothing while RingCX cannot be asked, and still says the figure", async () => {
    const { service } = await inSync();
    service.move(wrong);
    await audit();
    service.move(right);
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match: { path: "*withChildren" } });
    expect(await audit()).toBe(1);
    fixture.simulator.faults.clear();
    expect((await fixture.tick()).edgesNotPermitted).toBe(0);
    expect(told()).toEqual(["REJECTED edge begun", "NO_CHANGE edge ended"]);
  });

  it("names the service, its host and the secret in the report", async () => {
    const { service, authConfigId, arn } = await inSync();
    service.move(wrong);
    await audit();
    expect((await fixture.tick()).edges).toMatchObject([
      { accountId, service: "group of lookup/lookup", host: "other.example.net", authConfigId, secretArn: arn },
    ]);
  });

  it("says an item that it cannot read, keeps other accounts and the sync going", async () => {
    const { arn, authConfigId } = await inSync();
    await fixture.table.update(edgeAuditKey(accountId), { edges: "x" });
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("new");
    expect(fixture.unreadable.at(0)).toContain(`"EDGES"`);
  });
});
