import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** The project's root. */
const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * What is not loaded as it is, and what takes its place (`shared/runtime/lean`): each says there what is left out and why. Paths from
 * the project's root.
 */
const lean = {
  "@aws-sdk/credential-provider-node": "./shared/runtime/lean/environment-credentials.ts",
  "@aws-sdk/endpoint-cache": "./shared/runtime/lean/no-endpoint-cache.ts",
  "@aws-sdk/client-sqs": "./shared/runtime/lean/client-sqs.ts",
  "@aws-sdk/client-cloudwatch": "./shared/runtime/lean/client-cloudwatch.ts",
  "@aws-sdk/client-resource-groups-tagging-api": "./shared/runtime/lean/client-resource-groups-tagging-api.ts",
};

/** Modules of zod that write JSON Schema, which no function does. Each schema names them, so that nothing else leaves them out: 18 KB. */
const jsonSchemaWriters =
  /node_modules\/zod\/v4\/core\/(json-schema-processors|json-schema-generator|to-json-schema)\.js$/;

const withoutJsonSchema: Plugin = {
  name: "without-json-schema",
  setup({ onLoad }) {
    onLoad({ filter: jsonSchemaWriters }, ({ path }) => {
      const exports = readFileSync(path, "utf8").matchAll(/^export (?:const|function|class|\{ \w+ as) (\w+)/gm);
      const contents = [...exports].map(([, name]) => `export const ${name} = missing;`);
      return {
        contents: `const missing = () => { throw new Error("no JSON Schema in the bundles"); };${contents.join("")}`,
      };
    });
  },
};

/**
 * Bundles a function for Lambda: `index.mjs`, and beside it what it imports when it needs it. With a source map beside each, for
 * `npm run trace`: Node would read it at each start, a sixth of that.
 *
 * @param entry from the project's root: `functions/provision-services/worker-handler.ts`
 */
export async function bundleFunction(entry: string, outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { index: entry },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    // The SDK that we tested with, bundled, starts faster than the runtime's own.
    alias: lean,
    // What the SDK imports in browsers, and for operations that stream events, of which none of ours is one.
    external: ["bowser", "@smithy/core/event-streams"],
    plugins: [withoutJsonSchema],
    // Each AWS client brings its whole package.json for its version in the User-Agent header: 17 KB at every start.
    loader: { ".json": "empty" },
    // Some dependencies are CommonJS and ask for `require`, which an ES module does not have.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
}

if (import.meta.main) {
  const [entry = "", outdir = ""] = process.argv.slice(2);
  await bundleFunction(entry, outdir);
}
