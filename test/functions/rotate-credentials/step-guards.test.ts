import { randomUUID } from "node:crypto";
import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { recordApplied } from "../../../shared/records/credential/record-applied.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { accountId, type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

describe("guards", () => {
  it("testSecret alone writes nothing anywhere", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    const before = {
      record: await fixture.record(authConfigId),
      secret: await fixture.table.query(secretPartition(arn)),
      labels: fixture.labels(arn),
    };
    await fixture.step("testSecret", rotation);
    expect(fixture.takeRequests()).toEqual([]);
    expect({
      record: await fixture.record(authConfigId),
      secret: await fixture.table.query(secretPartition(arn)),
      labels: fixture.labels(arn),
    }).toEqual(before);
    expect(fixture.published).toEqual([]);
  });

  it("a step that comes before its time changes nothing in RingCX", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation);
    await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/testSecret comes first/);
    expect(fixture.takeRequests()).toEqual([]);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });

  it.each(["createSecret", "setSecret", "testSecret", "finishSecret"] as const)(
    "%s after we have ended the rotation says that it has ended, and not that somebody took the label",
    async (step) => {
      const { arn } = await fixture.rotated("APIKEY");
      const rotation = fixture.begin(arn);
      for (const taken of ["createSecret", "setSecret"] as const) await fixture.step(taken, rotation);
      await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/testSecret comes first/);
      expect(fixture.labels(arn).pending).toBeUndefined();
      const said = fixture.published.length;
      await expect(fixture.step(step, rotation)).rejects.toThrow(/has ended \(ROTATION_NOT_PROVEN\)\. Rotate again\./);
      expect(fixture.published).toHaveLength(said);
    },
  );

  it("a version that was given up cannot be taken up again", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: arn,
        VersionStage: "AWSPENDING",
        RemoveFromVersionId: rotation.token,
      }),
    );
    await expect(fixture.step("createSecret", rotation)).rejects.toThrow(/not pending/);
  });

  it("a foreign schedule in an outage finds a clear no, and nothing pending afterwards", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await linkService(fixture.table, authConfigId, service);
    const activation = createActivationStore(fixture);
    await activation.change(service, {
      add: [{ kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true }],
    });
    await expect(fixture.rotate(arn)).rejects.toThrow(/CRM\/Lookup has an outage/);
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.issuer.calls).toEqual([]);
    expect(fixture.takeRequests()).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await fixture.rotate(arn);
  });
});

describe("a message that writes the auth config in the middle of a rotation", () => {
  it.each(["setSecret", "testSecret", "finishSecret"] as const)(
    "before %s ends it; RingCX has the current version",
    async (step) => {
      const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
      const rotation = fixture.begin(arn);
      for (const earlier of rotationSteps.slice(0, rotationSteps.indexOf(step))) await fixture.step(earlier, rotation);
      // Provisioning's PATCH may have come before ours and its note after it: RingCX is left as it is.
      const at = new Date(fixture.clock.now()).toISOString();
      await recordApplied(
        fixture.table,
        { secretArn: arn, accountId, authConfigId },
        { versionId, at, verification: "metadata" },
      );
      for (const later of rotationSteps.slice(rotationSteps.indexOf(step))) {
        await fixture.step(later, rotation).catch(() => {});
      }
      expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
      expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
      await fixture.tick();
      expect(fixture.issuer.valid.size).toBe(0);
      expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
      await fixture.rotate(arn);
    },
  );
});

describe("a pending version that somebody else has put", () => {
  it("is not promoted unasked, keeps its label, and is told", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const stranger = randomUUID();
    await fixture.secrets.send(
      new PutSecretValueCommand({
        SecretId: arn,
        ClientRequestToken: stranger,
        SecretString: '{"apiKey":"by-a-stranger"}',
        VersionStages: ["AWSPENDING"],
      }),
    );
    for (let again = 0; again < 2; again += 1) {
      const rotation = fixture.begin(arn);
      expect(rotation.token).toBe(stranger);
      await expect(fixture.step("createSecret", rotation)).rejects.toThrow(/not made here/);
      for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
    }
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: stranger });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.published[0]).toMatchObject({ status: "FAILED", summary: expect.stringContaining(stranger) });
    expect(fixture.issuer.calls).toEqual([]);
  });
});
