import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { checkedEnvironment } from "../../infra/environments.ts";
import { synthesizeShared } from "../../infra/local/template/shared-bundles.ts";
import type { Template } from "../../infra/local/template/template.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { loadedAtStart } from "../bench/bundle-contents.ts";
import { plainEnvironment } from "./synthesized.ts";

/** Kilobytes of code that is loaded at a start, whose time goes with it: more than this wants a look at `npm run bench -- cold-start`. */
const budgets = {
  AcceptMessages: 400,
  ProvisionServices: 602,
  RotateCredentials: 555,
  RotateSecret: 470,
  FailOverServices: 558,
};

/** Kilobytes of a whole function, with what it loads when it needs it. */
const wholeBudget = 698;

/** What is loaded when it is needed, by a file of each part: probes in all of them, what only some events ask for in two. */
const probes = "shared/probe/bounded-request.ts";
const later: Readonly<Record<string, readonly string[]>> = {
  ProvisionServices: [
    ...[probes, "reconcile/copy-services.ts", "reconcile/retire-resources.ts"],
    ...["write/swap-names.ts", "write/replace-link.ts", "write/try-name.ts"],
  ],
  FailOverServices: [probes, "shared/contract/command.ts"],
};

/** What would be loaded at every start for nothing. */
const unwanted = [
  "aws-xray-sdk-core",
  "@aws-sdk/credential-provider-node",
  "@aws-sdk/credential-provider-sso",
  "@smithy/credential-provider-imds",
  "zod/v4/locales/de.js",
  "ajv",
  "ky",
  "ipaddr.js",
  "@aws-sdk/client-cloudwatch",
  "@aws-sdk/client-lambda",
  "@aws-sdk/client-resource-groups-tagging-api",
  "@aws-sdk/client-sqs",
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

  const sourcesOf = (files: readonly string[]) =>
    files.flatMap((file) => (JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sources: string[] }).sources);
  const sizeOf = (files: readonly string[]) =>
    Math.ceil(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1_024);
  const fileOf = (name: string, file: string) => {
    const [, directory] = Object.entries(directories).find(([logicalId]) => logicalId.includes(name)) ?? [];
    return join(directory ?? "not bundled", file);
  };

  it.each(Object.entries(budgets))("%s is within its budget of %i KB", (name, budgetKb) => {
    expect(sizeOf([...loadedAtStart(fileOf(name, "index.mjs"))])).toBeLessThan(budgetKb);
  });

  it.each(functions)(
    "%s has in files of their own what its start does not need, and not more than that beside it",
    (name) => {
      const start = loadedAtStart(fileOf(name, "index.mjs"));
      const all = readdirSync(fileOf(name, "")).filter((file) => file.endsWith(".mjs"));
      const whole = all.map((file) => fileOf(name, file));
      expect(sizeOf(whole)).toBeLessThan(wholeBudget);
      for (const part of later[name] ?? [probes]) {
        expect(
          sourcesOf(whole.filter((file) => !start.has(file))).some((source) => source.endsWith(part)),
          part,
        ).toBe(true);
        expect(sourcesOf([...start]).filter((source) => source.endsWith(part))).toEqual([]);
      }
    },
  );

  it("none is loaded with its source map, which Node would read at each start", () => {
    const all = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(all.length).toBe(functions.length);
    expect(JSON.stringify(all)).not.toContain("enable-source-maps");
  });

  it.each(functions)("%s has only what it uses", (name) => {
    const sources = sourcesOf([...loadedAtStart(fileOf(name, "index.mjs"))]);
    expect(sources.length).toBeGreaterThan(300);
    const packages = unwanted.filter((path) =>
      sources.some((source) => source.includes(`node_modules/${path}/`) || source.endsWith(path)),
    );
    expect(packages).toEqual([]);
  });

  // `import "node:http"` loads all of it, for a few names that the module exports; so does whoever looks at `Request`.
  it.each(functions)("%s is loaded without Node's fetch, a quarter of a start's time", async (name) => {
    const script = `await import(${JSON.stringify(pathToFileURL(fileOf(name, "index.mjs")).href)});
console.log(JSON.stringify(process.moduleLoadList)); process.exit()`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...process.env, AWS_REGION: "eu-central-1" },
    });
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded).toContain("NativeModule https");
    expect(loaded.filter((module) => module.includes("undici"))).toEqual([]);
  });
});
