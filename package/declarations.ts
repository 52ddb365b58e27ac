import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Removes the declarations that no entry's types lead to: whoever installs the package cannot import what they describe.
 *
 * @param folder what the compiler has written
 * @param entries declarations that package.json names
 */
export function removeUnreachableDeclarations(folder: string, entries: readonly string[]): void {
  const kept = new Set<string>();
  const waiting = entries.map((entry) => resolve(entry));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    waiting.push(...importedBy(file));
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = resolve(join(folder, name));
    if (file.endsWith(".d.ts") && !kept.has(file)) rmSync(file);
  }
}

/** Imports of both forms, and modules that are only run. */
function importedBy(file: string): string[] {
  const specifiers = readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) => resolve(dirname(file), specifier.replace(/\.(js|ts)$/, ".d.ts")));
}
