import { randomUUID } from "node:crypto";
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { Stack } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LocalHost } from "../../../../infra/local/local-host.ts";
import { startStackHost } from "../../../../infra/local/stack-host.ts";

interface Step {
  Step: string;
  SecretId: string;
  ClientRequestToken: string;
}

let host: LocalHost;
let secrets: SecretsManagerClient;
let rotator: string;
let steps: string[];
let failingStep: string | undefined;

/** The least that a rotation function does. */
async function rotate({ Step, SecretId, ClientRequestToken }: Step): Promise<void> {
  steps.push(Step);
  if (Step === failingStep) throw new Error(`told to fail in ${Step}`);
  if (Step === "createSecret") {
    const VersionStages = ["AWSPENDING"];
    await secrets.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: "new", VersionStages }));
  }
  if (Step !== "finishSecret") return;
  const { VersionId } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: ClientRequestToken,
      RemoveFromVersionId: VersionId,
    }),
  );
}

beforeAll(async () => {
  host = await startStackHost((app) => {
    const stack = new Stack(app, "Rotation");
    new Secret(stack, "Unused");
    return stack;
  });
  secrets = new SecretsManagerClient(host.clientConfig);
  rotator = host.addFunction("rotator", (event) => rotate(event as Step));
});

beforeEach(() => {
  steps = [];
  failingStep = undefined;
});

afterAll(() => host.stop());

async function create(): Promise<string> {
  const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name: randomUUID(), SecretString: "old" }));
  return ARN;
}

const stages = async (SecretId: string) =>
  (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};

describe("rotation", () => {
  it("runs the four steps in order on a pending version that has no value at first", async () => {
    const SecretId = await create();
    const { VersionId = "" } = await secrets.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: rotator }));
    await host.idle();
    expect(steps).toEqual(["createSecret", "setSecret", "testSecret", "finishSecret"]);
    expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
      SecretString: "new",
      VersionId,
    });
    const described = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(described).toMatchObject({ RotationEnabled: true, RotationLambdaARN: rotator });
    expect(described.LastRotatedDate).toBeInstanceOf(Date);
  });

  it("stops at a step that fails, and tries that rotation again when asked for the next", async () => {
    const SecretId = await create();
    failingStep = "setSecret";
    const { VersionId = "" } = await secrets.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: rotator }));
    await host.idle();
    expect(steps).toEqual(["createSecret", "setSecret"]);
    expect((await stages(SecretId))[VersionId]).toEqual(["AWSPENDING"]);
    expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: "old" });
    failingStep = undefined;
    await expect(secrets.send(new RotateSecretCommand({ SecretId }))).rejects.toThrow("previous rotation");
    await host.idle();
    expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
      SecretString: "new",
      VersionId,
    });
  });

  it("only tests when it is not to rotate immediately, and leaves no pending version behind", async () => {
    const SecretId = await create();
    await secrets.send(
      new RotateSecretCommand({
        SecretId,
        RotationLambdaARN: rotator,
        RotateImmediately: false,
        RotationRules: { AutomaticallyAfterDays: 30 },
      }),
    );
    await host.idle();
    expect(steps).toEqual(["testSecret"]);
    expect(Object.values(await stages(SecretId))).toEqual([["AWSCURRENT"]]);
    await secrets.send(new CancelRotateSecretCommand({ SecretId }));
    const { RotationEnabled } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(RotationEnabled).toBe(false);
  });

  it("is refused without a function", async () => {
    const SecretId = await create();
    await expect(secrets.send(new RotateSecretCommand({ SecretId }))).rejects.toThrow("No Lambda rotation function");
  });
});
