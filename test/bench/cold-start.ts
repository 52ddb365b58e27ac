import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { checkedEnvironment } from "../../infra/environments.ts";
import { type Assembly, synthesize } from "../../infra/local/template/assembly.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { contentsOf, loadedAtStart } from "./bundle-contents.ts";
import { bundlePeer } from "./bundle-peer.ts";
import { firstPut } from "./first-put.ts";
import { median } from "./median.ts";
import type { Report } from "./report.ts";

/** Starts of each bundle; the bundles take turns, so that what else the machine does meets all of them. */
const starts = 21;

const sourceMaps = "--enable-source-maps";

interface Contender {
  name: string;
  file: string;
  flags: readonly string[];
}

/**
 * What a fresh process needs to load each function's bundle as it is deployed, beside one with the DynamoDB client alone; and how
 * long it takes one to take a service out.
 */
export async function coldStart(): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), "cold-start-"));
  try {
    const codeDirectories = bundleFunctions(directory);
    const [peer, ...ours] = [await clientAlone(directory), ...bundled(codeDirectories)];
    // What one of them would be with its source map, which Node would read.
    const [plainest] = ours;
    const contenders: Contender[] = [peer, ...ours, ...(plainest ? [{ ...plainest, flags: [sourceMaps] }] : [])];
    const found = contenders.map((): Start[] => []);
    for (let start = 0; start < starts; start += 1) {
      for (const [index, contender] of contenders.entries()) found[index]?.push(await load(contender));
    }
    const least = (index: number) => Math.min(...(found[index] ?? []).map(({ cpuMs }) => cpuMs));
    const rows = contenders.map(({ name, file, flags }, index) => [
      [name, ...flags].join(" "),
      `${Math.round(startBytes(file) / 1_024)} KB`,
      median((found[index] ?? []).map(({ ms }) => ms)).toFixed(0),
      least(index).toFixed(0),
      (least(index) / least(0)).toFixed(2),
    ]);
    const shares = ours.map(({ name, file }) => ({ name, of: contentsOf(file) }));
    const kinds = Object.keys(shares[0]?.of ?? {});
    const failOver = ours.find(({ name }) => name.endsWith("FailOverServices"));
    const first = await firstPut(failOver?.file ?? "not bundled", { directory, codeDirectories });
    return {
      tables: [
        {
          title: `Loading a bundle in a fresh process, ${starts} times each, in turns: median of the time, and the least processor time, which other work on the machine disturbs less.`,
          headings: ["bundle", "size", "ms", "CPU ms", "÷ the first"],
          rows,
        },
        {
          title: "What is loaded at a start, in KB of minified code.",
          headings: ["bundle", ...kinds],
          rows: shares.map(({ name, of }) => [name, ...kinds.map((kind) => (of[kind] ?? 0).toFixed(0))]),
        },
        ...first.tables,
      ],
      charts: [
        {
          name: "cold-start",
          title: "Processor time to load a function's bundle, milliseconds",
          bars: contenders.map(({ name, flags }, index) => ({
            label: [name, ...(flags.length > 0 ? ["with source map"] : [])].join(", "),
            value: least(index),
            text: `${least(index).toFixed(0)} ms`,
            isPeer: index === 0 || flags.length > 0,
          })),
        },
        ...first.charts,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Bundles the template's functions: directories by logical id. */
function bundleFunctions(directory: string): Assembly["codeDirectories"] {
  const environment = checkedEnvironment({
    name: "bench",
    region: "eu-central-1",
    connections: [{ name: "main", accountIds: ["1"] }],
  });
  const outdir = join(directory, "assembly");
  return synthesize((app) => new RingCxAutomationStack(app, "Bench", { environment }), { outdir }).codeDirectories;
}

function bundled(codeDirectories: Assembly["codeDirectories"]): Contender[] {
  return Object.entries(codeDirectories).flatMap(([name, code]) =>
    readdirSync(code)
      .filter((file) => file === "index.mjs")
      .map((file) => ({ name: withoutHash(name), file: join(code, file), flags: [] })),
  );
}

/** Of code that is loaded at a start. */
function startBytes(entry: string): number {
  return [...loadedAtStart(entry)].reduce((sum, file) => sum + statSync(file).size, 0);
}

/** A logical id without what the CDK adds to it. */
function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}

/** The smallest function that could use our table: its client, bundled with what it brings. */
async function clientAlone(directory: string): Promise<Contender> {
  const contents =
    'import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; export const client = new DynamoDBClient({});';
  const file = await bundlePeer({ stdin: { contents, resolveDir: process.cwd() } }, join(directory, "peer.mjs"));
  return { name: "the DynamoDB client alone", file, flags: [] };
}

interface Start {
  ms: number;
  cpuMs: number;
}

async function load({ file, flags }: Contender): Promise<Start> {
  const script = `const cpu = process.cpuUsage(), at = performance.now();
await import(${JSON.stringify(pathToFileURL(file).href)});
const ms = performance.now() - at, { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 })); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", script], {
    env: { ...process.env, AWS_REGION: "eu-central-1" },
  });
  return JSON.parse(stdout) as Start;
}
