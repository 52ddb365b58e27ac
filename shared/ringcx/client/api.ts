import type { Capacity } from "../quota/quota.ts";
import type { Priority } from "../quota/quota-policy.ts";
import type { Account } from "../resources/account.ts";
import type {
  ApiKeyWrite,
  AuthConfig,
  AuthConfigWrite,
  BasicWrite,
  CustomAuthWrite,
  JwtWrite,
  OAuthWrite,
} from "../resources/auth-config.ts";
import type { HttpService, HttpServiceV2, HttpServiceWrite } from "../resources/http-service.ts";
import type { ServiceGroup, ServiceGroupWrite } from "../resources/service-group.ts";
import type { ServiceInput, ServiceInputWrite } from "../resources/service-input.ts";

/** How a call is made: whose turn it is, and until when it may take. */
export interface CallOptions {
  priority: Priority;
  /** Epoch milliseconds by which every call must have ended, retries and waiting included. */
  deadline?: number | undefined;
  /** Asked before a request that failed is sent again: what it throws ends the call. @default it is sent again */
  beforeRepeat?: (() => Promise<void>) | undefined;
  /**
   * Asked at once after a request that may have been done, and whose answer did not come: what it throws ends the call.
   * @default it is sent again
   */
  onLostAnswer?: (() => Promise<void>) | undefined;
}

/** One page of a list. RingCX's own default applies to what is left out. */
export interface Page {
  page?: number;
  maxRows?: number;
}

/** One RingCX login and what it may administer. */
export interface RingCx {
  readonly connection: string;
  readonly accounts: { list(options?: Partial<CallOptions>): Promise<Account[]> };
  account(accountId: string, options: CallOptions): RingCxAccount;
}

/** The remote HTTP services of one sub-account, called at one priority. */
export interface RingCxAccount {
  readonly accountId: string;
  readonly groups: Groups;
  readonly services: Services;
  readonly inputs: Inputs;
  readonly authConfigs: AuthConfigs;
  /** Reads the token and the quota ahead, beside whatever else is read, so that a call that follows at once waits less. No request. */
  prepare(): Promise<void>;
  /** Would that many calls go now? Asked before a piece of work spends its first one. */
  hasCapacity(calls: number): Promise<Capacity>;
  /**
   * For how long a read may still be older than what was written to the account, by whomever of us, in milliseconds. Until
   * then it is no proof that something is missing, or other than it was made. No request.
   */
  unshownMs(): Promise<number>;
  /**
   * Tells a broken assumption that shows in no single answer, as the client tells those that do: by a metric, and a line of the log.
   * Each error once; what is no `AssumptionBrokenError` is passed over. No request.
   */
  noteBroken(error: unknown): void;
}

/** Service groups of one account. */
export interface Groups {
  /** One page: without one, as many as RingCX gives by default, which may be a part. */
  list(page?: Page): Promise<ServiceGroup[]>;
  /** All of them, in however many pages, without their services. */
  listAll(): Promise<ServiceGroup[]>;
  create(group: ServiceGroupWrite): Promise<ServiceGroup>;
  /** The account's whole tree, in one call; one more for a group with as many services as RingCX may show at most. */
  listWithChildren(options?: { includePermissions?: boolean }): Promise<ServiceGroup[]>;
  get(serviceGroupId: number): Promise<ServiceGroup>;
  update(serviceGroupId: number, group: ServiceGroupWrite): Promise<ServiceGroup>;
}

/** Remote HTTP services of one account. Every id is a number that RingCX gave. */
export interface Services {
  /** One page, as {@link Groups.list}. */
  list(serviceGroupId: number, page?: Page): Promise<HttpService[]>;
  /** All of them, in however many pages. */
  listAll(serviceGroupId: number): Promise<HttpService[]>;
  create(serviceGroupId: number, service: HttpServiceWrite): Promise<HttpService>;
  get(serviceGroupId: number, serviceId: number): Promise<HttpService>;
  /** Replaces the whole record: give what was read, changed. */
  update(serviceGroupId: number, serviceId: number, service: HttpServiceWrite): Promise<HttpService>;
  clone(serviceGroupId: number, serviceId: number, newName: string): Promise<HttpService>;
  /** Resolves when RingCX took the new state; its answer is a bare boolean whose meaning is not documented. */
  setActive(serviceGroupId: number, serviceId: number, isActive: boolean): Promise<boolean>;
  /** With each service's `authConfigId`, whatever v1 shows. */
  listV2(serviceGroupId: number, page?: Page): Promise<HttpServiceV2[]>;
  /** {@link Services.listV2}, all of it, in however many pages. */
  listAllV2(serviceGroupId: number): Promise<HttpServiceV2[]>;
  getV2(serviceGroupId: number, serviceId: number): Promise<HttpServiceV2>;
  updateV2(serviceGroupId: number, serviceId: number, service: Record<string, unknown>): Promise<HttpServiceV2>;
  delete(serviceGroupId: number, serviceId: number): Promise<void>;
}

/** Inputs of a service. */
export interface Inputs {
  list(serviceGroupId: number, serviceId: number): Promise<ServiceInput[]>;
  create(serviceGroupId: number, serviceId: number, inputs: readonly ServiceInputWrite[]): Promise<ServiceInput[]>;
  get(serviceGroupId: number, serviceId: number, inputId: number): Promise<ServiceInput>;
  delete(serviceGroupId: number, serviceId: number, inputId: number): Promise<boolean>;
}

/** The client chooses the UUID of an auth config, so a lost creation is found again under it. */
export interface AuthConfigs {
  list(page?: Page): Promise<AuthConfig[]>;
  /** All of them, in however many pages. */
  listAll(): Promise<AuthConfig[]>;
  get(authConfigId: string): Promise<AuthConfig>;
  delete(authConfigId: string): Promise<void>;
  create(authConfigId: string, config: AuthConfigWrite): Promise<AuthConfig>;
  createApiKey(authConfigId: string, config: ApiKeyWrite): Promise<AuthConfig>;
  createBasic(authConfigId: string, config: BasicWrite): Promise<AuthConfig>;
  createOAuth(authConfigId: string, config: OAuthWrite): Promise<AuthConfig>;
  createJwt(authConfigId: string, config: JwtWrite): Promise<AuthConfig>;
  createCustomAuth(authConfigId: string, config: CustomAuthWrite): Promise<AuthConfig>;
  /** Changes the credential in place: what refers to the auth config need not change. */
  update(authConfigId: string, config: AuthConfigWrite): Promise<AuthConfig>;
  updateApiKey(authConfigId: string, config: ApiKeyWrite): Promise<AuthConfig>;
  updateBasic(authConfigId: string, config: BasicWrite): Promise<AuthConfig>;
  updateOAuth(authConfigId: string, config: OAuthWrite): Promise<AuthConfig>;
  updateJwt(authConfigId: string, config: JwtWrite): Promise<AuthConfig>;
  updateCustomAuth(authConfigId: string, config: CustomAuthWrite): Promise<AuthConfig>;
}
