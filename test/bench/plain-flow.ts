import type { RingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";

/** RingCX as the source document has it, one request after the other: what a script of an afternoon does. */
export class PlainRingCx {
  requests = 0;
  readonly #base: string;
  readonly #token: string;

  constructor({ url, accessToken }: Pick<RingCxSimulator, "url" | "accessToken">, accountId: string) {
    this.#base = `${url}/voice/api/v1/admin/accounts/${accountId}`;
    this.#token = accessToken;
  }

  /** @throws {Error} with what RingCX answered */
  // biome-ignore lint/suspicious/noExplicitAny: a script has no types for answers.
  async call(method: string, path: string, body?: unknown): Promise<any> {
    this.requests += 1;
    const response = await fetch(`${this.#base}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /**
   * Steps 1 to 5 of "Remote HTTP Service APIs", for what is there and for what is not: select or create, write, attach,
   * activate. It compares nothing, so what is there is written again.
   */
  async provision({ group, authConfig, services }: PlainSetUp): Promise<void> {
    const groups: Group[] = await this.call("GET", "httpServiceGroups");
    const known = groups.find(({ groupName }) => groupName === group.groupName);
    const { serviceGroupId }: Group = known ?? (await this.call("POST", "httpServiceGroups", group));
    const configs = await this.#authConfigs();
    const { authConfigId, ...credential } = authConfig;
    const isThere = configs.some((one) => one.authConfigId === authConfigId);
    await this.call(isThere ? "PATCH" : "POST", `external/authConfigs/${authConfigId}/oauth`, credential);
    const path = `httpServiceGroups/${serviceGroupId}/httpServices`;
    const present: Service[] = await this.call("GET", path);
    for (const { inputs, ...service } of services) {
      const record = { ...service, authConfigId, isEnabled: false };
      const found = present.find(({ serviceDescription }) => serviceDescription === service.serviceDescription);
      const { serviceId }: Service = found
        ? { ...found, ...(await this.call("PUT", `${path}/${found.serviceId}`, { ...found, ...record })) }
        : await this.call("POST", path, record);
      if (!found) await this.call("POST", `${path}/${serviceId}/inputs`, inputs);
      await this.setActive(serviceGroupId, serviceId, true);
    }
  }

  async setActive(serviceGroupId: number, serviceId: number, isActive: boolean): Promise<void> {
    const path = `httpServiceGroups/${serviceGroupId}/httpServices/${serviceId}/setIsActive`;
    await this.call("PUT", path, { isActive });
  }

  /** Finds a service by its names, and takes it out or back. */
  async switch(groupName: string, name: string, isActive: boolean): Promise<void> {
    const groups: Group[] = await this.call("GET", "httpServiceGroups");
    const group = groups.find((one) => one.groupName === groupName);
    if (!group) throw new Error(`no group ${groupName}`);
    const services: Service[] = await this.call("GET", `httpServiceGroups/${group.serviceGroupId}/httpServices`);
    const service = services.find(({ serviceDescription }) => serviceDescription === name);
    if (!service) throw new Error(`no service ${name}`);
    await this.setActive(group.serviceGroupId, service.serviceId, isActive);
  }

  async #authConfigs(): Promise<AuthConfig[]> {
    const answer = await this.call("GET", "external/authConfigs");
    return Array.isArray(answer) ? answer : answer.records;
  }

  /** Finds an auth config by its provider's name, and writes a key. */
  async rotate(providerName: string, apiKey: string): Promise<void> {
    const all = await this.#authConfigs();
    const found = all.find((one) => one.providerName === providerName);
    if (!found) throw new Error(`no auth config ${providerName}`);
    await this.call("PATCH", `external/authConfigs/${found.authConfigId}/apiKey`, { providerName, apiKey });
  }
}

interface Group {
  groupName: string;
  serviceGroupId: number;
}

interface Service {
  serviceDescription: string;
  serviceId: number;
}

interface AuthConfig {
  providerName: string;
  authConfigId: string;
}

/** What is to be there. */
export interface PlainSetUp {
  group: { groupName: string; isDefault: boolean };
  authConfig: AuthConfig & Record<string, unknown>;
  services: readonly { serviceDescription: string; inputs: readonly object[]; [field: string]: unknown }[];
}
