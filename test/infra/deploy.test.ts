import { execFile, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const infra = (file: string): string => fileURLToPath(new URL(`../../infra/${file}`, import.meta.url));

function run(file: string, args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [infra(file), ...args], {
    encoding: "utf8",
    // Whoever gets as far as `cdk` says --help, which deploys nothing.
    env: { PATH: "", AWS_EC2_METADATA_DISABLED: "true", ...environment },
  });
  return { status, stdout, stderr };
}

test("npm run deploy without an environment says how it is used, and which environments there are", () => {
  const { status, stderr } = run("deploy.ts", []);
  expect(status).toBe(2);
  expect(stderr).toMatch(/--environment is missing[\s\S]*npm run deploy -- --environment NAME[\s\S]*test, production/);
});

test.each([["--environment", "staging"], ["--environment=staging"]])(
  "npm run deploy with an environment that does not exist names those that do (%s)",
  (...args) => {
    const { status, stderr } = run("deploy.ts", args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/no environment "staging".*Known: test, production/);
  },
);

test("so does cdk synth, without a stack trace", () => {
  const { status, stderr } = run("app.ts", [], { CDK_CONTEXT_JSON: JSON.stringify({ environment: "staging" }) });
  expect(status).toBe(1);
  expect(stderr).toBe('There is no environment "staging" in infra/environments.ts. Known: test, production.\n');
});

test("an environment that exists is handed to cdk, with what else is given, and without a shell that would find it", () => {
  const { status, stdout, stderr } = run("deploy.ts", ["--environment", "test", "--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain("cdk deploy [STACKS..]");
  expect(stderr).toMatch(/Which credential secrets test may not use was not looked up: .*\(CredentialsProviderError\)/);
});

test("before anything is deployed the secrets are told that the environment may not use", async () => {
  const Tags = [{ Key: "ringcx:connection", Value: "main" }];
  const SecretList = [{ ARN: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm", Name: "crm/oauth", Tags }];
  const secretsManager = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify({ SecretList }));
  });
  await new Promise<void>((resolve) => secretsManager.listen(0, "127.0.0.1", resolve));
  try {
    const env = {
      PATH: "",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
    };
    const args = [infra("deploy.ts"), "--environment", "production", "--help"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env }).catch((error) => error);
    expect(stderr).toMatch(
      /production may not use these credential secrets.*\n {2}crm\/oauth: it has no tag ringcx:env/,
    );
    expect(stdout).toContain("cdk deploy [STACKS..]");
  } finally {
    secretsManager.close();
  }
});
