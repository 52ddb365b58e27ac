import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { shareBundles } from "../../infra/local/template/shared-bundles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ended-"));
const nothing = join(folder, "nothing.ndjson");
writeFileSync(nothing, "");
// Those that come further than bundling bundle once between them.
const endSharing = shareBundles();
const { LOCAL_HOST_SHARED_BUNDLES: bundles } = process.env;
afterAll(() => {
  endSharing();
  rmSync(folder, { recursive: true, force: true });
});

interface Phase {
  /** What is said when it begins. */
  begins: RegExp;
  options: readonly string[];
  /** Whether it finds the functions bundled. */
  isBundled: boolean;
}

const phases: Readonly<Record<string, Phase>> = {
  bundling: { begins: /Bundling asset/, options: [], isBundled: false },
  start: { begins: /the stack is synthesized/, options: [], isBundled: true },
  demonstration: { begins: /1 {2}Provisioning/, options: [], isBundled: true },
  stay: {
    begins: /It keeps running until Ctrl-C/,
    options: ["--stay", "--file", nothing, "--json", join(folder, "system.json")],
    isBundled: true,
  },
};
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signals = Object.keys(codes) as (keyof typeof codes)[];
const cases = Object.keys(phases).flatMap((phase) =>
  signals.flatMap((signal) => (["process", "group"] as const).map((to) => ({ phase, signal, to }))),
);

/** Runs `npm start` without npm, as the leader of a group as a shell has it, until a phase begins. */
async function startedUntil(name: string) {
  const { begins, options, isBundled } = phases[name] as Phase;
  const temporary = mkdtempSync(join(folder, "run-"));
  const child = spawn(
    process.execPath,
    ["--import", "./infra/local/require-node-24.js", "infra/local/demo/main.ts", ...options],
    {
      cwd: root,
      detached: true,
      env: { ...process.env, TMPDIR: temporary, LOCAL_HOST_SHARED_BUNDLES: isBundled ? bundles : undefined },
    },
  );
  const pid = child.pid ?? 0;
  onTestFinished(() => void kill(-pid, "SIGKILL"));
  let text = "";
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (begins.test(text)) resolve();
      });
    }
    void exited.then(() => resolve());
  });
  return { pid, exited, temporary, text: () => text };
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Processes that have the folder as their temporary one: those of a run, whatever group they are in. */
function processesOf(temporary: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${temporary}\0`);
    } catch {
      return false;
    }
  });
}

describe("npm start is ended by a signal within three seconds, with its code and one sentence, and nothing is left", () => {
  test.each(cases)("$signal to the $to, during $phase", { timeout: 120_000 }, async ({ phase, signal, to }) => {
    const run = await startedUntil(phase);
    const said = run.text();
    const begun = performance.now();
    expect(kill(to === "group" ? -run.pid : run.pid, signal), said).toBe(true);
    expect(await run.exited, run.text()).toEqual([codes[signal], null]);
    expect(performance.now() - begun).toBeLessThan(3_000);

    const last = run.text().slice(said.length);
    expect(last).toMatch(/Ended by .*\n$/);
    expect(last.match(/Ended by/g)).toHaveLength(1);
    // Neither a check that differs nor what broke on the way is told.
    expect(run.text()).not.toMatch(/✗|checks differ|unexpected|ECONN|Failed|could not|\n\s+at /);

    await expect.poll(() => processesOf(run.temporary), { timeout: 1_000, interval: 50 }).toEqual([]);
    // Whoever was killed is in its group until somebody has asked for its exit code.
    await expect.poll(() => kill(-run.pid, 0), { timeout: 5_000, interval: 50 }).toBe(false);
    expect(readdirSync(run.temporary).filter((name) => name.startsWith("ringcx-assembly-"))).toEqual([]);
    expect(readdirSync(folder)).not.toContain("system.json");
  });

  test("before it has said anything, by the same number at least", { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, ["infra/local/demo/main.ts"], { cwd: root });
    await once(child, "spawn");
    child.kill("SIGTERM");
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect(code ?? signal).toBeOneOf([codes.SIGTERM, "SIGTERM"]);
  });
});
