import { createHash } from "node:crypto";
import { matchesWildcard } from "./condition.ts";
import { isAuthorized } from "./is-authorized.ts";
import type { PolicyDocument, Statement } from "./statement.ts";

/** A statement and where the template has it. */
export interface Grant {
  policy: string;
  statement: Statement;
}

/** A role of the template with everything that its policies say. */
export interface Role {
  logicalId: string;
  name: string;
  arn: string;
  /** As in AWS's ids, `AROA…`. */
  id: string;
  trust: PolicyDocument;
  grants: Grant[];
  tags: ReadonlyMap<string, string>;
}

/** An access key and who it stands for. */
export interface Principal {
  accessKeyId: string;
  secretAccessKey: string;
  /** Absent for the administrator, who may do everything. */
  role?: Role;
  /** Name of the session, which is the function's name. */
  session: string;
  /** What people call it, where that is another name: the id of a function's construct. */
  calledName?: string;
}

/** What in the template was granted, and what of it was used. */
export interface UnusedPermission {
  role: string;
  policy: string;
  actions: readonly string[];
  resources: readonly string[];
}

function digest(text: string, length: number): string {
  const hash = createHash("sha256").update(text).digest("hex").toUpperCase();
  return hash.slice(0, length);
}

/** The roles of the template, and the access keys by which callers are known. */
export class Roles {
  readonly #roles = new Map<string, Role>();
  readonly #principals = new Map<string, Principal>();
  readonly #used = new Map<Statement, Set<string>>();
  /** Managed policies of the template by ARN. */
  readonly managedPolicies = new Map<string, PolicyDocument>();
  readonly account: string;
  readonly administrator: Principal;

  constructor(account: string) {
    this.account = account;
    this.administrator = this.#remember({
      accessKeyId: "AKIAADMINISTRATOR000",
      secretAccessKey: "administrator",
      session: "administrator",
    });
  }

  #remember(principal: Principal): Principal {
    this.#principals.set(principal.accessKeyId, principal);
    return principal;
  }

  add(
    logicalId: string,
    name: string,
    path: string,
    trust: PolicyDocument,
    tags: ReadonlyMap<string, string> = new Map(),
  ): Role {
    const arn = `arn:aws:iam::${this.account}:role${path}${name}`;
    const role: Role = { logicalId, name, arn, id: `AROA${digest(arn, 17)}`, trust, grants: [], tags };
    this.#roles.set(name, role);
    return role;
  }

  find(nameOrArn: string): Role | undefined {
    const role = this.#roles.get(nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1));
    return nameOrArn.startsWith("arn:") && role?.arn !== nameOrArn ? undefined : role;
  }

  /** @param nameOrArn as `Ref` and `Fn::GetAtt Arn` of a role give it */
  get(nameOrArn: string): Role {
    const role = this.find(nameOrArn);
    if (role) return role;
    throw new Error(`The template has no role ${nameOrArn}`);
  }

  /**
   * @param sourceArn what the service acts for, as it says itself
   * @throws when an AWS service may not take on the role
   */
  checkTrust({ trust, logicalId, arn }: Role, service: string, sourceArn: string): void {
    const named = trust.Statement.filter(
      ({ Principal }) => typeof Principal === "object" && Principal.Service?.includes(service),
    );
    const context = { "aws:SourceAccount": this.account, "aws:SourceArn": sourceArn };
    if (isAuthorized(named, { action: "sts:AssumeRole", resource: arn, context }).isAllowed) return;
    throw new Error(`The role ${logicalId} does not let ${service} assume it for ${sourceArn}`);
  }

  /**
   * An access key for a session of a role. The same role and session get the same key.
   *
   * @param calledName what people call it, where that is another name
   */
  keyFor(role: Role, session: string, calledName?: string): Principal {
    const accessKeyId = `ASIA${digest(`${role.arn}/${session}`, 16)}`;
    const known = this.#principals.get(accessKeyId);
    const named = calledName !== undefined && { calledName };
    return known ?? this.#remember({ accessKeyId, secretAccessKey: digest(accessKeyId, 40), role, session, ...named });
  }

  /** Everybody who has a key. */
  get principals(): readonly Principal[] {
    return [...this.#principals.values()];
  }

  /** The access key of a function, by the function's name. */
  principalOf(session: string): Principal | undefined {
    return [...this.#principals.values()].find((principal) => principal.role && principal.session === session);
  }

  principal(accessKeyId: string): Principal | undefined {
    return this.#principals.get(accessKeyId);
  }

  /** What `sts:GetCallerIdentity` says about an access key. */
  identity({ role, session }: Principal): { arn: string; userId: string } {
    if (!role) return { arn: `arn:aws:iam::${this.account}:user/${session}`, userId: "AIDAADMINISTRATOR" };
    return {
      arn: `arn:aws:sts::${this.account}:assumed-role/${role.name}/${session}`,
      userId: `${role.id}:${session}`,
    };
  }

  markUsed(statements: readonly Statement[], action: string): void {
    for (const statement of statements) {
      const actions = this.#used.get(statement) ?? new Set<string>();
      this.#used.set(statement, actions.add(action));
    }
  }

  /** Every action of every statement that allows something, and whether a call was allowed by it. */
  permissions(): (Omit<UnusedPermission, "actions"> & { action: string; isUsed: boolean })[] {
    return [...this.#roles.values()].flatMap(({ logicalId, grants }) =>
      grants
        .filter(({ statement }) => statement.Effect === "Allow")
        .flatMap(({ policy, statement }) => {
          const used = [...(this.#used.get(statement) ?? [])];
          return (statement.Action ?? []).map((action) => ({
            role: logicalId,
            policy,
            action,
            resources: statement.Resource ?? [],
            isUsed: used.some((one) => matchesWildcard(action, one, { ignoreCase: true })),
          }));
        }),
    );
  }

  /** Statements with the actions of each that no call was allowed by; one whose every action was used is not in. */
  unused(): UnusedPermission[] {
    const unused = this.permissions().filter(({ isUsed }) => !isUsed);
    const statements = Map.groupBy(unused, ({ role, policy, resources }) => JSON.stringify([role, policy, resources]));
    return [...statements.values()].flatMap((permissions) => {
      const [first] = permissions;
      if (!first) return [];
      const { role, policy, resources } = first;
      return [{ role, policy, resources, actions: permissions.map(({ action }) => action) }];
    });
  }
}
