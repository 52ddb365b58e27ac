import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";

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

/** Kilobytes of a bundle's code by whose it is, read from the source map beside it. */
export function contentsOf(bundle: string): Record<string, number> {
  const lines = readFileSync(bundle, "utf8").split("\n");
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")) as SourceMapPayload);
  const bytes = Object.fromEntries(kinds.map(([kind]) => [kind, 0]));
  for (const [index, line] of lines.entries()) {
    // Each character belongs to the source of the mapping before it.
    for (let column = 0; column < line.length; column += step) {
      const entry = map.findEntry(index, column);
      const source = "originalSource" in entry ? entry.originalSource : "";
      const [kind = ""] = kinds.find(([, path]) => path.test(source)) ?? [];
      if (kind !== "") bytes[kind] = (bytes[kind] ?? 0) + step;
    }
  }
  return Object.fromEntries(Object.entries(bytes).map(([kind, count]) => [kind, count / 1_024]));
}

/** Every so many characters are looked at: exact enough, and a hundred times as fast. */
const step = 16;
