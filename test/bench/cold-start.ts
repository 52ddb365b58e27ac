import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { checkedEnvironment } from "../../infra/environments.ts";
import { synthesize } from "../../infra/local/template/assembly.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { print } from "./print.ts";

/** Starts of each bundle; the bundles take turns, so that what else the machine does meets all of them. */
const starts = 21;

const sourceMaps = "--enable-source-maps";

interface Contender {
  name: string;
  file: string;
  flags: readonly string[];
}

/** What a fresh process needs to load each function's bundle as it is deployed, beside one with the DynamoDB client alone. */
export async function coldStart(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "cold-start-"));
  try {
    const [peer, ...ours] = [await bundlePeer(directory), ...bundled(directory)];
    const contenders: Contender[] = [peer, ...ours.flatMap((file) => [file, { ...file, flags: [sourceMaps] }])];
    const times = contenders.map((): number[] => []);
    for (let start = 0; start < starts; start += 1) {
      for (const [index, contender] of contenders.entries()) times[index]?.push(await load(contender));
    }
    const peerMs = median(times[0] ?? []);
    const rows = contenders.map(({ name, file, flags }, index) => {
      const ms = median(times[index] ?? []);
      return [name, `${Math.round(statSync(file).size / 1_024)} KB`, flags.join(" "), ms.toFixed(0), ratio(ms, peerMs)];
    });
    console.log(`Loading a bundle in a fresh process: median of ${starts} starts, the bundles in turn\n`);
    print(["bundle", "size", "options", "ms", "÷ the first"], rows);
    console.log();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The functions' bundles, as the template has them. */
function bundled(directory: string): Contender[] {
  const environment = checkedEnvironment({
    name: "bench",
    region: "eu-central-1",
    connections: [{ name: "main", accountIds: ["1"] }],
  });
  const { codeDirectories } = synthesize((app) => new RingCxAutomationStack(app, "Bench", { environment }), {
    outdir: join(directory, "assembly"),
  });
  return Object.entries(codeDirectories).flatMap(([name, code]) =>
    readdirSync(code)
      .filter((file) => file === "index.mjs")
      .map((file) => ({ name: withoutHash(name), file: join(code, file), flags: [] })),
  );
}

/** A logical id without what the CDK adds to it. */
function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}

/** The smallest function that could use our table: its client, bundled with what it brings. */
async function bundlePeer(directory: string): Promise<Contender> {
  const file = join(directory, "peer.mjs");
  await build({
    stdin: {
      contents:
        'import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; export const client = new DynamoDBClient({});',
      resolveDir: process.cwd(),
    },
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "node24",
    minify: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return { name: "the DynamoDB client alone", file, flags: [] };
}

async function load({ file, flags }: Contender): Promise<number> {
  const script = `const at = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - at); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", script], {
    env: { ...process.env, AWS_REGION: "eu-central-1" },
  });
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ratio(ms: number, peerMs: number): string {
  return (ms / peerMs).toFixed(2);
}
