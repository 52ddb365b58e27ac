import type { RingCxAccount } from "../../shared/ringcx/client/api.ts";
import { type AuthConfig, isSameId } from "../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroup } from "../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../shared/ringcx/resources/service-input.ts";
import type { CliContext } from "../context.ts";
import type { Environment } from "../environment/environment.ts";
import { patiently, ringCxAccount } from "../environment/ringcx.ts";

/** A service in RingCX, with its group. */
export interface PlacedService {
  name: { accountId: string; groupName: string; serviceDescription: string };
  serviceGroupId: number;
  service: HttpService;
}

/** Reads of an account in RingCX, each waiting for its place in the quota. */
export interface RingCxReader {
  groups(): Promise<ServiceGroup[]>;
  /** Every service, with the auth config that it is linked with as far as v1 shows it. */
  services(): Promise<PlacedService[]>;
  inputs(service: PlacedService): Promise<ServiceInput[]>;
  authConfigs(): Promise<AuthConfig[]>;
  /** With each service's link, which v1 may not show: one request more for each group, where v1 shows none at all. */
  linkedServices(): Promise<PlacedService[]>;
}

/** @param accountId one that the environment serves */
export function ringCxReader(environment: Environment, accountId: string, context: CliContext): RingCxReader {
  const account = ringCxAccount(environment, accountId, context.clock);
  const call = <T>(reading: (of: RingCxAccount) => Promise<T>) => patiently(context, () => reading(account));
  const services = async (): Promise<PlacedService[]> =>
    (await call((of) => of.groups.listWithChildren())).flatMap((group) =>
      (group.services ?? []).map((service) => ({
        name: { accountId, groupName: group.groupName, serviceDescription: service.serviceDescription },
        serviceGroupId: group.serviceGroupId,
        service,
      })),
    );
  return {
    groups: () => call((of) => of.groups.listWithChildren()),
    services,
    inputs: ({ serviceGroupId, service }) => call((of) => of.inputs.list(serviceGroupId, service.serviceId)),
    authConfigs: () => call((of) => of.authConfigs.listAll()),
    async linkedServices() {
      const placed = await services();
      if (placed.some(({ service }) => service.authConfigId !== undefined)) return placed;
      const links = new Map<number, string>();
      for (const serviceGroupId of new Set(placed.map((one) => one.serviceGroupId))) {
        for (const { serviceId, authConfigId } of await call((of) => of.services.listAllV2(serviceGroupId))) {
          if (authConfigId !== undefined) links.set(serviceId, authConfigId);
        }
      }
      return placed.map((one) => {
        const authConfigId = links.get(one.service.serviceId);
        return authConfigId === undefined ? one : { ...one, service: { ...one.service, authConfigId } };
      });
    },
  };
}

/** The auth config that a service is linked with. */
export function authConfigOf(service: HttpService, authConfigs: readonly AuthConfig[]): AuthConfig | undefined {
  const { authConfigId } = service;
  return authConfigId === undefined
    ? undefined
    : authConfigs.find((config) => isSameId(config.authConfigId, authConfigId));
}
