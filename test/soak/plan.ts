import type { Random } from "../../shared/primitives/clock.ts";

/** What a soak is made of. */
export interface SoakSize {
  accounts: readonly string[];
  services: number;
  messages: number;
}

/** One service of the soak. Each tenth gets its credential from the secret; each 25th is watched by one of ten alarms. */
export interface SoakService {
  index: number;
  accountId: string;
  groupName: string;
  serviceDescription: string;
  hasCredential: boolean;
  /** The endpoint's path that it is watched by, and the alarm's number. */
  watchedBy: number | undefined;
}

export const providerName = "Soak API key";
export const secretName = "soak/api-key";
export const alarmNames = Array.from({ length: 10 }, (_, number) => `soak-${number}`);

/** @returns all services, spread over the accounts, fifty a group */
export function servicesOf({ accounts, services }: Omit<SoakSize, "messages">): SoakService[] {
  return Array.from({ length: services }, (_, index) => ({
    index,
    accountId: accounts[index % accounts.length] ?? "",
    groupName: `Soak ${Math.floor(index / 50)}`,
    serviceDescription: `Service ${index}`,
    hasCredential: index % 10 === 0,
    watchedBy: index % 25 === 0 ? (index / 25) % alarmNames.length : undefined,
  }));
}

/** What is sent once. */
export interface SoakMessage {
  queue: "provisioning" | "command";
  accountId: string;
  event: { specversion: "1.0"; id: string; source: string; type: string; data: object };
  /** It is sent twice, as two messages of SQS. */
  isTwice: boolean;
  /** What it comes to by itself, if nothing later says otherwise. */
  wants: readonly { service: SoakService; mark: number | "deleted" }[];
  /** What its outcome must be; a command may overtake the message that makes its service, and is refused then. */
  expects: "done" | "rejected" | "either";
}

/** Where the soak's services are and who watches them. */
export interface SoakPlaces {
  /** Base URL of the endpoint of all services. */
  endpoint: string;
  alarmArn(number: number): string;
}

const source = "/soak";
const share = { twice: 0.05, wrong: 0.05, retire: 0.05, command: 0.1 };

/** The messages in their order: first each service once, ten a message, then random ones about one to three services. */
export function* soakMessages(size: SoakSize, places: SoakPlaces, random: Random): Generator<SoakMessage> {
  const services = servicesOf(size);
  const marks = new Map<number, number | "deleted">();
  let sent = 0;
  const id = (kind: string) => `${kind}-${sent++}`;
  const apply = (chosen: readonly SoakService[], mark: number, isTwice = false): SoakMessage => {
    for (const { index } of chosen) marks.set(index, mark);
    const accountId = chosen[0]?.accountId ?? "";
    return {
      queue: "provisioning",
      accountId,
      event: event(id("apply"), "ringcx.apply.v1", { accountId, resources: resourcesOf(chosen, mark, places) }),
      isTwice,
      wants: chosen.map((service) => ({ service, mark })),
      expects: "done",
    };
  };
  for (const accountId of size.accounts) {
    const own = services.filter((service) => service.accountId === accountId);
    for (let from = 0; from < own.length; from += 10) yield apply(own.slice(from, from + 10), 0);
  }
  for (let mark = 1; mark <= size.messages; mark += 1) {
    const [first, second, third] = several(services, random);
    const chosen = [first, second, third].flatMap((service) =>
      service && first && service.accountId === first.accountId ? [service] : [],
    );
    if (!first) return;
    const kind = random();
    if (kind < share.wrong) {
      const { accountId } = first;
      const data = { accountId, resources: [{ kind: "httpService", servicedescription: first.serviceDescription }] };
      const wrong = event(id("wrong"), "ringcx.apply.v1", data);
      yield { queue: "provisioning", accountId, event: wrong, isTwice: false, wants: [], expects: "rejected" };
    } else if (kind < share.wrong + share.retire) {
      const { accountId, groupName, serviceDescription } = first;
      marks.set(first.index, "deleted");
      const retired = { kind: "httpService", groupName, serviceDescription, delete: "service" };
      const data = { accountId, resources: [retired] };
      const wants = [{ service: first, mark: "deleted" as const }];
      const message = event(id("retire"), "ringcx.retire.v1", data);
      yield { queue: "provisioning", accountId, event: message, isTwice: false, wants, expects: "done" };
    } else if (kind < share.wrong + share.retire + share.command && marks.get(first.index) !== "deleted") {
      const { accountId, groupName, serviceDescription } = first;
      const command = { accountId, groupName, serviceDescription, by: "soak", why: "to see that it holds" };
      for (const name of ["deactivate", "release"]) {
        const message = event(id(name), "ringcx.command.v1", { ...command, command: name });
        const isTwice = random() < share.twice;
        yield { queue: "command", accountId, event: message, isTwice, wants: [], expects: "either" };
      }
    } else yield apply(chosen, mark, random() < share.twice);
  }
}

function several(services: readonly SoakService[], random: Random): SoakService[] {
  const count = 1 + Math.floor(random() * 3);
  const chosen = Array.from({ length: count }, () => services[Math.floor(random() * services.length)]);
  return [...new Set(chosen)].flatMap((service) => service ?? []);
}

function event(id: string, type: string, data: object): SoakMessage["event"] {
  return { specversion: "1.0", id, source, type, data };
}

function resourcesOf(services: readonly SoakService[], mark: number, places: SoakPlaces): object[] {
  const groups = [...new Set(services.map(({ groupName }) => groupName))];
  const authConfig = {
    kind: "authConfig",
    providerName,
    authType: "APIKEY",
    description: "for the soak's endpoint",
    secretId: secretName,
  };
  return [
    ...groups.map((groupName) => ({ kind: "httpServiceGroup", groupName })),
    ...(services.some(({ hasCredential }) => hasCredential) ? [authConfig] : []),
    ...services.map((service) => serviceManifest(service, mark, places)),
  ];
}

function serviceManifest(service: SoakService, mark: number, { endpoint, alarmArn }: SoakPlaces): object {
  const { groupName, serviceDescription, hasCredential, watchedBy } = service;
  const url = urlOf(service, mark, endpoint);
  return {
    kind: "httpService",
    groupName,
    serviceDescription,
    serviceType: "HTTP_GET",
    httpServiceConfig: { url },
    ...(hasCredential && { authConfig: providerName }),
    httpServiceInputs: [
      { name: mark % 2 === 0 ? "ani" : "dnis", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" },
    ],
    isEnabled: true,
    ...(watchedBy !== undefined && {
      validation: { method: "GET", url, expect: { status: 200 } },
      health: { alarms: [alarmArn(watchedBy)], recovery: "automatic" },
    }),
  };
}

/** Its path tells the endpoint which alarm watches it, so that one can be down without the others. */
export function urlOf({ index, watchedBy }: SoakService, mark: number, endpoint: string): string {
  return `${endpoint}/${watchedBy ?? "unwatched"}/services/${index}?mark=${mark}`;
}
