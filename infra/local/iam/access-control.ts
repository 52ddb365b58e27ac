import { keepLatest } from "../../../shared/primitives/keep-latest.ts";
import { type AwsRequest, AwsServiceError } from "../gateway/aws-request.ts";
import { accessRequests, type Locality } from "./access-requests.ts";
import { type AccessRequest, isAuthorized } from "./is-authorized.ts";
import { keyActions } from "./key-actions.ts";
import { isNamedBy } from "./principals.ts";
import type { Principal, Role, Roles } from "./roles.ts";
import type { Statement } from "./statement.ts";

/** A call that was refused, for reports. */
export interface Denial {
  role: string;
  action: string;
  resource: string;
}

/** So many denials are kept. */
const maxDenials = 1_000;

const refused = (message: string) => new AwsServiceError("AccessDeniedException", message);

/** Evaluates the template's roles and resource policies for every call. */
export class AccessControl {
  readonly #roles: Roles;
  readonly #locality: Locality;
  readonly #resourcePolicies = new Map<string, Statement[]>();
  readonly #keys = new Map<string, string>();
  readonly denials: Denial[] = [];

  constructor(roles: Roles, locality: Locality) {
    this.#roles = roles;
    this.#locality = locality;
  }

  /** Adds statements to a resource's own policy. */
  attach(resourceArn: string, statements: readonly Statement[]): void {
    this.#resourcePolicies.set(resourceArn, [...(this.#resourcePolicies.get(resourceArn) ?? []), ...statements]);
  }

  /** Notes that a resource is encrypted with a key of the template, which its users need as well. */
  encrypt(resourceArn: string, key: string): void {
    const { region, account } = this.#locality;
    if (key.startsWith("alias/aws/") || key.includes(":alias/aws/")) return;
    this.#keys.set(resourceArn, key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${account}:key/${key}`);
  }

  /** @throws {AwsServiceError} when the caller is not known, or may not do what it asks for */
  authorize(request: AwsRequest): void {
    const principal = this.#roles.principal(request.accessKeyId);
    if (!principal) {
      throw new AwsServiceError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    }
    if (!principal.role) return;
    for (const access of accessRequests(request, this.#locality)) this.check(principal, access);
  }

  /** @throws {AwsServiceError} `AccessDeniedException`, in AWS's words */
  check(principal: Principal, { action, resource, context }: AccessRequest): void {
    const { role } = principal;
    if (!role) return;
    this.#checkOne(principal, role, { action, resource, context });
    const key = this.#keys.get(resource) ?? this.#keys.get(resource.replace(/\/index\/.*$/, ""));
    if (!key) return;
    const [service = ""] = action.split(":");
    const viaService = { "kms:ViaService": `${service}.${this.#locality.region}.amazonaws.com` };
    const { required, alsoUsed } = keyActions(action);
    for (const needed of required) {
      this.#checkOne(principal, role, { action: needed, resource: key, context: viaService });
    }
    for (const used of alsoUsed) this.#note(role, { action: used, resource: key, context: viaService });
  }

  /** Marks what the services do on a role's behalf without a call that comes by here. */
  note(role: Role, action: string, resource: string): boolean {
    return this.#note(role, { action, resource, context: {} });
  }

  #note(role: Role, access: AccessRequest): boolean {
    const decision = isAuthorized(
      role.grants.map(({ statement }) => statement),
      this.#withContext(role, access),
    );
    if (decision.isAllowed) this.#roles.markUsed(decision.by, access.action);
    return decision.isAllowed;
  }

  #withContext({ arn, tags }: Role, { action, resource, context }: AccessRequest): AccessRequest {
    const { region, account } = this.#locality;
    return {
      action,
      resource,
      context: {
        // Loopback stands in for TLS: what is refused over plain HTTP in AWS is not refused here.
        "aws:SecureTransport": "true",
        "aws:PrincipalArn": arn,
        ...Object.fromEntries([...tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
        "aws:PrincipalAccount": account,
        "aws:ResourceAccount": account,
        "aws:RequestedRegion": region,
        ...context,
      },
    };
  }

  #checkOne(principal: Principal, role: Role, access: AccessRequest): void {
    const request = this.#withContext(role, access);
    const own = isAuthorized(
      role.grants.map(({ statement }) => statement),
      request,
    );
    const caller = { kind: "role" as const, role, session: principal.session };
    const policy = this.#resourcePolicies.get(access.resource) ?? [];
    const byResource = isAuthorized(
      policy.filter((statement) => isNamedBy(statement, caller, this.#locality.account)),
      request,
    );
    const isDenied = [own, byResource].some((decision) => !decision.isAllowed && decision.why === "explicit deny");
    if (!isDenied && own.isAllowed) {
      this.#roles.markUsed(own.by, access.action);
      return;
    }
    if (!isDenied && byResource.isAllowed) return;
    keepLatest(this.denials, { role: role.logicalId, action: access.action, resource: access.resource }, maxDenials);
    const reason = isDenied
      ? "with an explicit deny"
      : `because no identity-based policy allows the ${access.action} action`;
    throw refused(
      `User: ${this.#roles.identity(principal).arn} is not authorized to perform: ${access.action} on resource: ${access.resource} ${reason}`,
    );
  }

  /**
   * Whether an AWS service may act on a resource, and use its key, by their own policies.
   *
   * @throws {AwsServiceError} `AccessDeniedException`
   */
  checkService(service: string, action: string, resource: string, sourceArn: string): void {
    this.#checkServiceOn(service, action, resource, sourceArn);
    const key = this.#keys.get(resource);
    if (!key) return;
    for (const needed of keyActions(action).required) this.#checkServiceOn(service, needed, key, sourceArn);
  }

  #checkServiceOn(service: string, action: string, resource: string, sourceArn: string): void {
    const statements = (this.#resourcePolicies.get(resource) ?? []).filter((statement) =>
      isNamedBy(statement, { kind: "service", name: service }, this.#locality.account),
    );
    const { account } = this.#locality;
    const context = { "aws:SourceArn": sourceArn, "aws:SourceAccount": account, "aws:SecureTransport": "true" };
    if (isAuthorized(statements, { action, resource, context }).isAllowed) return;
    keepLatest(this.denials, { role: service, action, resource }, maxDenials);
    throw refused(`${service} is not authorized to perform: ${action} on resource: ${resource} for ${sourceArn}`);
  }
}
