import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkedEnvironment } from "../../infra/environments.ts";
import { synthesizeShared } from "../../infra/local/template/shared-bundles.ts";
import type { Template } from "../../infra/local/template/template.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { plainEnvironment } from "./synthesized.ts";

/** Kilobytes. A start's time goes with the size: more than this wants a look at `npm run bench -- cold-start`. */
const budgets = {
  AcceptMessages: 435,
  ProvisionServices: 675,
  RotateCredentials: 595,
  RotateSecret: 532,
  FailOverServices: 690,
};

/** What would be loaded at every start for nothing. */
const unwanted = [
  "aws-xray-sdk-core",
  "@aws-sdk/credential-provider-node",
  "@aws-sdk/credential-provider-sso",
  "@smithy/credential-provider-imds",
  "zod/v4/locales/de.js",
  "ajv",
  "@aws-sdk/client-lambda",
  "@aws-sdk/client-sns",
  "@aws-sdk/nested-clients",
  "@smithy/core/dist-es/submodules/event-streams",
  "mnemonist",
];

const functions = Object.keys(budgets);

describe("the bundle of", () => {
  let directories: Readonly<Record<string, string>> = {};
  let template: Template;
  beforeAll(async () => {
    const environment = checkedEnvironment(plainEnvironment);
    ({ codeDirectories: directories, template } = await synthesizeShared(
      (app) => new RingCxAutomationStack(app, "Stack", { environment }),
    ));
  }, 120_000);

  const fileOf = (name: string, file: string) => {
    const [, directory] = Object.entries(directories).find(([logicalId]) => logicalId.includes(name)) ?? [];
    return join(directory ?? "not bundled", file);
  };

  it.each(Object.entries(budgets))("%s is within its budget of %i KB", (name, budgetKb) => {
    const { size } = statSync(fileOf(name, "index.mjs"));
    expect(Math.ceil(size / 1_024)).toBeLessThan(budgetKb);
  });

  it("none is loaded with its source map, which Node would read at each start", () => {
    const all = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(all.length).toBe(functions.length);
    expect(JSON.stringify(all)).not.toContain("enable-source-maps");
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
