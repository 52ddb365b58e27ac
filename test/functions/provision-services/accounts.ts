import type { LoggedRequest } from "../../../infra/local/ringcx-simulator/control/request-log.ts";
import type { Fixture } from "./fixture.ts";

/** A secret whose value is a canary, for an API key. */
export function canarySecret(name: string, hosts: string, more: Record<string, string> = {}) {
  const tags = { "ringcx:connection": "local", "ringcx:accounts": "123456", "ringcx:hosts": hosts, ...more };
  return { value: JSON.stringify({ apiKey: `canary-${name}` }), versionId: `${name}-v1`, tags };
}

/** The auth config of a canary's secret. */
export function keyConfig(providerName: string, secretId: string) {
  return { kind: "authConfig", providerName, authType: "APIKEY", secretId };
}

/** A service that is called at the host. */
export function serviceAt(host: string, serviceDescription: string, more: object = {}) {
  return {
    kind: "httpService",
    groupName: "G",
    serviceDescription,
    serviceType: "HTTP_GET",
    httpServiceConfig: { url: `https://${host}/look-up` },
    ...more,
  };
}

/** Where RingCX would send which secret's canary now: `service, host, secret`, of inactive services too. */
export function carried(
  fixture: Fixture,
  { withInactive = true, by = "serviceDescription" as "serviceDescription" | "serviceId" } = {},
): string[] {
  const { groups, authConfigs } = fixture.simulator.state();
  return groups.flatMap(({ services }) =>
    services.flatMap((service) => {
      const config = authConfigs.find(({ authConfigId }) => authConfigId === service.authConfigId);
      const secret = /canary-(\S+)/.exec(String(config?.apiKey))?.[1];
      if (secret === undefined || (service.isEnabled !== true && !withInactive)) return [];
      const { url } = JSON.parse(String(service.httpServiceConfig)) as { url: string };
      return [`${service[by]}, ${new URL(url).host}, ${secret}`];
    }),
  );
}

/** Calls back with each request to RingCX as it arrives: what those before it did is done, nothing of it is. */
export function onEachRequest({ simulator }: Fixture, look: (request: LoggedRequest) => void): void {
  const requests = simulator.requests as LoggedRequest[];
  const push = requests.push.bind(requests);
  requests.push = (...arrived) => {
    const length = push(...arrived);
    arrived.forEach(look);
    return length;
  };
}

/** Links a service with an auth config as a person does in the admin page. */
export function linkByHand({ simulator }: Fixture, serviceDescription: string, providerName: string): void {
  const { groups, authConfigs, accountId } = simulator.state();
  const config = authConfigs.find((one) => one.providerName === providerName);
  for (const { serviceGroupId, services } of groups) {
    const service = services.find((one) => one.serviceDescription === serviceDescription);
    if (!service || !config) continue;
    const { serviceId } = service;
    simulator.editService({ accountId, serviceGroupId, serviceId }, { authConfigId: config.authConfigId });
  }
}
