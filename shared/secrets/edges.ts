import { AutomationError } from "../primitives/errors.ts";
import { hostPatternProblem, plainUrl } from "../primitives/host-pattern.ts";
import { isSameId } from "../ringcx/resources/auth-config.ts";
import type { Connection } from "../ringcx/session/connection.ts";
import { environmentProblem, isPermittedAccount, isPermittedConnection, isPermittedHost } from "./permitted-use.ts";
import { accountsOf, hostsOf, secretTags, type Tagged } from "./secret-tags.ts";

/** A service as it is or would be: where RingCX calls it, and with the credential of which auth configs. */
export interface LinkedService {
  /** As people call it: `group/service`. */
  name: string;
  /** Absolute; `undefined` where RingCX says none. */
  url: string | undefined;
  /** More than one where a change of the link may be done or not. */
  authConfigIds: readonly string[];
}

/** What of an account a change touches, as it would be afterwards. */
export interface AccountAfterwards {
  accountId: string;
  /** The connection that serves it. */
  connection: Pick<Connection, "name" | "environment">;
  services: readonly LinkedService[];
  /**
   * ARNs of the secrets whose value an auth config has or would be given, by its id; more than one where a write may be
   * done or not. An auth config that is not listed has no credential of a secret's.
   */
  secretsOf: ReadonlyMap<string, readonly string[]>;
}

/** A secret of which is known who may use it, or in words why it is not known and will not be by waiting. */
export type KnownSecret = Tagged | { arn: string; unusable: string };

/** An edge service × auth config × secret that the secret does not allow. */
export interface RefusedEdge {
  /** `undefined` where the secret does not allow the account, whatever the service. */
  service: string | undefined;
  authConfigId: string;
  secretArn: string;
  /** Where the service is or would be. */
  url: string | undefined;
  /** Names what the secret's tag would have to say. */
  message: string;
  hint: string;
}

/**
 * The edges service host × auth config × secret that were found allowed. Every write that creates an edge (a service's
 * URL or link, an auth config's credential) asks it first, with what is really written: what was not checked, because
 * somebody changed it meanwhile, is not written. {@link PermittedEdges.check} is the only way to one.
 */
export class PermittedEdges {
  readonly #services: readonly LinkedService[];
  readonly #secretsOf: AccountAfterwards["secretsOf"];

  private constructor({ services, secretsOf }: AccountAfterwards) {
    this.#services = services;
    this.#secretsOf = secretsOf;
  }

  /**
   * Checks every edge that would exist. The secret itself says who may use it: what is not known is refused.
   *
   * @param secrets all that `secretsOf` names, by ARN
   * @returns what may be written, or each edge that may not exist
   */
  static check(
    after: AccountAfterwards,
    secrets: ReadonlyMap<string, KnownSecret>,
  ): { permitted: PermittedEdges } | { refused: readonly RefusedEdge[] } {
    const refused = [...after.secretsOf].flatMap(([authConfigId, arns]) =>
      [...new Set(arns)].flatMap((secretArn) =>
        refusedEdges(after, authConfigId, secrets.get(secretArn) ?? { arn: secretArn, unusable: "it was not read" }),
      ),
    );
    return refused.length > 0 ? { refused } : { permitted: new PermittedEdges(after) };
  }

  /**
   * Before a service is written.
   *
   * @throws {AutomationError} `EDGE_NOT_CHECKED`, to be tried again from the beginning
   */
  requireLink(url: string | undefined, authConfigId: string): void {
    const isChecked = this.#services.some(
      (service) => hostOf(service.url) === hostOf(url) && isLinkedWith(service, authConfigId),
    );
    if (!isChecked) throw notChecked(`a service at ${hostOf(url)} with auth config ${authConfigId}`);
  }

  /**
   * Before an auth config is given the secret's value.
   *
   * @throws {AutomationError} `EDGE_NOT_CHECKED`, to be tried again from the beginning
   */
  requireSecret(authConfigId: string, secretArn: string): void {
    const isChecked = [...this.#secretsOf].some(([id, arns]) => isSameId(id, authConfigId) && arns.includes(secretArn));
    if (!isChecked) throw notChecked(`auth config ${authConfigId} with the secret ${secretArn}`);
  }
}

function refusedEdges(after: AccountAfterwards, authConfigId: string, secret: KnownSecret): RefusedEdge[] {
  const edge = { authConfigId, secretArn: secret.arn };
  const misuse = accountProblem(secret, after);
  if (misuse) return [{ service: undefined, url: undefined, ...edge, ...misuse }];
  return after.services.flatMap((service): RefusedEdge[] => {
    const problem = isLinkedWith(service, authConfigId) ? hostProblem(secret as Tagged, service.url) : undefined;
    return problem ? [{ service: service.name, url: service.url, ...edge, ...problem }] : [];
  });
}

function isLinkedWith({ authConfigIds }: LinkedService, authConfigId: string): boolean {
  return authConfigIds.some((id) => isSameId(id, authConfigId));
}

function accountProblem(
  secret: KnownSecret,
  { accountId, connection }: AccountAfterwards,
): Pick<RefusedEdge, "message" | "hint"> | undefined {
  if ("unusable" in secret) {
    const hint = "it must exist and have its tags ringcx:connection, ringcx:accounts and ringcx:hosts";
    return { message: `who may use the secret ${secret.arn} is not known: ${secret.unusable}`, hint };
  }
  if (!isPermittedConnection(secret, connection.name)) {
    const message = `the secret ${secret.arn} is not for the connection ${connection.name}`;
    return { message, hint: `tag it with ${secretTags.connection} = ${connection.name}, if it is` };
  }
  const misplaced = environmentProblem(secret, connection.environment);
  if (misplaced) return { ...misplaced, message: `the secret ${secret.arn} may not be used: ${misplaced.message}` };
  if (isPermittedAccount(secret, accountId)) return undefined;
  const named = accountsOf(secret).join(", ") || "none";
  const message = `the secret ${secret.arn} may not be sent to account ${accountId}: its tag ${secretTags.accounts} names ${named}`;
  return { message, hint: "whoever owns the secret can add the account to that tag" };
}

function hostProblem(secret: Tagged, url: string | undefined): Pick<RefusedEdge, "message" | "hint"> | undefined {
  if (isPermittedHost(secret, url)) return undefined;
  const host = hostOf(url);
  const named = hostsOf(secret).join(" ") || "none";
  const message = `the secret ${secret.arn} may not be sent to ${host}: its tag ${secretTags.hosts} names ${named}`;
  if (plainUrl(url) === undefined) {
    return {
      message,
      hint: "write the service's URL in RingCX with its host, once, and no header that leads elsewhere",
    };
  }
  const odd = hostsOf(secret).flatMap((one) => hostPatternProblem(one) ?? []);
  const hint = "whoever owns the secret can add the host to that tag";
  return { message, hint: odd.length > 0 ? `${hint}; it holds what can never match: ${odd.join("; ")}` : hint };
}

function hostOf(url: string | undefined): string {
  return plainUrl(url)?.host ?? "a host that its URL does not tell";
}

function notChecked(what: string): AutomationError {
  return new AutomationError(`Somebody has changed ${what} meanwhile: it was not checked against the secret's tags.`, {
    code: "EDGE_NOT_CHECKED",
    retryable: true,
  });
}
