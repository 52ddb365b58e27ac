import { createHash } from "node:crypto";
import { Arn, ArnFormat, Stack } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { generatedName } from "../generated-name.ts";
import { output } from "./building-blocks/output.ts";
import { parameterPath } from "./building-blocks/parameter-path.ts";

/** Characters of a standard parameter, which costs nothing. Source: AWS Systems Manager User Guide, "Managing parameter tiers". */
const mostCharacters = 4_096;

/** What the accounts may take of a function's variables, in bytes as JSON: the rest has room for a dozen connections. */
const mostBytesInVariables = 1_500;

type WithAccounts = { name: string; accountIds: readonly string[] };

/** Whether the accounts of all connections together are more than a function's variables have room for. */
export function areTooManyForVariables(connections: readonly WithAccounts[]): boolean {
  return JSON.stringify(connections.flatMap(({ accountIds }) => accountIds)).length > mostBytesInVariables;
}

/**
 * The accounts of each connection as parameters of Systems Manager, `PATH/<connection>/<n>`. Functions read all that is below the
 * path, each minute: people may add parameters of their own there, which no deployment touches.
 */
export class AccountParameters extends Construct {
  /** `/ringcx-automation/ENVIRONMENT/accounts` */
  readonly path: string;
  readonly #parameters: CfnParameter[] = [];

  constructor(
    scope: Construct,
    id: string,
    { name, connections }: { name: string; connections: readonly WithAccounts[] },
  ) {
    super(scope, id);
    this.path = `${parameterPath(name)}/accounts`;
    for (const each of connections) this.#add(each.name, slicesOf(each.accountIds));
    output(this, "AccountsPath", { value: this.path });
  }

  #add(connection: string, slices: readonly (readonly string[])[]): void {
    const made = slices.map(
      (accountIds, index) =>
        new CfnParameter(this, `${generatedName(connection)}${index + 1}`, {
          name: `${this.path}/${connection}/${index + 1}`,
          type: "StringList",
          value: accountIds.join(","),
          description: `Accounts of the connection "${connection}", by the deployment; add others in a parameter beside it`,
        }),
    );
    // Of twice as many slices the second half is made before the first one is cut: no account is nowhere meanwhile.
    for (const [index, slice] of made.slice(0, made.length / 2).entries()) {
      const other = made[index + made.length / 2];
      if (other) slice.addResourceDependency(other);
    }
    this.#parameters.push(...made);
  }

  /** Lets a function read what is below the path, and has it wait for what the deployment puts there. */
  grantRead(grantee: IGrantable): void {
    const resource = Arn.format(
      // The path begins with the slash that an ARN has before a name.
      {
        service: "ssm",
        resource: "parameter",
        resourceName: this.path.slice(1),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      },
      Stack.of(this),
    );
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ["ssm:GetParametersByPath"], resources: [resource] }),
    );
    if (Construct.isConstruct(grantee)) grantee.node.addDependency(...this.#parameters);
  }
}

/**
 * Accounts by slices of a parameter each: by a hash, so that an account that comes or goes moves no other one, and a power of two
 * of them, so that twice as many cut each in two.
 */
export function slicesOf(accountIds: readonly string[]): string[][] {
  for (let count = 1; ; count *= 2) {
    const slices: string[][] = Array.from({ length: count }, () => []);
    for (const accountId of accountIds.toSorted()) {
      slices[createHash("sha256").update(accountId).digest().readUInt32BE() % count]?.push(accountId);
    }
    if (slices.every((slice) => slice.join(",").length <= mostCharacters))
      return slices.filter(({ length }) => length > 0);
  }
}
