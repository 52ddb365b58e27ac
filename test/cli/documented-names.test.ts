import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { findService } from "../../cli/read/find-service.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import { runLine } from "./cli.ts";

// What the documents have people type on the local system names a service that runs there.
const root = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");
const about = "why|activate|deactivate|keep-inactive|hands-off|override|release";
const command = new RegExp(`(?:ops|ops --) ((?:${about}) .*--local)`, "g");

interface Resource {
  kind: string;
  groupName: string;
  serviceDescription: string;
}
const messages = [
  ...text("examples/crm-enrichment.ndjson")
    .split("\n")
    .flatMap((line) => parseJson(line)?.value ?? []),
  ...parseAllDocuments(text("examples/first-service.yaml")).map((document) => ({ data: document.toJS() })),
] as { data: { accountId: string; resources: Resource[] } }[];
const services = messages.flatMap(({ data: { accountId, resources } }) =>
  resources.flatMap(({ kind, groupName, serviceDescription }) =>
    kind === "httpService" ? [{ name: { accountId, groupName, serviceDescription } }] : [],
  ),
);

const documents = [
  "README.md",
  ...readdirSync(new URL("docs/", root)).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];
const helps = await Promise.all(
  about
    .split("|")
    .map(async (name) => ({ from: `${name} --help`, text: (await runLine([name, "--help"], { directory: "." })).out })),
);
const typed = [...documents.map((from) => ({ from, text: text(from) })), ...helps].flatMap(({ from, text: whole }) =>
  [...whole.matchAll(command)].map(([, line = ""]) => ({ from, line })),
);

test.each(typed)("$from: $line", ({ line }) => {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
  const { positionals } = parseArgs({
    args: words,
    strict: false,
    allowPositionals: true,
    options: { why: { type: "string" }, for: { type: "string" }, account: { type: "string" } },
  });
  expect(findService(services, positionals[1] ?? "")).toBeDefined();
});

test("there are such lines", () => {
  expect(services.length).toBeGreaterThan(1);
  expect(new Set(typed.map(({ from }) => from)).size).toBeGreaterThan(3);
});
