import type { Clock } from "../../../shared/primitives/clock.ts";
import { namedOrCut } from "../../../shared/primitives/same-name.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import { readLinks, showsLinks } from "../../../shared/secrets/account-links.ts";
import type { OwnWrites } from "./own-writes.ts";

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
  readonly #own: OwnWrites;
  readonly #clock: Pick<Clock, "now">;
  /** A list that was read after a write did not show it: those of the next writes are not read at once. */
  isLate = false;
  #looked: { at: number; groups: readonly ServiceGroup[] } = { at: Number.NEGATIVE_INFINITY, groups: [] };
  #groups: ServiceGroup[] | undefined;
  #authConfigs: AuthConfig[] | undefined;
  #inputs = new Map<number, ServiceInput[]>();
  /** By `serviceGroupId`, then by `serviceId`: links that v1 does not show. */
  #links = new Map<number, Map<number, string>>();

  constructor(account: RingCxAccount, own: OwnWrites, clock: Pick<Clock, "now">) {
    this.#account = account;
    this.#own = own;
    this.#clock = clock;
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

  /** One request for the whole tree, the first time; without what we have just deleted. @param account who asks */
  async readTree(account = this.#account): Promise<void> {
    this.#groups ??= await this.#listTree(account);
  }

  /**
   * The groups as RingCX lists them now, or has since `after` (epoch milliseconds). What is known of the account stays, with
   * what we have made since: the list may be older.
   */
  async lookAgain(after: number, account: RingCxAccount): Promise<readonly ServiceGroup[]> {
    if (this.#looked.at <= after) await this.#listTree(account);
    return this.#looked.groups;
  }

  async #listTree(account: RingCxAccount): Promise<ServiceGroup[]> {
    const at = this.#clock.now();
    const listed = await account.groups.listWithChildren();
    const isDeleted = await this.#own.deletedOfLate();
    const groups = listed.map(({ services, ...group }) => ({
      ...group,
      ...(services && { services: services.filter(({ serviceId }) => !isDeleted(serviceId)) }),
    }));
    // What is noted from now on is not what was listed.
    this.#looked = { at, groups: groups.map((group) => ({ ...group })) };
    return groups;
  }

  /** Likewise. */
  async readAuthConfigs(): Promise<void> {
    if (this.#authConfigs) return;
    const listed = await this.#account.authConfigs.listAll();
    const isDeleted = await this.#own.deletedOfLate();
    this.#authConfigs = listed.filter(({ authConfigId }) => !isDeleted(authConfigId));
  }

  /**
   * One request, the first time.
   *
   * @throws {DeferredError} while what is listed may be older than our own last write to them
   */
  async readInputs(serviceGroupId: number, serviceId: number): Promise<readonly ServiceInput[]> {
    const known = this.#inputs.get(serviceId);
    if (known) return known;
    const inputs = await this.listInputs(serviceGroupId, serviceId);
    await this.#own.requireShown(serviceId, inputs);
    this.#inputs.set(serviceId, inputs);
    return inputs;
  }

  /** For how long a read of a service may be older than our own last write to it, in milliseconds. */
  unshownMs(serviceId: number): Promise<number> {
    return this.#own.unshownMs(serviceId);
  }

  /** As they are listed just now, which may be older than our own last write; without what that took away. */
  async listInputs(serviceGroupId: number, serviceId: number): Promise<ServiceInput[]> {
    return this.#own.withoutGone(serviceId, await this.#account.inputs.list(serviceGroupId, serviceId));
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
    this.#own.invalidate();
  }

  service(serviceId: number): HttpService | undefined {
    return servicesOfTree(this.groups).find(({ service }) => service.serviceId === serviceId)?.service;
  }

  groupNamed(groupName: string): ServiceGroup | undefined {
    return namedOrCut(this.groups, groupName, (group) => group.groupName)[0];
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

  async noteServiceGone(serviceId: number): Promise<void> {
    await this.#own.noteDeleted(serviceId);
    for (const group of this.groups) {
      group.services = (group.services ?? []).filter((service) => service.serviceId !== serviceId);
    }
  }

  /** A link that v2 has confirmed. */
  noteLink(serviceGroupId: number, serviceId: number, authConfigId: string): void {
    this.#links.get(serviceGroupId)?.set(serviceId, authConfigId);
  }

  /** A new service has none; nothing was written for that. */
  noteNoInputs(serviceId: number): void {
    this.#inputs.set(serviceId, []);
  }

  /**
   * Before inputs of a service are written, after they were read: until {@link noteInputs} nobody knows which there are.
   */
  async beginInputs(serviceId: number): Promise<void> {
    const before = this.#inputs.get(serviceId) ?? [];
    await this.#own.beginInputs(serviceId, before);
    this.#inputs.delete(serviceId);
  }

  /** Which inputs there are, once it is known. */
  async noteInputs(serviceId: number, inputs: readonly ServiceInput[]): Promise<void> {
    await this.#own.endInputs(serviceId, inputs);
    this.#inputs.set(serviceId, [...inputs]);
  }

  /** Inputs that an earlier write may have taken away. */
  async lostInputs(serviceId: number): Promise<readonly ServiceInput[]> {
    const written = await this.#own.inputs(serviceId);
    return written && !written.isKnown ? written.inputs : [];
  }

  async noteAuthConfigGone(authConfigId: string): Promise<void> {
    await this.#own.noteDeleted(authConfigId);
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
