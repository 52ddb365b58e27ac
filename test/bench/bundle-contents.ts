import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join } from "node:path";

/** Whose code it is, by its path. The first that fits counts. */
const kinds: readonly (readonly [kind: string, path: RegExp])[] = [
  ["AWS clients", /node_modules\/@aws-sdk\/(client-|lib-dynamodb|nested-clients|credential-providers)/],
  ["AWS core", /node_modules\/(@aws-sdk|@smithy|@aws)\//],
  ["zod", /node_modules\/zod\//],
  ["ky", /node_modules\/ky\//],
  ["Powertools, middy", /node_modules\/(@aws-lambda-powertools|@middy)\//],
  ["other packages", /node_modules\//],
  ["our own", /./],
];

/** The files that are loaded at a function's start: its entry and what that imports, not what it imports when it needs it. */
export function loadedAtStart(entry: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(entry)) return known;
  known.add(entry);
  const imports = readFileSync(entry, "utf8").matchAll(/(?:from|import)"(\.\/[\w-]+\.mjs)"/g);
  for (const [, file = ""] of imports) loadedAtStart(join(dirname(entry), file), known);
  return known;
}

/** Kilobytes of code that a function's start loads by whose it is, read from the source maps beside it. */
export function contentsOf(entry: string): Record<string, number> {
  const bytes = Object.fromEntries(kinds.map(([kind]) => [kind, 0]));
  for (const file of loadedAtStart(entry)) {
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
    for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
      // Each character belongs to the source of the mapping before it.
      for (let column = 0; column < line.length; column += step) {
        const position = map.findEntry(index, column);
        const source = "originalSource" in position ? position.originalSource : "";
        const [kind = ""] = kinds.find(([, path]) => path.test(source)) ?? [];
        if (kind !== "") bytes[kind] = (bytes[kind] ?? 0) + step;
      }
    }
  }
  return Object.fromEntries(Object.entries(bytes).map(([kind, count]) => [kind, count / 1_024]));
}

/** Every so many characters are looked at: exact enough, and a hundred times as fast. */
const step = 16;
