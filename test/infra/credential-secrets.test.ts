import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CfnOutput, Tags } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RotatedAuthSecret } from "../../infra/constructs/rotated-auth-secret.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { isAuthorized } from "../../infra/local/iam/is-authorized.ts";
import { policyDocumentSchema } from "../../infra/local/iam/statement.ts";
import type { LocalHost } from "../../infra/local/local-host.ts";
import { startStackHost } from "../../infra/local/stack-host.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { isPermittedConnection, isPermittedEnvironment } from "../../shared/secrets/permitted-use.ts";
import { plainEnvironment, statementsOf, synthesized } from "./synthesized.ts";

const environment: EnvironmentInput = {
  ...plainEnvironment,
  name: "production",
  connections: [
    { name: "main", accountIds: ["1"], requireEnvironmentTag: true },
    { name: "unique", accountIds: ["2"] },
  ],
};

/** Functions that read values of credential secrets. */
const readers = ["ProvisionServices", "RotateCredentials", "RotateSecret", "FailOverServices"];

describe("under the roles of the template", () => {
  let host: LocalHost;
  let clients: Map<string, SecretsManagerClient>;

  beforeAll(async () => {
    host = await startStackHost(
      (app) => {
        const stack = new RingCxAutomationStack(app, "Stack", { environment: checkedEnvironment(environment) });
        const roles = stack.node.findAll().filter((construct) => construct instanceof CfnRole);
        for (const name of readers) {
          const role = roles.find(({ node }) => node.path.includes(`/${name}Role/`));
          new CfnOutput(stack, `RoleOf${name}`, { value: role?.attrArn ?? "" });
        }
        for (const name of ["production", "test"]) {
          const props = { connection: "main", accountIds: ["1"], environment: name };
          const secret = new RotatedAuthSecret(stack, `Secret${name}`, props);
          // As somebody would who may tag secrets, and nothing else.
          Tags.of(secret).add("ringcx:environment", "production", { priority: 1_000 });
          new CfnOutput(stack, `SecretOf${name}`, { value: secret.secretArn });
        }
        return stack;
      },
      { clockFactor: 0 },
    );
    const sts = new STSClient(host.clientConfig);
    clients = new Map();
    for (const name of readers) {
      const RoleArn = host.outputs[`RoleOf${name}`];
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: name }));
      const credentials = {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
      };
      clients.set(name, new SecretsManagerClient({ ...host.clientConfig, credentials }));
    }
  }, 60_000);
  afterAll(() => host?.stop());

  test.each([
    ["of this environment", "main", "production", true],
    ["of another environment with a connection of the same name", "main", "test", false],
    ["of an environment whose name begins so", "main", "production-2", false],
    ["without the tag, where the connection requires it", "main", undefined, false],
    ["without the tag, where the connection does not", "unique", undefined, true],
    ["of another environment, where the connection requires no tag", "unique", "test", false],
    ["of another connection", "other", "production", false],
  ])("a secret %s", async (_, connection, named, isReadable) => {
    const Name = `${connection}-${named ?? "untagged"}`;
    const tags = { "ringcx:connection": connection, ...(named !== undefined && { "ringcx:environment": named }) };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const administrator = new SecretsManagerClient(host.clientConfig);
    await administrator.send(new CreateSecretCommand({ Name, SecretString: "{}", Tags }));
    for (const [reader, client] of clients) {
      const reading = client.send(new GetSecretValueCommand({ SecretId: Name }));
      if (isReadable) await expect(reading, reader).resolves.toMatchObject({ SecretString: "{}" });
      else await expect(reading, reader).rejects.toThrow(/not authorized to perform: secretsmanager:GetSecretValue/);
    }
  });

  test("a secret's own policy keeps other environments out, also after somebody changed its tags", async () => {
    const administrator = new SecretsManagerClient(host.clientConfig);
    const [own, others] = ["production", "test"].map((name) => host.outputs[`SecretOf${name}`] ?? "");
    for (const SecretId of [own, others]) {
      await administrator.send(new PutSecretValueCommand({ SecretId, SecretString: "{}" }));
    }
    for (const [reader, client] of clients) {
      const read = (SecretId: string | undefined) => client.send(new GetSecretValueCommand({ SecretId }));
      await expect(read(own), reader).resolves.toMatchObject({ SecretString: "{}" });
      await expect(read(others), reader).rejects.toThrow("explicit deny");
    }
    await administrator.send(new GetSecretValueCommand({ SecretId: others }));
  });
});

test("the code says the same as the roles, whatever the tags are", () => {
  const roles = Map.groupBy(
    statementsOf(synthesized(environment)).filter(({ statement }) =>
      JSON.stringify(statement.Resource).includes(":secret:*"),
    ),
    ({ id }) => id,
  );
  expect(roles.size).toBe(readers.length);
  const policies = [...roles].map(([id, role]) => {
    const Statement = role.map(({ statement }) => ({ ...statement, Resource: "*" }));
    return { id, policy: policyDocumentSchema.parse({ Statement }).Statement };
  });
  const { connections } = checkedEnvironment(environment);
  const word = fc.constantFrom("main", "unique", "production", "test", "Production", "", "main unique", "*");
  const tagValues = fc.record({ "ringcx:connection": word, "ringcx:environment": word }, { requiredKeys: [] });
  fc.assert(
    fc.property(tagValues, (found) => {
      const tags = found as Record<string, string>;
      const isPermitted = connections.some(
        ({ name, requireEnvironmentTag }) =>
          isPermittedConnection({ tags }, name) &&
          isPermittedEnvironment({ tags }, { name: "production", isTagRequired: requireEnvironmentTag }),
      );
      const context = Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [`secretsmanager:ResourceTag/${key}`, value]),
      );
      for (const { id, policy } of policies) {
        const request = { action: "secretsmanager:GetSecretValue", resource: "arn:any", context };
        expect(isAuthorized(policy, request).isAllowed, id).toBe(isPermitted);
      }
    }),
  );
});
