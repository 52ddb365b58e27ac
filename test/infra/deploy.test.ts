import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const infra = (file: string): string => fileURLToPath(new URL(`../../infra/${file}`, import.meta.url));

function run(file: string, args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, [infra(file), ...args], {
    encoding: "utf8",
    // No `cdk` is found there: what would be deployed after all fails otherwise than expected.
    env: { PATH: "", ...environment },
  });
  return { status, stderr };
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

test("an environment that exists is handed to cdk; where there is none, that is said", () => {
  const { status, stderr } = run("deploy.ts", ["--environment", "test"]);
  expect(status).toBe(1);
  expect(stderr).toContain("cdk could not be started");
});
