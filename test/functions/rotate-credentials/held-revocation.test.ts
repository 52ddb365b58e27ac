import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { credentials } from "./credentials.ts";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };

describe("while what is in use has the value of a credential that was revoked, no other is revoked", () => {
  it.each(["APIKEY", "BASIC", "OAUTH", "JWT", "CUSTOM_AUTH"] as const)(
    "%s: it may be the last one that works, and a person is told what is wrong",
    async (authType) => {
      const { arn } = await fixture.rotated(authType, tags);
      const second = await fixture.rotate(arn);
      await fixture.ticks(3);
      expect(fixture.revoked()).toEqual(["id-first"]);
      // As an earlier release took it: the value of the first one under an id of its own.
      const third = await fixture.putVersion(arn, credentials[authType].value("first"));
      const key = { pk: `SECRET#${arn}`, sk: `CREDENTIAL#${third}` };
      await fixture.table.put({ ...key, versionId: third, credentialId: "id-again", issuer: issuerArn, authType });
      await fixture.ticks(6);
      expect(fixture.revoked()).toEqual(["id-first"]);
      expect(fixture.notRevoked()).toEqual([expect.stringContaining(`id-${second}`)]);
      expect(fixture.notRevoked()[0]).toMatch(new RegExp(`version ${third}, which is in use, has .* was revoked`));

      await fixture.putVersion(arn, credentials[authType].value("by-hand"));
      await fixture.tag(arn, "ringcx:credential-id", "id-by-hand");
      await fixture.ticks(5);
      expect(fixture.revoked()).toContain(`id-${second}`);
    },
  );
});

describe("while Secrets Manager does not let us read the values, none is revoked", () => {
  const send = () => fixture.secrets.send.bind(fixture.secrets);
  /** The versions that GetSecretValue is denied for. */
  const deny = (isDenied: (versionId: string | undefined) => boolean, name = "AccessDeniedException") => {
    const before = send();
    fixture.secrets.send = (async (command: Parameters<typeof before>[0]) => {
      if (command instanceof GetSecretValueCommand && isDenied(command.input.VersionId)) {
        throw Object.assign(new Error("denied"), { name });
      }
      return before(command);
    }) as typeof fixture.secrets.send;
    return () => {
      fixture.secrets.send = before;
    };
  };

  it.each([
    ["of the old one, denied", "old", "AccessDeniedException"],
    ["of the one in use, denied", "new", "AccessDeniedException"],
    ["of any, throttled", "any", "ThrottlingException"],
  ])("%s", async (_, which, name) => {
    const { arn, versionId } = await fixture.rotated("APIKEY", tags);
    const second = await fixture.rotate(arn);
    const denied = { old: [versionId], new: [second], any: [versionId, second] }[which] ?? [];
    const allow = deny((version) => denied.includes(version ?? ""), name);
    await fixture.ticks(6);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.notRevoked()).toEqual([expect.stringContaining("SECRET_UNREADABLE")]);
    expect(fixture.notRevoked()[0]).toContain("mend the reading first");
    expect(fixture.notRevoked()[0]).not.toContain("rotate the secret");
    allow();
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect((await fixture.tick()).refused).toEqual([]);
  });

  it("but where Secrets Manager has removed the old version, its id decides", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    deny((version) => version === versionId, "ResourceNotFoundException");
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });
});
