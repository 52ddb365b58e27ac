import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Entry } from "./api.ts";
import { pageOf } from "./page.ts";
import { readApi } from "./read-api.ts";

// `npm run reference` writes docs/reference; with `--check` it only says whether it is stale, or something undocumented.

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "docs/reference");

/** Source of each entry of package.json that has types. */
function entries(): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, { types?: string } | string>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]): [string, string][] => {
      if (typeof target === "string" || target.types === undefined) return [];
      const source = target.types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, ".ts");
      return [[path.replace(/^\./, name), join(root, source)]];
    }),
  );
}

/** Names that have no words of their own. Of constructs each setting needs some; RingCX's own names speak for themselves. */
function undocumented({ specifier, exports }: Entry): string[] {
  return exports.flatMap(({ name, docs, members }) => {
    const silent = members.filter(
      (one) => !specifier.includes("/") && one.docs === "" && one.tags.length === 0 && one.type !== "",
    );
    const own = docs === "" ? [name] : [];
    return [...own, ...silent.map(({ path }) => `${name}.${path}`)].map((one) => `${specifier}: ${one}`);
  });
}

const isCheck = process.argv.includes("--check");
const api = readApi(join(root, "package/tsconfig.json"), entries());
const pages = api.map((entry) => {
  const [, ...path] = entry.specifier.split("/");
  return { file: join(folder, `${path.join("-") || "cdk"}.md`), text: `${pageOf(entry)}\n` };
});
const silent = api.flatMap(undocumented);
const stale = pages.filter(({ file, text }) => !existsSync(file) || readFileSync(file, "utf8") !== text);
if (!isCheck) {
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of pages) writeFileSync(file, text);
}
for (const name of silent) process.stderr.write(`${name} has no docstring\n`);
if (isCheck) for (const { file } of stale) process.stderr.write(`${file} is stale: npm run reference\n`);
process.exitCode = silent.length > 0 || (isCheck && stale.length > 0) ? 1 : 0;
