import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { bindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { Crash } from "../../support/crash.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };
type Bound = Awaited<ReturnType<Fixture["rotated"]>> & { issued: string };

/** A person puts a version, and says what its issuer calls it. */
const putNamed = async (arn: string, apiKey: string) => {
  await fixture.putVersion(arn, { apiKey });
  await fixture.tag(arn, "ringcx:credential-id", `id-${apiKey}`);
};

/** How what a rotation has made comes out of use. */
const replaced: Record<string, (bound: Bound) => Promise<unknown>> = {
  "a person going back and another rotation": async ({ arn, versionId, issued }) => {
    await fixture.makeCurrent(arn, versionId, issued);
    await fixture.tick();
    await fixture.rotate(arn);
  },
  "a version put by hand": ({ arn }) => putNamed(arn, "by-hand"),
  "two versions put by hand": async ({ arn }) => {
    await putNamed(arn, "by-hand");
    await fixture.tick();
    await putNamed(arn, "by-hand, too");
  },
  "a version put by hand, its auth config named no more": async ({ arn }) => {
    await putNamed(arn, "by-hand");
    await fixture.tick();
    await fixture.tag(arn, "ringcx:auth-config");
  },
};

describe("a credential that the issuer made is revoked once it is out of use", () => {
  it.each(Object.entries(replaced))("by %s", async (_, replace) => {
    const bound = await fixture.rotated("APIKEY", tags);
    const issued = await fixture.rotate(bound.arn);
    await replace({ ...bound, issued });
    await fixture.ticks(4);
    expect(fixture.revoked()).toContain(`id-${issued}`);
    const has = String(fixture.inForce(bound.authConfigId)?.apiKey);
    if (has.startsWith("issued-")) expect([...fixture.issuer.valid.keys()]).toEqual([has.replace("issued-", "id-")]);
  });

  it("but not while an auth config may have it that got it after the rotation and is bound no more", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    const other = await fixture.createAuthConfig("APIKEY");
    const issued = await fixture.rotate(arn);
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${other}`);
    await fixture.tick();
    expect(fixture.inForce(other)).toMatchObject({ apiKey: `issued-${issued}` });
    await fixture.tag(arn, "ringcx:auth-config", authConfigId);
    await fixture.rotate(arn);
    await fixture.ticks(10);
    expect(fixture.revoked()).toEqual(["id-first"]);
    const words = fixture.published.map(({ summary }) => summary).join("\n");
    expect(words).toContain(`RingCX may have it for auth config ${accountId}/${other}`);
  });

  it("and stays as long as it is in use, also bound by a message alone", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.tag(arn, "ringcx:auth-config");
    const binding = { secretArn: arn, connection: "main", accountId, authConfigId, authType: "APIKEY" } as const;
    await bindSecret(fixture.table, { ...binding, providerName: undefined });
    await fixture.ticks(5);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });
});

describe("a process that dies between the issuer's answer and our record of it", () => {
  /** The issuer has made it, and whoever asked is dead. */
  const dying = async (rotation: { arn: string; token: string }) => {
    const { create } = fixture.issuer;
    fixture.issuer.create = async (...asked) => {
      await create(...asked);
      throw new Crash("dead after create");
    };
    await fixture.step("createSecret", rotation).catch(() => {});
    fixture.issuer.create = create;
  };

  it("leaves nothing valid: what was made for the token is revoked by it", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    await dying(fixture.begin(arn));
    for (let run = 0; run < 5; run += 1) await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toEqual([]);
    expect(fixture.revoked()).toEqual([null]);
  });
});

describe("a credential that the issuer named and whose value was never stored, beside one of which no name is known", () => {
  const day = 24 * 60 * 60_000;
  /** What the issuer answers fits no credential, so that the rotation ends before its version is put. */
  const failed = async () => {
    const { create } = fixture.issuer;
    fixture.issuer.create = async (...asked) => ({ ...(await create(...asked)), fields: new Redacted({ apiKey: 7 }) });
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m", "ringcx:credential-id": undefined });
    const { revoke } = fixture.issuer;
    fixture.issuer.revoke = () => Promise.reject(new Error("the issuer is down"));
    const begun = fixture.begin(arn);
    await expect(fixture.step("createSecret", begun)).rejects.toMatchObject({ code: "ISSUER_FAILED" });
    fixture.issuer.revoke = revoke;
    return { id: `id-${begun.token}`, key: { pk: `SECRET#${arn}`, sk: `CREDENTIAL#${begun.token}` } };
  };

  it("is revoked: Secrets Manager would still have it", async () => {
    const { id } = await failed();
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual([id]);
  });

  it.each([
    ["an earlier release asked for it", undefined],
    ["a day later, when its version may have been removed", (now: number) => new Date(now - day).toISOString()],
  ])("is held back and told: %s", async (_, issuedAt) => {
    const { id, key } = await failed();
    const {
      issuedAt: _issuedAt,
      revokingAt: _revokingAt,
      ...item
    } = (await fixture.table.get(key)) ?? expect.fail("none");
    await fixture.table.put({ ...item, ...key, ...(issuedAt && { issuedAt: issuedAt(fixture.clock.now()) }) });
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.published.map(({ summary }) => summary).join("\n")).toContain(id);
  });
});

describe("a credential whose secret is lost is told once, with its name and what to do", () => {
  const left = () => fixture.published.filter(({ cause }) => cause.id.endsWith("/left")).map(({ summary }) => summary);

  it("where that was deleted for good, whether or not its name is used again", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    const issued = await fixture.rotate(arn);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    await fixture.ticks(1);
    const { name } = { name: arn.split(":").slice(6).join(":").slice(0, -7) };
    const words = left();
    expect(words).toHaveLength(2);
    for (const id of ["id-first", `id-${issued}`]) expect(words.join("\n")).toContain(`credentialId ${id}`);
    await fixture.createSecret({ name, value: { apiKey: "again" } });
    await fixture.ticks(4);
    expect(left()).toHaveLength(2);
    expect(fixture.revoked()).toEqual([]);
  });

  it("where RingCX has it, or the secret that has its name now: with what is to be done before it is made invalid", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    const issued = await fixture.rotate(arn);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    const name = arn.split(":").slice(6).join(":").slice(0, -7);
    await fixture.createSecret({ name, value: { apiKey: "first" }, tags: { "ringcx:credential-id": "id-first" } });
    await fixture.ticks(2);
    expect(left()).toHaveLength(2);
    const of = (id: string) => left().find((summary) => summary.includes(`${id} at its issuer`)) ?? "";
    const { providerName } = await fixture.record(authConfigId);
    expect(of(`id-${issued}`)).toContain(`auth config 123456/${providerName} has it`);
    expect(of(`id-${issued}`)).toMatch(
      /give auth config .* another secret first; then make it invalid at its issuer: invoke/,
    );
    expect(of("id-first")).toContain(`the secret ${name} names the same credential`);
    expect(of("id-first")).toMatch(/another credential into that one first; then make it invalid/);
  });

  it("where it was deleted while its issuer is asked: once that has answered, or is surely not awaited any more", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    const { create } = fixture.issuer;
    fixture.issuer.create = async (...asked) => {
      await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
      await fixture.ticks(1);
      return create(...asked);
    };
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation).catch(() => {});
    await fixture.ticks(6);
    const ofCandidate = () => left().filter((summary) => summary.includes(rotation.token));
    expect(ofCandidate()).toEqual([expect.stringContaining(`credentialId id-${rotation.token}`)]);
  });

  it("where its issuer never answered, too: by its token, once it is surely not awaited any more", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    fixture.issuer.script.fail = "create";
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation).catch(() => {});
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    const ofCandidate = () => left().filter((summary) => summary.includes(rotation.token));
    await fixture.ticks(2);
    expect(ofCandidate()).toEqual([]);
    await fixture.ticks(5);
    expect(ofCandidate()).toEqual([expect.stringContaining("credentialId null")]);
  });

  it("where two runs find it at the same time, and the table does not let it be forgotten", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    const remove = fixture.table.delete;
    fixture.table.delete = () => Promise.reject(new Error("no deletion"));
    await Promise.all([fixture.tick(), fixture.tick()]);
    await fixture.ticks(1);
    expect(left()).toHaveLength(2);
    fixture.table.delete = remove;
    await fixture.ticks(1);
    expect(left()).toHaveLength(2);
    expect(await fixture.table.query("ROTATION", "ISSUED#")).toEqual([]);
  });

  it("where an earlier release had not written down that it has any", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    await fixture.rotate(arn);
    await fixture.table.delete({ pk: "ROTATION", sk: `ISSUED#${arn}` });
    await fixture.ticks(1);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    await fixture.ticks(2);
    expect(left()).toHaveLength(2);
  });

  it("also of the others where one write is refused, and the run comes to its report", async () => {
    const earlier = await fixture.rotated("APIKEY");
    await fixture.rotate(earlier.arn);
    const { arn } = await fixture.rotated("APIKEY");
    await fixture.rotate(arn);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    await fixture.table.delete({ pk: "ROTATION", sk: `ISSUED#${earlier.arn}` });
    const put = fixture.table.put.bind(fixture.table);
    fixture.table.put = async (item, expected) => {
      if (item.sk === `ISSUED#${earlier.arn}`) throw new Error("denied");
      return put(item, expected);
    };
    expect(await fixture.tick()).toMatchObject({ authConfigs: 1 });
    expect(left()).toHaveLength(2);
    fixture.table.put = put;
    await fixture.ticks(1);
    expect(await fixture.table.query("ROTATION", "ISSUED#")).toMatchObject([{ secretArn: earlier.arn }]);
  });

  it("where it has lost its tag: of what was to be revoked, which is revoked once it has it again", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.tag(arn, "ringcx:connection");
    await fixture.ticks(3);
    expect(left()).toMatchObject([expect.stringContaining("id-first")]);
    await fixture.tag(arn, "ringcx:connection", "main");
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("and not while its recovery window may end either way", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
    await fixture.ticks(3);
    expect(left()).toEqual([]);
  });
});
