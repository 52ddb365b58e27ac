import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkedEnvironment } from "../../infra/environments.ts";
import { synthesizeShared } from "../../infra/local/template/shared-bundles.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { plainEnvironment } from "./synthesized.ts";

/** A start's time goes with the size: more than this wants a look at `npm run bench -- cold-start`. */
const budgetKb = 760;

/** What would be loaded at every start for nothing. */
const unwanted = [
  "aws-xray-sdk-core",
  "@aws-sdk/credential-provider-node",
  "@aws-sdk/credential-provider-sso",
  "@smithy/credential-provider-imds",
  "zod/v4/locales/de.js",
  "ajv",
];

const functions = ["AcceptMessages", "ProvisionServices", "RotateCredentials", "RotateSecret", "FailOverServices"];

describe("the bundle of", () => {
  let directories: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    const environment = checkedEnvironment(plainEnvironment);
    ({ codeDirectories: directories } = await synthesizeShared(
      (app) => new RingCxAutomationStack(app, "Stack", { environment }),
    ));
  }, 120_000);

  const fileOf = (name: string, file: string) => {
    const [, directory] = Object.entries(directories).find(([logicalId]) => logicalId.includes(name)) ?? [];
    return join(directory ?? "not bundled", file);
  };

  it.each(functions)("%s is within its budget", (name) => {
    const { size } = statSync(fileOf(name, "index.mjs"));
    expect(Math.ceil(size / 1_024)).toBeLessThan(budgetKb);
  });

  it.each(functions)("%s has only what it uses", (name) => {
    const { sources } = JSON.parse(readFileSync(fileOf(name, "index.mjs.map"), "utf8")) as { sources: string[] };
    expect(sources.length).toBeGreaterThan(300);
    const packages = unwanted.filter((path) =>
      sources.some((source) => source.includes(`node_modules/${path}/`) || source.endsWith(path)),
    );
    expect(packages).toEqual([]);
  });
});
