import { isDeepStrictEqual } from "node:util";
import { parsedConfig } from "../../infra/local/ringcx-simulator/fields/service-config.ts";
import type { AccountRecord, AuthConfigRecord, ServiceRecord } from "../../infra/local/ringcx-simulator/records.ts";
import { longestWaits } from "../../shared/primitives/longest-waits.ts";
import { productionAccount, testAccount } from "../support/world/outside.ts";
import type { StoryWorld } from "./story.ts";

/** What RingCX really holds, in lines that two profiles have in common: without ids, times and ports. */
export function stateOf(world: StoryWorld): string[] {
  return [testAccount, productionAccount].flatMap((accountId) => {
    const account = ownPart(world.simulator.state(accountId));
    return [
      ...account.groups.flatMap(({ groupName, services }) => [
        `${accountId} ${groupName}`,
        ...services.map((service) => `${accountId} ${groupName} / ${serviceLine(world, account, service)}`),
      ]),
      ...account.authConfigs.map((config) => `${accountId} auth ${authConfigLine(world, config)}`),
    ].toSorted();
  });
}

/** Without what the story found there, which must be as it was; {@link harmIn} looks at it. */
function ownPart(account: AccountRecord): AccountRecord {
  const groups = account.groups.map((group) => ({
    ...group,
    services: group.services.filter(({ serviceDescription }) => !isForeign(serviceDescription)),
  }));
  return {
    ...account,
    groups,
    authConfigs: account.authConfigs.filter(({ providerName = "" }) => !isForeign(providerName)),
  };
}

function isForeign(name: string): boolean {
  return name.startsWith("Old ");
}

function serviceLine({ crm }: StoryWorld, account: AccountRecord, service: ServiceRecord): string {
  const { serviceDescription, isEnabled, isDebug, httpServiceConfig, authConfigId, inputs } = service;
  const linked = account.authConfigs.find((config) => config.authConfigId === authConfigId)?.providerName;
  const url = String(parsedConfig(httpServiceConfig)?.url).replace(crm.url, "crm:");
  const named = inputs.map(({ name, rank }) => `${name}#${rank}`).toSorted();
  const flags = `${isEnabled ? "active" : "inactive"}${isDebug ? " debug" : ""}`;
  return `${serviceDescription}: ${flags}, ${url}, link ${linked ?? authConfigId ?? "none"}, inputs ${named.join(" ")}`;
}

function authConfigLine({ values }: StoryWorld, { providerName, authType, ...config }: AuthConfigRecord): string {
  const secret = values.get(`crm/${authType}`) ?? {};
  const isCurrent = Object.entries(secret).every(([name, value]) => isDeepStrictEqual(config[name], value));
  return `${providerName} ${authType}: ${isCurrent ? "the secret's value" : "another value"}`;
}

/** What must never be, whatever RingCX does and whatever is told. */
export function harmIn(world: StoryWorld): string[] {
  const harm: string[] = [...impatience(world)];
  const twins = (what: string, names: readonly string[]) => {
    const twin = names.find((name, index) => names.indexOf(name) !== index);
    if (twin !== undefined) harm.push(`there is a second ${what} "${twin}"`);
  };
  for (const accountId of [testAccount, productionAccount]) {
    const account = world.simulator.state(accountId);
    twins(
      "group",
      account.groups.map(({ groupName }) => groupName),
    );
    twins(
      "auth config",
      account.authConfigs.map(({ providerName = "" }) => providerName),
    );
    for (const { services } of account.groups) {
      twins(
        "service",
        services.map(({ serviceDescription }) => serviceDescription),
      );
      for (const service of services) {
        if (service.isEnabled && !/^Lookup$/.test(service.serviceDescription)) {
          harm.push(`"${service.serviceDescription}" is active and must not be`);
        }
        const linked = account.authConfigs.find((config) => config.authConfigId === service.authConfigId);
        if (service.isEnabled && !linked) harm.push(`"${service.serviceDescription}" is active without its credential`);
      }
    }
    for (const config of account.authConfigs) {
      if (JSON.stringify(config).includes("****")) harm.push(`a mask was written into "${config.providerName}"`);
    }
  }
  return harm;
}

/** Asked again before the time that a 429 named, as far as it is believed: RingCX may count it, and others wait longer. */
function impatience({ simulator: { requests } }: StoryWorld): string[] {
  return requests.flatMap(({ status, accountId, at, retryAfter }, index) => {
    const seconds = status === 429 ? Number(retryAfter ?? 0) : 0;
    if (!Number.isFinite(seconds)) return [];
    const next = requests.slice(index + 1).find((one) => one.accountId === accountId);
    const namedMs = Math.min(seconds * 1_000, longestWaits.callRetryAfterMs);
    return next === undefined || next.at >= at + namedMs
      ? []
      : [`account ${accountId} was asked again ${next.at - at} ms after a 429 that named ${namedMs} ms`];
  });
}
