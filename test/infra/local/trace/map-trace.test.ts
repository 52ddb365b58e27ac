import { transform } from "esbuild";
import { expect, test } from "vitest";
import { mapTrace } from "../../../../infra/local/trace/map-trace.ts";

/** The bundle is in a folder of its own, two below the checkout. */
const places = { folder: "/checkout/cdk.out/asset.1", root: "/checkout" };

const source = `// A line that the bundle does not have.
export function look(wanted: string): never {
  const why: string = "it is not there: " + wanted;
  throw new Error(why);
}
`;

test("a trace of a minified bundle names the places of the source, and the rest stays", async () => {
  const { code, map } = await transform(source, {
    loader: "ts",
    minify: true,
    sourcemap: true,
    sourcefile: "../../shared/look.ts",
  });
  const line = code.split("\n").findIndex((text) => text.includes("throw"));
  const column = code.split("\n")[line]?.indexOf("new Error") ?? -1;
  const at = `/var/task/commands-U4AHA4TE.mjs:${line + 1}:${column + 1}`;
  const log = `{"level":"ERROR","error":{"location":"file://${at}","stack":"Error: it\\n    at e (file://${at})\\n    at node:internal/1:2"}}`;
  const place = "shared/look.ts:4:9";
  const mapOf = (file: string) => (file === "commands-U4AHA4TE.mjs" ? JSON.parse(map) : undefined);
  expect(mapTrace(log, mapOf, places)).toBe(log.replaceAll(`file://${at}`, place));
});

test("a place that no map knows stays as it is", () => {
  const log = "at file:///var/task/index.mjs:9:9 and file:///var/task/other.mjs:1:1";
  const empty = { version: 3, sources: [], names: [], mappings: "", file: "", sourceRoot: "" } as never;
  expect(mapTrace(log, (file) => (file === "index.mjs" ? empty : undefined), places)).toBe(log);
});
