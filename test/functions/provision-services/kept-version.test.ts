import { afterEach, beforeEach, expect, test } from "vitest";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { applyMessage, authConfig, type Fixture, group, retireMessage, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const whole = (more: object = {}) => applyMessage([group, { ...authConfig, ...more }, service(fixture.crm)]);
const inForce = () => fixture.simulator.state().authConfigs[0];
const key = () => authConfigStateKey("123456", inForce()?.authConfigId ?? "");

/** What keeps the only service from being asked. */
const absences: Readonly<Record<string, () => Promise<unknown>>> = {
  "kept inactive": () => fixture.send(applyMessage([service(fixture.crm, { isEnabled: false })])),
  retired: () =>
    fixture.send(
      retireMessage({ kind: "httpService", groupName: group.groupName, serviceDescription: "Lookup customer by ANI" }),
    ),
  "there, and declares no validation": async () => {
    const place = { accountId: "123456", groupName: group.groupName, serviceDescription: "Lookup customer by ANI" };
    const { validation: _, ...manifest } = service(fixture.crm);
    await fixture.table.update(serviceRecordKey(place), { manifest });
  },
};

/** A person puts a credential that is dead; the one before stays readable. */
function putDead(): string {
  const secret = fixture.secrets.get("crm/oauth");
  if (!secret) throw new Error("no secret");
  const value = secret.value.replace(/"secret":"[^"]*"/, '"secret":"dead"');
  fixture.secrets.set("crm/oauth", {
    ...secret,
    value,
    versionId: "secret-v2",
    versions: { [secret.versionId]: secret.value },
  });
  // What is kept of a secret for the messages of a minute.
  fixture.skip(61_000);
  return "secret-v2";
}

const failureOf = (versionId: string, code: string) => ({
  failure: { versionId, code, attempts: 1, retryAt: 0, isOfCurrent: true, isTold: true },
});
const keeps: Readonly<Record<string, (versionId: string) => Record<string, unknown>>> = {
  "waits to be proven": (versionId) => ({
    ...failureOf(versionId, "PROOF_PENDING"),
    proofWait: { versionId, since: new Date(0).toISOString() },
  }),
  "was refused": (versionId) => failureOf(versionId, "CREDENTIAL_REFUSED"),
};

test.each(
  Object.entries(absences).flatMap(([absence, go]) =>
    Object.entries(keeps).map(([why, keep]) => [absence, why, go, keep] as const),
  ),
)(
  "its service is %s, the current version %s: a message that changes the description leaves what RingCX has",
  async (_, __, leave, keep) => {
    await fixture.send(whole());
    await leave();
    const before = inForce();
    const versionId = putDead();
    await fixture.table.update(key(), keep(versionId));
    const anew = { ...authConfig, description: "anew" };
    const outcome = await fixture.send(applyMessage([anew]));
    expect(inForce()).toMatchObject({ description: "anew", secret: before?.secret });
    expect(outcome).toMatchObject({ status: "SUCCEEDED", summary: expect.stringContaining("could not be applied") });
    expect(await fixture.table.get(key())).toMatchObject({ appliedVersionId: "secret-v1", ...keep(versionId) });

    // A lost answer leaves nobody who knows what RingCX has: the version that is kept back is not written for that.
    await fixture.table.update(key(), { intendedSecretArn: "arn:secret:other" });
    const refused = await fixture.send(applyMessage([{ ...authConfig, description: "once more" }]));
    expect(refused.resources?.[0]).toMatchObject({
      result: "FAILED",
      problems: [{ message: expect.stringContaining(versionId) }],
    });
    expect(inForce()).toMatchObject({ description: "anew", secret: before?.secret });
  },
);

test.each(Object.entries(absences))(
  "its service is %s: a message that gives RingCX an unproven version again proves nothing",
  async (_, leave) => {
    await fixture.send(whole());
    await leave();
    for (const proofAnswer of ["COULD_NOT_BE_ASKED", "REFUSED"]) {
      await fixture.table.update(key(), { proofAnswer });
      await fixture.send(applyMessage([{ ...authConfig, description: `after ${proofAnswer}` }]));
      expect(await fixture.table.get(key())).toMatchObject({ appliedVersionId: "secret-v1", proofAnswer });
    }
  },
);

test("a version that waited is recorded as not asked about once a person has it written by a message, and waits no more", async () => {
  await fixture.send(whole());
  await absences["kept inactive"]?.();
  const versionId = putDead();
  const id = versionId.padEnd(32, "0");
  const secret = fixture.secrets.get("crm/oauth");
  if (secret) {
    fixture.secrets.set("crm/oauth", {
      ...secret,
      versionId: id,
      tags: { ...secret.tags, "ringcx:accept-unproven": id },
    });
  }
  await fixture.table.update(key(), { ...keeps["waits to be proven"]?.(id), intendedSecretArn: "arn:secret:other" });
  expect(await fixture.send(applyMessage([{ ...authConfig, description: "anew" }]))).toMatchObject({
    status: "SUCCEEDED",
  });
  const item = await fixture.table.get(key());
  expect(item).toMatchObject({
    appliedVersionId: id,
    proofAnswer: "COULD_NOT_BE_ASKED",
    superseded: [{ versionId: "secret-v1" }],
  });
  expect([item?.failure, item?.proofWait]).toEqual([undefined, undefined]);
});
