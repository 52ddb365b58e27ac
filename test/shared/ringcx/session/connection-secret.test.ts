import { inspect } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { createConnectionSecret } from "../../../../shared/ringcx/session/connection-secret.ts";
import { testClock } from "../../../support/client-fakes.ts";
import { type Answer, type ScriptedServer, scriptedServer } from "../../../support/scripted-server.ts";

const credentials = { clientId: "canary-id", clientSecret: "canary-secret", jwt: "canary-jwt" };
const holding = (value: string): Answer => ({ status: 200, body: { SecretString: value, VersionId: "1" } });

function secretAt({ url }: ScriptedServer, clock = testClock()) {
  const secrets = new SecretsManagerClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  return createConnectionSecret({ secretId: "ringcx/main", secrets, clock });
}

test("the secret is read once in five minutes, and again when it was refused", async () => {
  await using server = await scriptedServer(holding(JSON.stringify(credentials)));
  const clock = testClock();
  const secret = secretAt(server, clock);
  expect((await secret.read()).jwt.reveal()).toBe("canary-jwt");
  await secret.read();
  expect(server.received.map(({ body }) => JSON.parse(body))).toEqual([{ SecretId: "ringcx/main" }]);
  await clock.sleep(5 * 60_000);
  await secret.read();
  expect(server.received).toHaveLength(2);
  secret.invalidate();
  await secret.read();
  expect(server.received).toHaveLength(3);
});

test.each([
  ["not JSON", "canary-{", ["the whole object"]],
  ["without two fields", JSON.stringify({ clientId: "canary" }), ["clientSecret", "jwt"]],
  ["with an empty field", JSON.stringify({ ...credentials, jwt: "" }), ["jwt"]],
])("a secret %s names the secret and the fields, never a value", async (_, value, missing) => {
  await using server = await scriptedServer(holding(value));
  const failure: unknown = await secretAt(server)
    .read()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "CONNECTION_SECRET_INVALID", details: { secretId: "ringcx/main", missing } });
  expect((failure as Error).message).toBe(
    `The connection's secret ringcx/main must be JSON with "clientId", "clientSecret" and "jwt". Missing or empty: ${missing.join(", ")}.`,
  );
  expect(inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain("canary");
});

test("a secret that is not there says so and may be retried", async () => {
  await using server = await scriptedServer({ status: 400, body: { __type: "ResourceNotFoundException" } });
  await expect(secretAt(server).read()).rejects.toMatchObject({
    code: "CONNECTION_SECRET_UNREADABLE",
    retryable: true,
    message: expect.stringContaining("ResourceNotFoundException"),
    details: { secretId: "ringcx/main", reason: "ResourceNotFoundException" },
  });
});

test("a secret of bytes, and no text, is none", async () => {
  await using server = await scriptedServer({ status: 200, body: { SecretBinary: "e30=", VersionId: "1" } });
  await expect(secretAt(server).read()).rejects.toMatchObject({
    code: "CONNECTION_SECRET_INVALID",
    details: { missing: ["the whole object"] },
  });
});
