import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import { startFixture as startFailover } from "../functions/fail-over-services/fixture.ts";
import { applyMessage, crmSecret, startFixture as startProvisioning } from "../functions/provision-services/fixture.ts";
import { credentials } from "../functions/rotate-credentials/credentials.ts";
import { startFixture as startRotation } from "../functions/rotate-credentials/fixture.ts";
import { TableMeter } from "./cost-meter.ts";
import { PlainRingCx } from "./plain-flow.ts";
import type { Report } from "./report.ts";

const times = 60;
/** Left out: what is compiled and connected once. */
const warmUps = 5;

/** What it took to bring one thing to RingCX. */
interface Measured {
  ms: number[];
  /** Of the last one: requests to RingCX, and to the table. */
  ringcx: number;
  table: number;
}

/** Does the same again and again. @param prepare not counted @param trips since the last call of it */
async function repeated(
  prepare: (time: number) => Promise<unknown>,
  act: (time: number) => Promise<unknown>,
  trips: () => { ringcx: number; table: number },
): Promise<Measured> {
  const ms: number[] = [];
  let last = { ringcx: 0, table: 0 };
  for (let time = 0; time < warmUps + times; time += 1) {
    await prepare(time);
    trips();
    const at = performance.now();
    await act(time);
    if (time >= warmUps) ms.push(performance.now() - at);
    last = trips();
  }
  return { ms, ...last };
}

/** Requests of a plain flow since the last call of it. */
function countedOf(plain: PlainRingCx): () => { ringcx: number; table: number } {
  return () => {
    const { requests } = plain;
    plain.requests = 0;
    return { ringcx: requests, table: 0 };
  };
}

function counter(meter: TableMeter, requests: () => number): () => { ringcx: number; table: number } {
  let before = 0;
  return () => {
    const table = meter.calls - before;
    before = meter.calls;
    return { ringcx: requests(), table };
  };
}

async function alarm(): Promise<Measured[]> {
  const table = new MemoryStateTable();
  const stage = await startFailover({ guards: everything }, { table });
  try {
    const meter = new TableMeter(table);
    const requests = () => stage.takeRequests().length;
    for (let time = 0; time < warmUps + times; time += 1) {
      stage.setAlarm(arn(time), "OK");
      await stage.service(`look-up ${time}`, { alarms: [arn(time)] });
    }
    // From then on it is known how many there are, of which all may go out.
    await stage.minutes(1);
    const ours = await repeated(
      async (time) => stage.setAlarm(arn(time), "ALARM"),
      (time) => stage.events(arn(time)),
      counter(meter, requests),
    );
    const plain = new PlainRingCx(stage.simulator, "123456");
    const theirs = await repeated(
      async (time) => stage.service(`plain ${time}`),
      (time) => plain.switch("CRM", `plain ${time}`, false),
      countedOf(plain),
    );
    return [ours, theirs];
  } finally {
    await stage.stop();
  }
}

const arn = (time: number) => `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:down-${time}`;
const everything = {
  flap: { openings: 1_000, withinMinutes: 60, quietMinutes: 30 },
  blastRadius: { share: 1, withinMinutes: 15 },
};

async function message(): Promise<Measured[]> {
  const table = new MemoryStateTable();
  const simulator = { limit: 100_000, accounts: ["123456", "223456"] };
  const world = await startProvisioning({ table, simulator, quota: { limit: 100_000 } });
  try {
    world.secrets.set("crm/oauth", crmSecret(world.crm, ["123456"]));
    const group = { kind: "httpServiceGroup", groupName: "CRM", isDefault: false };
    await world.send(applyMessage([group]));
    const url = `${world.crm.url}/customers`;
    const service = (time: number) => ({ serviceDescription: `look-up ${time}`, serviceType: "HTTP_GET" });
    const declared = (time: number) =>
      applyMessage([
        { kind: "httpService", groupName: "CRM", ...service(time), httpServiceConfig: { url }, isEnabled: true },
      ]);
    const counted = counter(new TableMeter(table), () => world.operations().length);
    const nothing = async () => {};
    const ours = await repeated(nothing, (time) => world.send(declared(time)), counted);
    const plain = new PlainRingCx(world.simulator, "223456");
    const { serviceGroupId } = await plain.call("POST", "httpServiceGroups", { groupName: "CRM", isDefault: false });
    const theirs = await repeated(
      nothing,
      async (time) => {
        const path = `httpServiceGroups/${serviceGroupId}/httpServices`;
        await plain.call("GET", "httpServiceGroups");
        await plain.call("GET", path);
        const record = { ...service(time), httpServiceConfig: JSON.stringify({ url }), isEnabled: false };
        const { serviceId } = await plain.call("POST", path, record);
        await plain.setActive(serviceGroupId, serviceId, true);
      },
      countedOf(plain),
    );
    return [ours, theirs];
  } finally {
    await world.stop();
  }
}

async function secret(): Promise<Measured[]> {
  const stage = await startRotation();
  try {
    const { arn: secretArn } = await stage.bind("APIKEY", "first");
    for (let tick = 0; tick < 4; tick += 1) await stage.tick();
    const counted = counter(new TableMeter(stage.table), () => stage.takeRequests().length);
    const ours = await repeated(
      (time) => stage.putVersion(secretArn, credentials.APIKEY.value(`version ${time}`)),
      () => stage.tick(),
      counted,
    );
    const plain = new PlainRingCx(stage.simulator, "123456");
    const theirs = await repeated(
      async () => {},
      (time) => plain.rotate("CRM APIKEY", `plainly ${time}`),
      countedOf(plain),
    );
    return [ours, theirs];
  } finally {
    await stage.stop();
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** From what happens to what RingCX is told: time on this machine, and round trips, which are what counts in AWS. */
export async function latency(): Promise<Report> {
  const found: [string, Measured[]][] = [
    ["an alarm's event → the service is out", await alarm()],
    ["a message → its service is active", await message()],
    ["a secret's version → RingCX has it", await secret()],
  ];
  const rows = found.flatMap(([what, [ours, theirs]]) =>
    [["ours", ours] as const, ["plainly", theirs] as const].map(([who, one]) => [
      what,
      who,
      percentile(one?.ms ?? [], 0.5).toFixed(1),
      percentile(one?.ms ?? [], 0.99).toFixed(1),
      String(one?.ringcx ?? ""),
      String(one?.table ?? ""),
    ]),
  );
  return {
    tables: [
      {
        title: `From what happens to what RingCX is told: ${times} times each, in one process, the simulator over HTTP, the table in memory.`,
        headings: ["", "", "p50 ms", "p99 ms", "trips to RingCX", "trips to the table"],
        rows,
      },
    ],
    charts: [
      {
        name: "latency",
        title: "From what happens to what RingCX is told, median on one machine, milliseconds",
        bars: found.flatMap(([what, [ours, theirs]]) =>
          [[what, ours, false] as const, ["plainly", theirs, true] as const].map(([label, one, isPeer]) => {
            const value = percentile(one?.ms ?? [], 0.5);
            return { label, value, text: `${value.toFixed(1)} ms`, isPeer };
          }),
        ),
      },
    ],
  };
}
