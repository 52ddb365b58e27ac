import type { Outcome } from "../../shared/contract/outcome.ts";
import { type SoakMessage, type SoakService, urlOf } from "./plan.ts";

/** A service as the simulator shows it. */
export interface ShownService {
  serviceDescription: string;
  isEnabled: boolean;
  httpServiceConfig?: unknown;
}

/** What the simulator shows of an account. */
export interface ShownAccount {
  accountId: string;
  groups: readonly { groupName: string; services: readonly ShownService[] }[];
  authConfigs: readonly { providerName: string; apiKey?: string }[];
}

/** All that a soak saw. */
export interface Seen {
  sent: readonly SoakMessage[];
  /** Every delivery of the topic. */
  outcomes: readonly Outcome[];
  accounts: readonly ShownAccount[];
  requests: readonly { at: number; status: number; accountId?: string | undefined }[];
  services: readonly SoakService[];
  endpoint: string;
  /** What `/_simulator/state` shows for the current value of the secret. */
  currentFingerprint: string;
  limit: number;
  windowMs: number;
}

/** What is not as it should be once everything has settled, in words. */
export function violationsIn(seen: Seen): string[] {
  return [...told(seen), ...twins(seen), ...asWanted(seen), ...credentials(seen), ...rate(seen)];
}

/** Every message was told, under one id one thing, and as it had to end. */
function told({ sent, outcomes }: Seen): string[] {
  const found: string[] = [];
  const byId = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const first = byId.get(outcome.id);
    if (first && JSON.stringify(first.data) !== JSON.stringify(outcome.data)) {
      found.push(`${outcome.id} was told as ${first.data.summary} and as ${outcome.data.summary}`);
    }
    byId.set(outcome.id, outcome);
  }
  for (const { event, expects } of sent) {
    const status = byId.get(`${event.source}/${event.id}`)?.data.status;
    if (status === undefined) found.push(`nobody was told what became of ${event.id}`);
    else if (expects !== "either" && (status === "REJECTED") !== (expects === "rejected"))
      found.push(`${event.id} ended as ${status}`);
    else if (status === "FAILED") found.push(`${event.id} failed`);
  }
  return found;
}

/** Of each name there is one. */
function twins({ accounts }: Seen): string[] {
  return accounts.flatMap(({ accountId, groups, authConfigs }) => {
    const names = [
      ...groups.map(({ groupName }) => `group ${groupName}`),
      ...authConfigs.map(({ providerName }) => `auth config ${providerName}`),
      ...groups.flatMap(({ groupName, services }) =>
        services.map(({ serviceDescription }) => `service ${groupName}/${serviceDescription}`),
      ),
    ];
    return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${accountId} has two: ${name}`);
  });
}

/** RingCX has what the last message wants of each service, and all are active: nothing is down any more. */
function asWanted({ sent, services, accounts, endpoint }: Seen): string[] {
  const last = new Map<SoakService["index"], number | "deleted">();
  for (const { wants } of sent) for (const { service, mark } of wants) last.set(service.index, mark);
  return services.flatMap((service) => {
    const mark = last.get(service.index);
    const { accountId, groupName, serviceDescription } = service;
    const has = accounts
      .find((account) => account.accountId === accountId)
      ?.groups.find((group) => group.groupName === groupName)
      ?.services.find((one) => one.serviceDescription === serviceDescription);
    const name = `${accountId} ${groupName}/${serviceDescription}`;
    if (mark === undefined) return [];
    if (mark === "deleted") return has ? [`${name} is there, though it was retired`] : [];
    if (!has) return [`${name} is not there`];
    const url = urlOf(service, mark, endpoint);
    return [
      ...(JSON.stringify(has.httpServiceConfig).includes(url) ? [] : [`${name} has not the URL of mark ${mark}`]),
      ...(has.isEnabled ? [] : [`${name} is inactive`]),
    ];
  });
}

function credentials({ accounts, currentFingerprint }: Seen): string[] {
  return accounts.flatMap(({ accountId, authConfigs }) =>
    authConfigs
      .filter(({ apiKey }) => apiKey !== undefined && apiKey !== currentFingerprint)
      .map(({ providerName }) => `${accountId} ${providerName} has not the current value of its secret`),
  );
}

/** No request was refused for the rate, and no window has more than there may be. */
function rate({ requests, accounts, limit, windowMs }: Seen): string[] {
  const refused = requests.filter(({ status }) => status === 429).length;
  return [
    ...(refused > 0 ? [`${refused} requests were refused for their rate`] : []),
    ...accounts.flatMap(({ accountId }) => {
      const times = requests.flatMap((one) => (one.accountId === accountId ? [one.at] : []));
      const isTooMany = times.some((at, index) => (times[index + limit] ?? Number.POSITIVE_INFINITY) < at + windowMs);
      return isTooMany ? [`${accountId} had more than ${limit} requests within ${windowMs} ms`] : [];
    }),
  ];
}

/** Whether memory grew: the median of the last quarter against that of the second, which has warmed up. */
export function growthOf<Part extends string>(
  samples: readonly Readonly<Record<Part, number>>[],
  parts: readonly Part[],
): Record<Part, number> {
  const median = (some: typeof samples, part: Part) =>
    some.map((sample) => sample[part]).toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? 0;
  const quarter = Math.floor(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  const growth = parts.map((part) => [part, median(last, part) - median(second, part)]);
  return Object.fromEntries(growth) as Record<Part, number>;
}
