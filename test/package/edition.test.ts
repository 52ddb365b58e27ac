import { globSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import config from "../../package/tsconfig.json" with { type: "json" };

/** Files of the package: what its entries import, and what those do. */
function packagedFiles(): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/(?:from|import\(|import) ?"(\.[^"]+\.ts)"/g);
    for (const [, path = ""] of imports) visit(resolve(file, "..", path));
  };
  for (const entry of config.include) visit(resolve("package", entry));
  return [...found].map((file) => relative(".", file)).sort();
}

/** Without comments: those are for whoever reads the source. */
function saidBy(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/^\s*(\/\/|\/?\*|import ).*$/gm, "");
}

test("what the package says names nothing that only a checkout has; one file knows which of them it is", () => {
  const files = packagedFiles();
  expect(files).toContain(join("cli", "commands", "why.ts"));
  const naming = files.filter((file) => /npm (run|start)|infra\/environments\.ts/.test(saidBy(file)));
  // The second is the checkout's own app, and speaks of itself.
  expect(naming).toEqual(["infra/edition.ts", "infra/environments.ts"]);
});

test("nor do the functions, whose bundles both of them deploy", () => {
  const lambda = globSync("{functions,shared}/**/*.ts");
  expect(lambda.length).toBeGreaterThan(200);
  expect(lambda.filter((file) => /npm (run|start)|infra\/environments\.ts/.test(saidBy(file)))).toEqual([]);
});
