import { randomUUID } from "node:crypto";
import { arnOf, startFixture as startFailover } from "../functions/fail-over-services/fixture.ts";
import {
  applyMessage,
  authConfig,
  crmSecret,
  group,
  startFixture as startProvisioning,
} from "../functions/provision-services/fixture.ts";
import { credentials } from "../functions/rotate-credentials/credentials.ts";
import { startFixture as startRotation } from "../functions/rotate-credentials/fixture.ts";
import { PlainRingCx, type PlainSetUp } from "./plain-flow.ts";
import type { Report } from "./report.ts";

/** Requests to RingCX of one job, the login's left out. */
export interface RequestCount {
  job: string;
  ours: number;
  /** The fewest that can do it: each thing that is to be written once, and one read of the account where it must be known. */
  floor: number;
  /** The source document's own flow, written plainly. */
  plain: number;
}

const inputs = [{ name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }];
const names = (count: number) => Array.from({ length: count }, (_, index) => `Look-up ${index}`);

const declared = (count: number, at: string) => [
  group,
  authConfig,
  ...names(count).map((serviceDescription) => ({
    kind: "httpService",
    groupName: group.groupName,
    serviceDescription,
    serviceType: "HTTP_GET",
    httpServiceConfig: { url: at },
    authConfig: authConfig.providerName,
    httpServiceInputs: inputs,
    isEnabled: true,
  })),
];

const plainly = (count: number, authConfigId: string, at: string): PlainSetUp => ({
  group,
  authConfig: {
    authConfigId,
    providerName: authConfig.providerName,
    clientId: "crm",
    secret: "made up",
    tokenUrl: "https://crm.example.com/token",
    grantType: "CLIENT_CREDENTIALS",
  },
  services: names(count).map((serviceDescription) => ({
    serviceDescription,
    serviceType: "HTTP_GET",
    httpServiceConfig: JSON.stringify({ url: at }),
    inputs,
  })),
});

async function provisioning(count: number): Promise<RequestCount[]> {
  const options = { simulator: { limit: 100_000, accounts: ["123456", "223456"] }, quota: { limit: 100_000 } };
  const world = await startProvisioning(options);
  try {
    world.secrets.set("crm/oauth", crmSecret(world.crm, ["123456"]));
    const plain = new PlainRingCx(world.simulator, "223456");
    const authConfigId = randomUUID();
    const both = async (job: string, floor: number, path = "customers"): Promise<RequestCount> => {
      const at = `${world.crm.url}/${path}`;
      world.operations();
      const { status } = await world.send(applyMessage(declared(count, at)));
      if (status !== "SUCCEEDED" && status !== "NO_CHANGE") throw new Error(`${job} ended ${status}`);
      const ours = world.operations().length;
      plain.requests = 0;
      await plain.provision(plainly(count, authConfigId, at));
      return { job, ours, floor, plain: plain.requests };
    };
    const services = count === 1 ? "a service" : `${count} services`;
    return [
      // A read; the group, the auth config; of each service its record, its inputs, its activation.
      await both(`${services}, new, with group and auth config`, 3 + 3 * count),
      // A read that shows services, and one of each one's inputs.
      await both(`${services}, unchanged`, 1 + count),
      await both(`${services} with another URL`, 1 + 2 * count, "v2/customers"),
    ];
  } finally {
    await world.stop();
  }
}

async function failover(): Promise<RequestCount[]> {
  const stage = await startFailover();
  try {
    await stage.service("look-up", { alarms: [arnOf("down")] });
    await stage.service("other");
    await stage.minutes(1);
    const plain = new PlainRingCx(stage.simulator, "123456");
    stage.takeRequests();
    stage.setAlarm("down", "ALARM");
    await stage.events("down");
    const ours = stage.takeRequests().length;
    await plain.switch("CRM", "look-up", false);
    const out = { job: "a service out, for an alarm", ours, floor: 1, plain: plain.requests };
    stage.setAlarm("down", "OK");
    await stage.minutes(5);
    stage.takeRequests();
    plain.requests = 0;
    await stage.minutes(1);
    const writes = stage.takeRequests();
    await plain.switch("CRM", "look-up", true);
    // The sweep looks at the account each minute, whatever is to be done.
    return [
      out,
      { job: "a service back, in a sweep of its account", ours: writes.length, floor: 2, plain: plain.requests },
    ];
  } finally {
    await stage.stop();
  }
}

async function rotation(): Promise<RequestCount[]> {
  const stage = await startRotation();
  try {
    const { arn } = await stage.bind("APIKEY", "first");
    for (let tick = 0; tick < 4; tick += 1) await stage.tick();
    const plain = new PlainRingCx(stage.simulator, "123456");
    stage.takeRequests();
    await stage.putVersion(arn, credentials.APIKEY.value("second"));
    await stage.tick();
    const ours = stage.takeRequests().length;
    await plain.rotate("CRM APIKEY", "third");
    return [{ job: "a secret's new version", ours, floor: 1, plain: plain.requests }];
  } finally {
    await stage.stop();
  }
}

/** What each job asks of RingCX, counted at the simulator. @param services in a message: the jobs of each number */
export async function countRequests(services: readonly number[] = [1, 40]): Promise<RequestCount[]> {
  const counts: RequestCount[] = [];
  for (const count of services) counts.push(...(await provisioning(count)));
  return [...counts, ...(await failover()), ...(await rotation())];
}

/** Requests of each job, beside the fewest that can do it and the source document's own flow. */
export async function requests(): Promise<Report> {
  const counts = await countRequests();
  const shown = counts.filter(({ ours, plain }) => ours < 20 && plain < 20);
  return {
    tables: [
      {
        title: "Requests to RingCX for one job, counted at the simulator, without the login's.",
        headings: ["job", "ours", "the fewest", "÷ the fewest", "the document's flow, written plainly"],
        rows: counts.map(({ job, ours, floor, plain }) => [
          job,
          String(ours),
          String(floor),
          (ours / floor).toFixed(2),
          String(plain),
        ]),
      },
    ],
    charts: [
      {
        name: "requests",
        title: "Requests to RingCX for one job: ours, and the source document's flow written plainly",
        bars: shown.flatMap(({ job, ours, plain }) => [
          { label: job.replace(", with group and auth config", ""), value: ours, text: String(ours), isPeer: false },
          { label: "plainly", value: plain, text: String(plain), isPeer: true },
        ]),
      },
    ],
  };
}
