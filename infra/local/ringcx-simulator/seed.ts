import { randomUUID } from "node:crypto";
import { checkedAuthConfig } from "./fields/auth-config-fields.ts";
import { checkedFields, filledText, objects, oneOf, optional, required, uuid } from "./fields/checked-fields.ts";
import { checkedV1Service } from "./fields/service-config.ts";
import type { AccountRecord, AuthType, Fields, GroupRecord } from "./records.ts";
import { badRequest, Refusal } from "./refusal.ts";
import { addAuthConfig, authTypePaths } from "./voice/auth-configs.ts";
import { addGroup, checkedGroup } from "./voice/groups.ts";
import { addInputs, checkedInputs } from "./voice/inputs.ts";
import { addService, type ServicePlace } from "./voice/services.ts";

/**
 * What accounts hold at first, in RingCX's field names: a service brings its inputs in `httpServiceInputs`, and in
 * `workflows` the names of the workflows that refer to it. An auth config without an `authConfigId` gets one.
 */
export interface Seed {
  accounts: readonly SeedAccount[];
}

export interface SeedAccount {
  accountId: string;
  accountName?: string;
  authConfigs?: readonly Fields[];
  groups?: readonly (Fields & { groupName: string; services?: readonly Fields[] })[];
}

/**
 * Fills the accounts. Everything is checked as if it came over the API.
 *
 * @throws {Refusal} naming the place in the seed and the field that is wrong
 */
export function applySeed(
  { state, behaviour }: Pick<ServicePlace, "state" | "behaviour">,
  seed: unknown,
  now: number,
): void {
  for (const [index, fields] of list(seed, "accounts").entries()) {
    at(`accounts[${index}]`, () => {
      const { accountId, accountName } = checkedFields(fields, {
        accountId: required((id) => (/^\d+$/.test(String(id)) ? undefined : "must be a string of digits")),
        accountName: optional(filledText),
      });
      const known = state.account(String(accountId));
      const account = known ?? state.addAccount(String(accountId), accountName as string | undefined);
      list(fields, "authConfigs").forEach((config, i) => {
        at(`authConfigs[${i}]`, () => seedAuthConfig(account, config, now));
      });
      list(fields, "groups").forEach((group, i) => {
        at(`groups[${i}]`, () => seedGroup({ state, account, behaviour }, group));
      });
    });
  }
}

function seedAuthConfig(account: AccountRecord, fields: Fields, now: number): void {
  const { authType, authConfigId = randomUUID() } = checkedFields(fields, {
    authType: required(oneOf(...Object.keys(authTypePaths))),
    authConfigId: optional(uuid),
  });
  const id = String(authConfigId).toLowerCase();
  addAuthConfig(account, authType as AuthType, id, checkedAuthConfig(fields, authType as AuthType, id), now);
}

function seedGroup(place: ServicePlace, fields: Fields): void {
  const { services: _services, ...own } = checkedGroup(fields);
  const group = addGroup(place, own);
  list(fields, "services").forEach((service, i) => {
    at(`services[${i}]`, () => seedService(place, group, service));
  });
}

function seedService(place: ServicePlace, group: GroupRecord, fields: Fields): void {
  const { state, account } = place;
  const { httpServiceInputs = [], workflows = [], ...own } = checkedV1Service(fields, account);
  const service = addService(place, group, own);
  at("httpServiceInputs", () => addInputs(state, service, checkedInputs(httpServiceInputs)));
  if (!Array.isArray(workflows)) throw badRequest("workflows: must be an array of names");
  service.workflows = workflows.map(String);
}

function list(fields: unknown, name: string): Fields[] {
  return (checkedFields(fields, { [name]: optional(objects) })[name] ?? []) as Fields[];
}

function at(place: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.status, error.errorCode, `${place}: ${error.message}`);
  }
}
