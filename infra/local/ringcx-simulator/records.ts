// What the simulator holds, in RingCX's own field names. Records keep fields that it does not know.

/** Fields by name, whatever they hold. */
export type Fields = Record<string, unknown>;

export interface InputRecord extends Fields {
  inputId: number;
  name: string;
}

export interface ServiceRecord extends Fields {
  serviceId: number;
  accountId: string;
  serviceType: string;
  /** The service's name. */
  serviceDescription: string;
  /** For HTTP services: a JSON string. */
  httpServiceConfig?: string;
  authConfigId?: string;
  isEnabled: boolean;
  inputs: InputRecord[];
  /** Names of workflows that refer to this service and so prevent its deletion. */
  workflows: string[];
}

export interface GroupRecord extends Fields {
  serviceGroupId: number;
  groupName: string;
  isDefault: boolean;
  services: ServiceRecord[];
}

export interface AuthConfigRecord extends Fields {
  authConfigId: string;
  authType: AuthType;
  providerName?: string;
}

export interface AccountRecord {
  accountId: string;
  accountName: string;
  groups: GroupRecord[];
  authConfigs: AuthConfigRecord[];
}

export type AuthType = "APIKEY" | "BASIC" | "OAUTH" | "JWT" | "CUSTOM_AUTH";

/** Every account, and the next id: ids are unique across accounts, so that one of another account is never found. */
export class RingCxState {
  /** The account above the sub-accounts. */
  readonly mainAccountId = "100000";
  readonly #accounts = new Map<string, AccountRecord>();
  #nextId = 4567;

  get accounts(): readonly AccountRecord[] {
    return [...this.#accounts.values()];
  }

  account(accountId: string): AccountRecord | undefined {
    return this.#accounts.get(accountId);
  }

  addAccount(accountId: string, accountName = `Account ${accountId}`): AccountRecord {
    const account: AccountRecord = { accountId, accountName, groups: [], authConfigs: [] };
    this.#accounts.set(accountId, account);
    return account;
  }

  nextId(): number {
    return this.#nextId++;
  }
}
