import { type BuildOptions, build } from "esbuild";

/** Bundles a peer as anybody would for Lambda, into one file. @returns the file */
export async function bundlePeer(
  source: Pick<BuildOptions, "stdin"> | Pick<BuildOptions, "entryPoints">,
  outfile: string,
): Promise<string> {
  await build({
    ...source,
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "node24",
    minify: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return outfile;
}
