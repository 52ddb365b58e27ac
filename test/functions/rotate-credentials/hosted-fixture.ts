import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type App, Stack } from "aws-cdk-lib";
import { vi } from "vitest";
import { CredentialRotation } from "../../../infra/constructs/credential-rotation.ts";
import { RingCxAccess } from "../../../infra/constructs/ringcx-access.ts";
import { checkedEnvironment, type EnvironmentInput, type EnvironmentSettings } from "../../../infra/environments.ts";
import { startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { startStackHost } from "../../../infra/local/stack-host.ts";
import { edgeAuditKey } from "../../../shared/records/account/edge-audit.ts";
import { followedCheckKey } from "../../../shared/records/account/followed-auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { patienceMs } from "../../support/patience.ts";
import { credentials, tokenHost } from "./credentials.ts";

const region = "eu-central-1";
const issuerName = "crm-issuer";

/** The stack's constructs that rotation consists of, as they are. */
class RotationStack extends Stack {
  constructor(app: App, settings: EnvironmentSettings) {
    super(app, "RotationStack", { env: { region } });
    const access = new RingCxAccess(this, "Access", { settings });
    new CredentialRotation(this, "Rotation", { settings, access });
  }
}

/** What the issuer function is asked. */
export interface IssuerEvent {
  action: "create" | "verify" | "revoke";
  clientRequestToken: string;
  credentialId: string | null;
  authType: AuthType;
}

/**
 * The stack's rotation on this machine, the RingCX simulator and an issuer function: rotations are begun by
 * `RotateSecret`, the functions run as the bundles that would be deployed, under their own roles.
 */
export async function startHostedFixture({ confinement }: Pick<EnvironmentInput, "confinement"> = {}) {
  const simulator = await startRingCxSimulator({ limit: 10_000 });
  const { accountId } = simulator;
  const settings = checkedEnvironment({
    name: "rotation",
    region,
    accountsIn: "parameters",
    connections: [
      {
        name: "main",
        accountIds: [accountId],
        ringcxUrl: simulator.url,
        platformUrl: simulator.platformUrl,
        quota: { limit: 10_000 },
      },
    ],
    ...(confinement && { confinement }),
    rotation: { issuerFunctionArns: [`arn:aws:lambda:${region}:000000000000:function:${issuerName}`] },
  });
  const host = await startStackHost((app) => new RotationStack(app, settings), { clockFactor: 0 });
  const secrets = new SecretsManagerClient(host.clientConfig);
  const dynamo = new DynamoDBClient(host.clientConfig);
  const TableName = host.outputs.TableName ?? "";
  const valid = new Set<string>();
  const script: { mark: string; isValid: boolean; create: (() => unknown) | undefined } = {
    mark: "issued",
    isValid: true,
    create: undefined,
  };
  const issuerArn = host.addFunction(issuerName, (event) => {
    const { action, clientRequestToken, credentialId, authType } = event as IssuerEvent;
    const id = credentialId ?? `id-${clientRequestToken}`;
    if (action === "create") {
      if (script.create) return script.create();
      valid.add(id);
      const { value, shown } = credentials[authType];
      return { credentialId: id, fields: { [shown]: value(`${script.mark}-${clientRequestToken}`)[shown] } };
    }
    if (action === "revoke") valid.delete(id);
    return action === "verify" ? { isValid: script.isValid && valid.has(id) } : {};
  });
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: host.outputs.ConnectionSecretArnMain ?? "",
      SecretString: JSON.stringify({
        clientId: simulator.clientId,
        clientSecret: simulator.clientSecret,
        jwt: simulator.jwt,
      }),
    }),
  );

  const fixture = {
    simulator,
    host,
    secrets,
    valid,
    script,

    /** A secret whose rotation our function does, bound to an auth config that exists. */
    async createRotated(authType: AuthType, mark: string, tags: Record<string, string> = {}) {
      const authConfigId = randomUUID();
      const { path, value } = credentials[authType];
      await fetch(
        `${simulator.url}/voice/api/v1/admin/accounts/${accountId}/external/authConfigs/${authConfigId}/${path}`,
        {
          method: "POST",
          headers: { authorization: `Bearer ${simulator.accessToken}`, "content-type": "application/json" },
          body: JSON.stringify({ providerName: `CRM ${authConfigId}`, ...value("by-hand") }),
        },
      );
      const Tags = Object.entries({
        "ringcx:connection": "main",
        "ringcx:accounts": accountId,
        "ringcx:hosts": tokenHost,
        "ringcx:auth-config": authConfigId,
        "ringcx:auth-type": authType,
        "ringcx:issuer": issuerArn,
        ...tags,
      }).map(([Key, Value]) => ({ Key, Value }));
      const { ARN = "", VersionId = "" } = await secrets.send(
        new CreateSecretCommand({ Name: `crm-${authConfigId}`, SecretString: JSON.stringify(value(mark)), Tags }),
      );
      await secrets.send(
        new RotateSecretCommand({
          SecretId: ARN,
          RotationLambdaARN: host.outputs.RotationFunctionArn ?? "",
          RotateImmediately: false,
        }),
      );
      await host.idle();
      return { arn: ARN, authConfigId, versionId: VersionId };
    },

    async put(arn: string, value: unknown): Promise<void> {
      const SecretString = typeof value === "string" ? value : JSON.stringify(value);
      await secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
    },

    async tick() {
      const { outcome } = await host.runSchedule("Mirror");
      if (outcome.status !== "succeeded") throw new Error(JSON.stringify(outcome));
      await host.idle();
    },

    /** Calls `RotateSecret` and waits until Secrets Manager has done with it. */
    async rotate(arn: string): Promise<string> {
      const { VersionId = "" } = await secrets.send(new RotateSecretCommand({ SecretId: arn }));
      await host.idle();
      return VersionId;
    },

    inForce: (authConfigId: string) =>
      simulator.state(accountId).authConfigs.find((config) => config.authConfigId === authConfigId),

    async labels(arn: string): Promise<Record<string, string | undefined>> {
      const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
      const labelled = Object.entries(VersionIdsToStages).flatMap(([id, stages]) => stages.map((label) => [label, id]));
      return Object.fromEntries(labelled) as Record<string, string>;
    },

    /** Everything in the state table. */
    async items(): Promise<Record<string, unknown>[]> {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
      return Items;
    },

    /** Makes it time to look at the account's edges, and at its followed auth configs, again. */
    async forgetAudit(): Promise<void> {
      for (const Key of [edgeAuditKey(accountId), followedCheckKey(accountId)]) {
        await dynamo.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: "SET checkedAt = :never",
            ExpressionAttributeValues: { ":never": 0 },
          }),
        );
      }
    },

    /** Makes the credential that RingCX has older than it is. */
    async age(authConfigId: string, ms: number): Promise<void> {
      await dynamo.send(
        new UpdateCommand({
          TableName,
          Key: authConfigStateKey(accountId, authConfigId),
          UpdateExpression: "SET appliedAt = :at",
          ExpressionAttributeValues: { ":at": new Date(Date.now() - ms).toISOString() },
        }),
      );
    },

    /** Waits for the schedule's own rotation, which runs by itself. */
    settled: (check: () => Promise<void>) => vi.waitFor(check, { timeout: patienceMs }),

    async stop() {
      await host.stop();
      await simulator.stop();
    },
  };
  return fixture;
}

export type HostedFixture = Awaited<ReturnType<typeof startHostedFixture>>;
