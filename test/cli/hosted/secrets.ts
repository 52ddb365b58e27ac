import {
  CreateSecretCommand,
  DeleteSecretCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { expect, test, vi } from "vitest";
import { patienceMs } from "../../support/patience.ts";
import { accountId, file, system } from "./system.ts";

// Credentials.

test("the calendar of rotations is told before and after the first run", async () => {
  expect((await system.ops(["rotations"])).out).toMatch(/^Secret +Age +Next/);
  expect(await system.ops(["rotations", "no such"])).toMatchObject({ code: 64 });
  await system.createSecret("crm/rotated");
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Rotated, authType: APIKEY, secretId: crm/rotated }]
`;
  expect(await system.ops(["apply", await file("rotated.yaml", config)])).toMatchObject({ code: 0 });
  // Nothing rotates this secret by itself.
  expect(await system.ops(["rotate", "rotated"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not rotate crm\/rotated now: .*rotate Rotated --new-version FILE/),
  });
});

test("a new version from a file is checked, put, and followed until RingCX has it", async () => {
  await system.createSecret("crm/renewed");
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Renewed, authType: APIKEY, secretId: crm/renewed }]
`;
  expect(await system.ops(["apply", await file("renewed.yaml", config)])).toMatchObject({ code: 0 });
  const wrong = await file("wrong.json", '{"apiKye": "canary-of-the-file"}');
  const refused = await system.ops(["rotate", "renewed", "--new-version", wrong]);
  expect(refused).toMatchObject({ code: 64, err: expect.stringMatching(/^Nothing was put\. .*apiKye/) });
  expect(refused.err).not.toContain("canary");
  expect(await system.ops(["rotate", "renewed", "--new-version", "absent.json"])).toMatchObject({ code: 64 });

  const right = await file("right.json", '{"apiKey": "a-newer-key"}\n');
  const rotated = system.ops(["rotate", "renewed", "--new-version", right, "--timeout", "50s"]);
  await vi.waitFor(async () => {
    expect(await system.readSecret("crm/renewed")).toBe('{"apiKey": "a-newer-key"}');
  }, patienceMs);
  await system.host.runSchedule("Mirror");
  expect(await rotated).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^APPLIED: Renewed has version \S+ of crm\/renewed \(proof: \w+\)\./),
  });
});

test("rotate goes by the secret that is bound, and puts nothing where that is lost", async () => {
  const SecretId = "crm/lost";
  await system.createSecret(SecretId);
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Lost, authType: APIKEY, secretId: crm/lost }]
`;
  expect(await system.ops(["apply", await file("lost.yaml", config)])).toMatchObject({ code: 0 });
  const next = await file("lost.json", '{"apiKey": "a-newer-key"}');
  const refused = async (why: RegExp) => {
    for (const more of [[], ["--new-version", next]]) {
      expect(await system.ops(["rotate", "lost", ...more])).toMatchObject({ code: 1, err: expect.stringMatching(why) });
    }
  };
  const tag = { Key: "ringcx:connection", Value: "main" };
  await system.secrets.send(new UntagResourceCommand({ SecretId, TagKeys: [tag.Key] }));
  await refused(/^Nothing was put or rotated: .*lost the tag ringcx:connection/);
  await system.secrets.send(new TagResourceCommand({ SecretId, Tags: [tag] }));
  await system.secrets.send(new DeleteSecretCommand({ SecretId }));
  await refused(/is deleted and waits for its recovery window to end: restore it/);
  await system.secrets.send(new RestoreSecretCommand({ SecretId }));
  await system.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await system.secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "somebody else's" }));
  await refused(/was deleted for good; arn:\S+ has its name now/);
  expect(await system.readSecret(SecretId)).toBe("somebody else's");
  expect(await system.ops(["verify", "lost"])).toMatchObject({
    code: 1,
    out: expect.stringMatching(/was deleted for good; arn:\S+ has its name now/),
  });
});

test("verify asks the endpoints whether a credential works, and changes nothing", async () => {
  await system.createSecret("crm/verified");
  const config = `accountId: "${accountId}"
resources:
  - { kind: authConfig, providerName: Verified, authType: APIKEY, secretId: crm/verified }
  - { kind: authConfig, providerName: Unproven, authType: APIKEY, secretId: crm/verified }
  - { kind: httpServiceGroup, groupName: Verified }
  - kind: httpService
    groupName: Verified
    serviceDescription: Lookup
    serviceType: HTTP_GET
    authConfig: Verified
    httpServiceConfig: { url: "http://${system.address}/health" }
    isEnabled: true
    validation: { method: GET, credential: { in: HEADER, name: x-api-key }, expect: { status: 200 } }
`;
  expect(await system.ops(["apply", await file("verified.yaml", config)])).toMatchObject({ code: 0 });
  const before = [system.simulator.state(accountId), await system.readSecret("crm/verified")];
  const verify = (name: string, ...more: string[]) => system.ops(["verify", name, ...more]);
  expect(await verify("verified")).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^NO_CHANGE: Verified, verified for ada: version \S+, which RingCX was given last and is AWSCURRENT, is accepted/,
    ),
  });
  system.refuse("an-old-key");
  const refused = await verify("verified", "--json");
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out).data).toMatchObject({ status: "FAILED", details: { answer: "REFUSED" } });
  system.refuse(undefined);
  system.setUp(false);
  expect(await verify("verified")).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^FAILED: .*could not be asked about/),
  });
  system.setUp(true);
  expect(await verify("unproven")).toMatchObject({ code: 1, out: expect.stringMatching(/cannot be proven from here/) });
  expect(await verify("no such")).toMatchObject({ code: 64 });
  expect([system.simulator.state(accountId), await system.readSecret("crm/verified")]).toEqual(before);
  expect(refused.out).not.toContain("an-old-key");
});
