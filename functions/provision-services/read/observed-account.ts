import { namedAlike } from "../../../shared/primitives/same-name.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import { readLinks, showsLinks } from "../../../shared/secrets/account-links.ts";

/** A service and the group that it is in. */
export interface PlacedService {
  serviceGroupId: number;
  groupName: string;
  service: HttpService;
}

/** What was read of an account. `undefined` is what was not asked for, because nothing depends on it. */
export interface ObservedAccount {
  groups: readonly ServiceGroup[];
  authConfigs: readonly AuthConfig[] | undefined;
  /** By `serviceId`. */
  inputs: ReadonlyMap<number, readonly ServiceInput[]>;
}

/** An account that can be read: its client, and what was read of it so far. */
export interface AccountReader {
  account: RingCxAccount;
  observed: AccountCache;
}

/**
 * What RingCX says of an account, read once for all messages of a batch. Our own writes are entered as RingCX
 * answered them, so that the next message sees them without another read.
 */
export class AccountCache implements ObservedAccount {
  readonly #account: RingCxAccount;
  #groups: ServiceGroup[] | undefined;
  #authConfigs: AuthConfig[] | undefined;
  #inputs = new Map<number, ServiceInput[]>();
  /** By `serviceGroupId`, then by `serviceId`: links that v1 does not show. */
  #links = new Map<number, Map<number, string>>();

  constructor(account: RingCxAccount) {
    this.#account = account;
  }

  get groups(): readonly ServiceGroup[] {
    return this.#groups ?? [];
  }

  get authConfigs(): readonly AuthConfig[] | undefined {
    return this.#authConfigs;
  }

  get inputs(): ReadonlyMap<number, readonly ServiceInput[]> {
    return this.#inputs;
  }

  /** True when the next {@link readTree} costs no request. */
  get isRead(): boolean {
    return this.#groups !== undefined;
  }

  /** One request for the whole tree, the first time. */
  async readTree(): Promise<void> {
    this.#groups ??= (await this.#account.groups.listWithChildren()).map((group) => ({ ...group }));
  }

  async readAuthConfigs(): Promise<void> {
    this.#authConfigs ??= await this.#account.authConfigs.listAll();
  }

  /** One request, the first time. */
  async readInputs(serviceGroupId: number, serviceId: number): Promise<readonly ServiceInput[]> {
    const inputs = this.#inputs.get(serviceId) ?? (await this.#account.inputs.list(serviceGroupId, serviceId));
    this.#inputs.set(serviceId, inputs);
    return inputs;
  }

  /**
   * With which auth config each service of the groups is linked, by `serviceId`; one request a group, the first time,
   * where v1 shows no links.
   */
  async readLinks(serviceGroupIds: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    const asked = this.groups.filter(({ serviceGroupId }) => serviceGroupIds.has(serviceGroupId));
    if (showsLinks(this.groups)) return readLinks(this.#account, asked, true);
    const links = new Map<number, string>();
    for (const group of asked) {
      const found = this.#links.get(group.serviceGroupId) ?? (await readLinks(this.#account, [group], false));
      this.#links.set(group.serviceGroupId, found);
      for (const [serviceId, authConfigId] of found) links.set(serviceId, authConfigId);
    }
    return links;
  }

  /** After a write whose fate is unknown, or an id that is no more: everything is read again when it is asked for. */
  invalidate(): void {
    this.#groups = undefined;
    this.#authConfigs = undefined;
    this.#inputs = new Map();
    this.#links = new Map();
  }

  service(serviceId: number): HttpService | undefined {
    return servicesOfTree(this.groups).find(({ service }) => service.serviceId === serviceId)?.service;
  }

  serviceNamed(serviceGroupId: number, serviceDescription: string): HttpService | undefined {
    const group = this.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
    return namedAlike(group?.services ?? [], serviceDescription, (service) => service.serviceDescription)[0];
  }

  groupNamed(groupName: string): ServiceGroup | undefined {
    return namedAlike(this.groups, groupName, (group) => group.groupName)[0];
  }

  noteGroup(group: ServiceGroup): void {
    const groups = this.#groups ?? [];
    const place = groups.findIndex(({ serviceGroupId }) => serviceGroupId === group.serviceGroupId);
    if (place === -1) this.#groups = [...groups, { ...group, services: [] }];
    else groups[place] = { ...group, services: groups[place]?.services ?? [] };
  }

  noteService(serviceGroupId: number, service: HttpService): void {
    if (!this.service(service.serviceId)) this.#links.delete(serviceGroupId);
    const group = this.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
    if (!group) return;
    group.services = [...(group.services ?? []).filter(({ serviceId }) => serviceId !== service.serviceId), service];
  }

  noteActive(serviceId: number, isEnabled: boolean): void {
    const placed = servicesOfTree(this.groups).find(({ service }) => service.serviceId === serviceId);
    if (placed) this.noteService(placed.serviceGroupId, { ...placed.service, isEnabled });
  }

  noteServiceGone(serviceId: number): void {
    for (const group of this.groups) {
      group.services = (group.services ?? []).filter((service) => service.serviceId !== serviceId);
    }
  }

  /** A link that v2 has confirmed. */
  noteLink(serviceGroupId: number, serviceId: number, authConfigId: string): void {
    this.#links.get(serviceGroupId)?.set(serviceId, authConfigId);
  }

  noteInputs(serviceId: number, inputs: readonly ServiceInput[]): void {
    this.#inputs.set(serviceId, [...inputs]);
  }

  noteAuthConfigGone(authConfigId: string): void {
    this.#authConfigs = this.#authConfigs?.filter((config) => config.authConfigId !== authConfigId);
  }

  noteAuthConfig(config: AuthConfig): void {
    if (!this.#authConfigs) return;
    const others = this.#authConfigs.filter(({ authConfigId }) => authConfigId !== config.authConfigId);
    this.#authConfigs = [...others, config];
  }
}

/** RingCX's ids of a service. */
export function idsOf({ serviceGroupId, service }: PlacedService): { serviceGroupId: number; serviceId: number } {
  return { serviceGroupId, serviceId: service.serviceId };
}

/** Every service of the tree, with its group. */
export function servicesOfTree(groups: readonly ServiceGroup[]): PlacedService[] {
  return groups.flatMap(({ serviceGroupId, groupName, services = [] }) =>
    services.map((service) => ({ serviceGroupId, groupName, service })),
  );
}
