import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { Stack } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalHost } from "../../../../infra/local/local-host.ts";
import { startStackHost } from "../../../../infra/local/stack-host.ts";

let host: LocalHost;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  host = await startStackHost((app) => {
    const stack = new Stack(app, "Secrets");
    const generateSecretString = { secretStringTemplate: '{"user":"u"}', generateStringKey: "password" };
    new Secret(stack, "Generated", { secretName: "generated", generateSecretString });
    return stack;
  });
  secrets = new SecretsManagerClient(host.clientConfig);
});

afterAll(() => host.stop());

const read = (SecretId: string | undefined, more: { VersionStage?: string; VersionId?: string } = {}) =>
  secrets.send(new GetSecretValueCommand({ SecretId, ...more }));

async function create(value = "one") {
  const Name = `test/${randomUUID()}`;
  const { ARN = "", VersionId = "" } = await secrets.send(new CreateSecretCommand({ Name, SecretString: value }));
  return { Name, ARN, VersionId };
}

describe("Secrets Manager", () => {
  it("finds a secret by name, by ARN, and by ARN without its suffix", async () => {
    const { Name, ARN, VersionId } = await create();
    for (const id of [Name, ARN, ARN.slice(0, -7)]) {
      const found = await read(id);
      expect(found).toMatchObject({ ARN, Name, VersionId, SecretString: "one", VersionStages: ["AWSCURRENT"] });
      expect(found.CreatedDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    }
  });

  it("generates the value that the template asks for", async () => {
    const { SecretString = "" } = await read("generated");
    expect(JSON.parse(SecretString)).toEqual({ user: "u", password: expect.stringMatching(/^.{32}$/) });
    const { RandomPassword } = await secrets.send(
      new GetRandomPasswordCommand({ PasswordLength: 12, ExcludePunctuation: true }),
    );
    expect(RandomPassword).toMatch(/^[a-zA-Z0-9]{12}$/);
  });

  it("answers with the errors that the SDK knows", async () => {
    await expect(read("missing")).rejects.toBeInstanceOf(ResourceNotFoundException);
    const { Name } = await create();
    const again = secrets.send(new CreateSecretCommand({ Name, SecretString: "x" }));
    await expect(again).rejects.toBeInstanceOf(ResourceExistsException);
  });

  it("makes the previous value AWSPREVIOUS when a new one is put", async () => {
    const { ARN, VersionId } = await create();
    const put = await secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: "two" }));
    expect(await read(ARN)).toMatchObject({ SecretString: "two", VersionId: put.VersionId });
    expect(await read(ARN, { VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "one", VersionId });
    await secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: "three" }));
    expect(await read(ARN, { VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "two" });
    const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: ARN }));
    expect(Versions).toHaveLength(2);
    expect(await read(ARN, { VersionId })).toMatchObject({ SecretString: "one" });
  });

  it("takes the same token with the same content once, and refuses it with other content", async () => {
    const { ARN } = await create();
    const put = (SecretString: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId: ARN, ClientRequestToken: token, SecretString }));
    const token = randomUUID();
    expect((await put("two")).VersionId).toBe(token);
    expect((await put("two")).VersionId).toBe(token);
    await expect(put("three")).rejects.toBeInstanceOf(ResourceExistsException);
  });

  it("moves labels between versions, and only with the version named that has it", async () => {
    const { ARN, VersionId } = await create();
    const pending = await secrets.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: "two", VersionStages: ["AWSPENDING"] }),
    );
    expect(await read(ARN)).toMatchObject({ SecretString: "one" });
    const move = (RemoveFromVersionId?: string) =>
      secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: ARN,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: pending.VersionId,
          RemoveFromVersionId,
        }),
      );
    await expect(move()).rejects.toThrow("RemoveFromVersionId");
    await move(VersionId);
    const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
    expect(VersionIdsToStages[VersionId]).toEqual(["AWSPREVIOUS"]);
    expect(VersionIdsToStages[pending.VersionId ?? ""]).toEqual(["AWSPENDING", "AWSCURRENT"]);
  });

  it("lists page by page, with tags and versions, by every filter", async () => {
    const made = await Promise.all([create(), create(), create()]);
    for (const { ARN } of made) {
      const Tags = [{ Key: "ringcx:connection", Value: "main" }];
      await secrets.send(new TagResourceCommand({ SecretId: ARN, Tags }));
    }
    await secrets.send(new UntagResourceCommand({ SecretId: made[2]?.ARN, TagKeys: ["ringcx:connection"] }));
    const Filters = [{ Key: "tag-key" as const, Values: ["ringcx:connection"] }];
    const first = await secrets.send(new ListSecretsCommand({ Filters, MaxResults: 1 }));
    const second = await secrets.send(new ListSecretsCommand({ Filters, MaxResults: 1, NextToken: first.NextToken }));
    expect(second.NextToken).toBeUndefined();
    const listed = [...(first.SecretList ?? []), ...(second.SecretList ?? [])];
    expect(listed.map(({ ARN }) => ARN).sort()).toEqual([made[0]?.ARN, made[1]?.ARN].sort());
    expect(listed[0]?.Tags).toEqual([{ Key: "ringcx:connection", Value: "main" }]);
    expect(Object.values(listed[0]?.SecretVersionsToStages ?? {})).toEqual([["AWSCURRENT"]]);
    const named = await secrets.send(new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["!test/"] }] }));
    expect(named.SecretList?.map(({ Name }) => Name)).toEqual(["generated"]);
  });

  it("keeps a deleted secret from being read until it is restored", async () => {
    const { ARN, Name } = await create();
    await secrets.send(new DeleteSecretCommand({ SecretId: ARN }));
    await expect(read(ARN)).rejects.toThrow("marked for deletion");
    const { SecretList } = await secrets.send(new ListSecretsCommand({ Filters: [{ Key: "name", Values: [Name] }] }));
    expect(SecretList).toEqual([]);
    await secrets.send(new RestoreSecretCommand({ SecretId: ARN }));
    await secrets.send(new UpdateSecretCommand({ SecretId: ARN, Description: "again", SecretString: "two" }));
    expect(await read(ARN)).toMatchObject({ SecretString: "two" });
  });

  it("takes a value of 65,536 bytes and none that is larger, as text or as bytes, whichever call brings it", async () => {
    const { ARN } = await create("é".repeat(32_768));
    const refused = { name: "ValidationException", message: expect.stringContaining("less than or equal to 65536") };
    const larger = [{ SecretString: "é".repeat(32_769) }, { SecretBinary: Buffer.alloc(65_537) }];
    for (const value of larger) {
      const put = { SecretId: ARN, ...value };
      await expect(secrets.send(new PutSecretValueCommand(put))).rejects.toMatchObject(refused);
      await expect(secrets.send(new UpdateSecretCommand(put))).rejects.toMatchObject(refused);
      const made = { Name: `test/${randomUUID()}`, ...value };
      await expect(secrets.send(new CreateSecretCommand(made))).rejects.toMatchObject(refused);
    }
    await secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretBinary: Buffer.alloc(65_536) }));
  });
});
