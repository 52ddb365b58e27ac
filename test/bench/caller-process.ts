import { createRequire } from "node:module";
import { join } from "node:path";
import ky from "ky";
import { createRingCxClient } from "../../package/client.ts";

/** What one process is to do. Given as JSON in the first argument. */
export interface CallerOrder {
  name: string;
  url: string;
  accountId: string;
  calls: number;
  login: { clientId: string; clientSecret: string; jwt: string };
  accessToken: string;
}

/** What it took, as a line of JSON; `missing` where the package is not installed. */
export interface CallerReport {
  cpuMs: number;
  /** Of the process after a collection of garbage. */
  rssBytes: number;
}

type Call = () => Promise<unknown>;

/** The ways to call RingCX, each as its documentation shows it, and ours. */
const callers: Readonly<Record<string, (order: CallerOrder) => Call | Promise<Call>>> = {
  "plain fetch"({ url, accountId, accessToken }) {
    const headers = { authorization: `Bearer ${accessToken}` };
    return async () => (await fetch(pathOf(url, accountId), { headers })).json();
  },
  "bare ky"({ url, accountId, accessToken }) {
    const api = ky.create({ headers: { authorization: `Bearer ${accessToken}` } });
    return () => api.get(pathOf(url, accountId)).json();
  },
  // The vendor's SDK is no dependency of this project: BENCH_PEERS names a folder in which somebody has installed it.
  async "@ringcentral/sdk"(order) {
    const { url, accountId, accessToken } = order;
    const require = createRequire(join(process.env.BENCH_PEERS ?? process.cwd(), "package.json"));
    const { SDK } = require(order.name);
    const platform = new SDK({ server: url, clientId: "x", clientSecret: "x" }).platform();
    await platform.auth().setData({ access_token: accessToken, token_type: "bearer", expires_in: "100000" });
    return async () => (await platform.get(pathOf(url, accountId))).json();
  },
  // At the speed that RingCX allows, in time that does not pass: the quota's log is as long as it ever gets.
  ours({ url, accountId, login }) {
    let now = Date.now();
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const ringcx = createRingCxClient({ login, ringcxUrl: url, platformUrl: url, clock });
    const account = ringcx.account(accountId, { priority: "urgent", deadline: Number.POSITIVE_INFINITY });
    return () => {
      now += 520;
      return account.groups.list();
    };
  },
};

function pathOf(url: string, accountId: string): string {
  return `${url}/voice/api/v1/admin/accounts/${accountId}/httpServiceGroups`;
}

async function main(order: CallerOrder): Promise<CallerReport | { missing: string }> {
  let call: Call;
  try {
    const make = callers[order.name];
    if (!make) throw new Error(`No caller ${order.name}`);
    call = await make(order);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return { missing: order.name };
    throw error;
  }
  for (let warm = 0; warm < 200; warm += 1) await call();
  const before = process.cpuUsage();
  for (let index = 0; index < order.calls; index += 1) await call();
  const { user, system } = process.cpuUsage(before);
  globalThis.gc?.();
  return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() };
}

process.stdout.write(`${JSON.stringify(await main(JSON.parse(process.argv[2] ?? "{}") as CallerOrder))}\n`);
process.exit(0);
