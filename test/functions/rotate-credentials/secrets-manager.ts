import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { AwsService } from "../../../infra/local/gateway/aws-request.ts";
import { putVersion, type Secret, versionWith } from "../../../infra/local/secrets-manager/secret.ts";
import { SecretStore } from "../../../infra/local/secrets-manager/secret-store.ts";
import { secretsManagerService } from "../../../infra/local/secrets-manager/secrets-manager-service.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { inProcess, withoutWire } from "../../support/in-process-aws.ts";
import { tokenHost } from "./credentials.ts";

interface NewSecret {
  name?: string;
  value: Record<string, unknown>;
  tags?: Record<string, string | undefined>;
}

/**
 * Secrets Manager (the local host's, through the SDK client), and what owners of secrets do in it.
 *
 * @param isWire whether its calls are written and signed as an SDK does, or handed over as they are
 */
export function startSecretsManager({
  clock,
  accountId,
  isWire,
}: {
  clock: Clock;
  accountId: string;
  isWire: boolean;
}) {
  const store = new SecretStore("eu-central-1", "000000000000");
  const services = new Map<string, AwsService>();
  const rotation = {
    /** As Secrets Manager does: the pending version exists, without a value, before the first step. */
    start(secret: Secret, token: string = randomUUID()) {
      const pending = versionWith(secret, "AWSPENDING");
      if (pending && pending !== versionWith(secret, "AWSCURRENT")) token = pending.versionId;
      else putVersion(secret, undefined, { token, stages: ["AWSPENDING"] });
      secret.changedAt = clock.now();
      begun.push({ arn: secret.arn, token });
      return token;
    },
    test() {},
  };
  const begun: { arn: string; token: string }[] = [];
  const service = secretsManagerService({ store, rotation });
  services.set("secretsmanager", service);
  const client = new SecretsManagerClient({
    endpoint: "http://127.0.0.1",
    requestHandler: inProcess({ services, authorize: () => {} }) as NonNullable<
      SecretsManagerClientConfig["requestHandler"]
    >,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const secrets = isWire ? client : withoutWire(client, service);
  const hands = {
    async createSecret({ name = `secret-${randomUUID()}`, value, tags = {} }: NewSecret) {
      const own = { "ringcx:connection": "main", "ringcx:accounts": accountId, "ringcx:hosts": tokenHost };
      const Tags = Object.entries({ ...own, ...tags }).filter(([, value]) => value !== undefined);
      const { ARN = "", VersionId = "" } = await secrets.send(
        new CreateSecretCommand({
          Name: name,
          SecretString: JSON.stringify(value),
          Tags: Tags.map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      return { arn: ARN, versionId: VersionId };
    },

    /** As the secret's owner does it; without a value the tag is taken off. */
    async tag(arn: string, Key: string, Value?: string) {
      if (Value === undefined) await secrets.send(new UntagResourceCommand({ SecretId: arn, TagKeys: [Key] }));
      else await secrets.send(new TagResourceCommand({ SecretId: arn, Tags: [{ Key, Value }] }));
    },

    async putVersion(arn: string, value: unknown): Promise<string> {
      const SecretString = typeof value === "string" ? value : JSON.stringify(value);
      const { VersionId = "" } = await secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
      return VersionId;
    },

    /** Moves AWSCURRENT, as a person does who goes back to an earlier version. */
    async makeCurrent(arn: string, versionId: string, from: string): Promise<void> {
      await secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: arn,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: versionId,
          RemoveFromVersionId: from,
        }),
      );
    },

    /** Version ids by label, as Secrets Manager has them. */
    labels(arn: string) {
      const of = (fixture: string) => versionWith(store.get(arn), fixture)?.versionId;
      return { current: of("AWSCURRENT"), previous: of("AWSPREVIOUS"), pending: of("AWSPENDING") };
    },

    /** Secrets Manager rotates the secret with our function. */
    letRotate(arn: string) {
      const functionArn = "arn:aws:lambda:eu-central-1:000000000000:function:r";
      store.get(arn).rotation = { isEnabled: true, functionArn };
    },
  };
  return { store, secrets, begun, startRotation: rotation.start, hands };
}
