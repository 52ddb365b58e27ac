import type { CrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import type { AccountRecord } from "../../infra/local/ringcx-simulator/records.ts";
import type { RingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { productionAccount, testAccount } from "../support/world/outside.ts";

/** An outcome. */
export interface Told {
  status: string;
  summary: string;
}

/** What a story is played in: the functions in one process on virtual time, or the deployed form on the real clock. */
export interface StoryWorld {
  crm: CrmEndpoint;
  simulator: Pick<RingCxSimulator, "requests" | "editService"> & { state(accountId: string): AccountRecord };
  /** What was last put into each secret. */
  values: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Everything that was told so far. */
  told: readonly Told[];
  createSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  putSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  /** A message through the queue, until it has ended. */
  send(body: StoryMessage): Promise<unknown>;
  /** Ticks of rotation's schedule. */
  ticks(count: number): Promise<void>;
  alarm(arn: string, state: "OK" | "ALARM"): Promise<void>;
  /** Failover's sweeps, a minute apart. */
  minutes(count: number): Promise<void>;
  /**
   * Somebody else uses up the limit of an account as the next request comes: otherwise no answer would be a 429, and what
   * RingCX says and does then would not matter.
   */
  crowd(accountId: string): void;
  /** Messages that have not ended. */
  open(): Promise<number>;
  stop(): Promise<void>;
}

export const alarm = "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:crm";
const groupName = "CRM enrichment";
const group = { kind: "httpServiceGroup", groupName, isDefault: false, adopt: true };

const secretsOf = (mark: string, world: StoryWorld) => ({
  OAUTH: {
    clientId: world.crm.clientId,
    secret: world.crm.issueClientSecret(),
    tokenUrl: `${world.crm.url}/oauth/token`,
    grantType: "CLIENT_CREDENTIALS",
  },
  APIKEY: { apiKey: `key-${mark}` },
  BASIC: { username: "crm", password: `password-${mark}` },
  JWT: { algorithm: "HS256", payload: '{"iss":"crm"}', addTokenTo: "REQUEST_HEADER", secret: `jwt-${mark}` },
  CUSTOM_AUTH: { wcgFunctionId: "17", inputParams: [{ name: "key", value: `custom-${mark}` }] },
});

/** All types of auth configs that there are. */
export const authTypes = ["OAUTH", "APIKEY", "BASIC", "JWT", "CUSTOM_AUTH"] as const;

const authConfig = (authType: string) => ({
  kind: "authConfig",
  providerName: `CRM ${authType}`,
  authType,
  description: "for the CRM",
  secretId: `crm/${authType}`,
});

const input = (name: string, rank: number) => ({
  name,
  type: "PARAMETER",
  simpleDataType: "STRING",
  value: "",
  rank: String(rank),
});

/** The service that is validated, and watched by an alarm. */
const lookup = ({ crm }: StoryWorld, more: object = {}) => ({
  kind: "httpService",
  groupName,
  serviceDescription: "Lookup",
  serviceType: "HTTP_POST",
  httpServiceConfig: { url: `${crm.url}/customers/lookup`, headers: { "Content-Type": "application/json" } },
  authConfig: "CRM OAUTH",
  enableMappings: true,
  isDebug: false,
  httpServiceInputs: [input("ani", 0), input("queue", 1)],
  isEnabled: true,
  health: { alarms: [alarm] },
  validation: {
    method: "POST",
    body: { ani: "+15550100" },
    credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " },
    expect: { status: 200 },
  },
  ...more,
});

/** A service of each other type, inactive. */
const plain = ({ crm }: StoryWorld, authType: string, more: object = {}) => ({
  kind: "httpService",
  groupName,
  serviceDescription: `Send ${authType}`,
  serviceType: "HTTP_POST",
  httpServiceConfig: { url: `${crm.url}/send` },
  authConfig: `CRM ${authType}`,
  httpServiceInputs: [input("ani", 0)],
  isEnabled: false,
  ...more,
});

/** A message as a producer sends it. */
export interface StoryMessage {
  id: string;
  data: { accountId: string };
  [field: string]: unknown;
}

let lastId = 0;
const message = (type: string, accountId: string, data: object): StoryMessage => {
  lastId += 1;
  return {
    specversion: "1.0",
    id: `story-${lastId}`,
    source: "/matrix",
    type: `ringcx.${type}.v1`,
    time: new Date(Date.UTC(2029, 0, 1) + lastId * 1_000).toISOString(),
    data: { accountId, ...data },
  };
};

/** Changes a service as a person in the admin page. */
function click({ simulator }: StoryWorld, serviceDescription: string, changes: object): void {
  for (const { serviceGroupId, services } of simulator.state(testAccount).groups) {
    for (const { serviceId, serviceDescription: name } of services) {
      if (name === serviceDescription) {
        simulator.editService({ accountId: testAccount, serviceGroupId, serviceId }, { ...changes });
      }
    }
  }
}

/** The steps of the story, in their order: what the system is for. */
export const steps: Readonly<Record<string, (world: StoryWorld) => Promise<unknown>>> = {
  async provision(world) {
    for (const [type, value] of Object.entries(secretsOf("1", world))) await world.createSecret(`crm/${type}`, value);
    const others = authTypes.slice(1).map((authType) => plain(world, authType));
    await world.send(
      message("apply", testAccount, { resources: [group, ...authTypes.map(authConfig), lookup(world), ...others] }),
    );
    click(world, "Lookup", { workflows: ["Main IVR"] });
  },
  async again(world) {
    const others = authTypes.slice(1).map((authType) => plain(world, authType));
    await world.send(
      message("apply", testAccount, { resources: [group, ...authTypes.map(authConfig), lookup(world), ...others] }),
    );
  },
  async change(world) {
    world.crowd(testAccount);
    await world.send(
      message("apply", testAccount, {
        resources: [
          lookup(world, { isDebug: true, httpServiceInputs: [input("ani", 0), input("agent", 1)] }),
          plain(world, "BASIC", { httpServiceConfig: { url: `${world.crm.url}/changed` } }),
        ],
      }),
    );
  },
  rename: (world) =>
    world.send(
      message("apply", testAccount, {
        resources: [plain(world, "APIKEY", { serviceDescription: "Send by key", previousName: "Send APIKEY" })],
      }),
    ),
  copy: (world) =>
    world.send(
      message("copy", testAccount, {
        from: { groupName, serviceDescription: "Lookup" },
        to: { serviceDescription: "Lookup, new" },
        overrides: { isEnabled: false },
      }),
    ),
  promote: (world) =>
    world.send(
      message("copy", productionAccount, {
        from: { accountId: testAccount, groupName, serviceDescription: "Lookup" },
        overrides: { authConfigs: [{ from: "CRM OAUTH", secretId: "crm/OAUTH" }], isEnabled: true },
      }),
    ),
  async rotate(world) {
    for (const [type, value] of Object.entries(secretsOf("2", world))) await world.putSecret(`crm/${type}`, value);
    await world.ticks(3);
  },
  async failOver(world) {
    world.crm.setDown(true);
    world.crowd(testAccount);
    await world.alarm(alarm, "ALARM");
    // Longer than a 429 can keep anybody waiting.
    await world.minutes(12);
  },
  async recover(world) {
    world.crm.setDown(false);
    await world.alarm(alarm, "OK");
    await world.minutes(12);
  },
  async clicked(world) {
    const { groups } = world.simulator.state(testAccount);
    const lookups = groups.flatMap(({ services }) => services.filter((one) => one.serviceDescription === "Lookup"));
    // Nobody activates by hand what was not active.
    if (!lookups.some(({ isEnabled }) => isEnabled)) return;
    click(world, "Lookup", { isEnabled: false });
    await world.minutes(3);
    click(world, "Lookup", { isEnabled: true });
    await world.minutes(3);
  },
  async drift(world) {
    click(world, "Send JWT", { httpServiceConfig: JSON.stringify({ url: `${world.crm.url}/elsewhere` }) });
    await world.ticks(4);
    await world.send(message("apply", testAccount, { dryRun: true, resources: [plain(world, "JWT")] }));
    await world.send(message("apply", testAccount, { resources: [plain(world, "JWT")] }));
  },
  retire: (world) =>
    world.send(
      message("retire", testAccount, {
        resources: [
          { kind: "httpService", groupName, serviceDescription: "Send CUSTOM_AUTH", delete: "service" },
          { kind: "authConfig", providerName: "CRM CUSTOM_AUTH" },
        ],
      }),
    ),
};
