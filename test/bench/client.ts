import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import type { CallerOrder, CallerReport } from "./caller-process.ts";
import type { Report } from "./report.ts";

const calls = 600;
/** The contenders take turns, so that what else the machine does meets all of them. */
const rounds = 3;

const contenders = [
  ["plain fetch", "nothing: no retry, no limit, no check of the answer"],
  ["bare ky", "retries and time-outs of one call; no limit"],
  ["@ringcentral/sdk", "login and renewal; no limit, no check of the answer"],
  ["ours", "login and renewal, the quota in a table, retries, time-outs, the answer held against a schema"],
] as const;

const script = fileURLToPath(new URL("caller-process.ts", import.meta.url));

/** CPU time and memory of a call, of each way to make it, in a process of its own against the simulator. */
export async function client(): Promise<Report> {
  const simulator = await startRingCxSimulator({ limit: 10_000_000 });
  try {
    const { url, accountId, clientId, clientSecret, jwt, accessToken } = simulator;
    const found = new Map<string, CallerReport[]>(contenders.map(([name]) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name] of contenders) {
        const login = { clientId, clientSecret, jwt };
        const order: CallerOrder = { name, url, accountId, calls, login, accessToken };
        const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, JSON.stringify(order)]);
        const report = JSON.parse(stdout) as CallerReport | { missing: string };
        if (!("missing" in report)) found.get(name)?.push(report);
        simulator.clearRequests();
      }
    }
    const least = (name: string, of: (one: CallerReport) => number) => Math.min(...(found.get(name) ?? []).map(of));
    const measured = contenders.filter(([name]) => found.get(name)?.length);
    const plainCpu = least("plain fetch", ({ cpuMs }) => cpuMs);
    const rows = contenders.map(([name, does]) => {
      if (!found.get(name)?.length) return [name, "not installed", "", "", does];
      const cpu = least(name, ({ cpuMs }) => cpuMs);
      const mb = least(name, ({ rssBytes }) => rssBytes) / 1e6;
      return [name, (cpu / calls).toFixed(2), (cpu / plainCpu).toFixed(2), mb.toFixed(0), does];
    });
    const missing = contenders.filter(([name]) => !found.get(name)?.length).map(([name]) => name);
    return {
      ...(missing.length > 0 && {
        incomplete: `${missing.join(", ")} is not installed: npm install --no-save ${missing.join(" ")}`,
      }),
      tables: [
        {
          title: `One GET of an account's groups, ${calls} in turn in a process of their own: the least of ${rounds} rounds, taken in turns.`,
          headings: ["", "CPU ms a call", "÷ plain fetch", "memory of the process, MB", "what it does"],
          rows,
        },
      ],
      charts: [
        {
          name: "client",
          title: "CPU time of a call, milliseconds",
          bars: measured.map(([name]) => {
            const value = least(name, ({ cpuMs }) => cpuMs) / calls;
            return { label: name, value, text: `${value.toFixed(2)} ms`, isPeer: name !== "ours" };
          }),
        },
      ],
    };
  } finally {
    await simulator.stop();
  }
}
