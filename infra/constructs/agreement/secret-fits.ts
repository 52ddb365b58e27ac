import { Stack } from "aws-cdk-lib";
import { isToken } from "../../token.ts";
import { type AutomationPart, type Finding, isSamePlace, type Placed, type SecretPart } from "./member.ts";

type Automation = Placed<AutomationPart>;
type Secret = Placed<SecretPart>;

/**
 * A secret that no automation of the app in its place can use as it is tagged. Whose rotation function it names is its own: then
 * that is an error. Without one it may be meant for another app's.
 */
export function secretFits(secret: Secret, automations: readonly Automation[]): Finding[] {
  const caller = automations.find(({ rotationFunctionArn }) => rotationFunctionArn === secret.rotationFunctionArn);
  if (caller && isSamePlace(caller.construct, secret.construct) === "no") {
    const { path } = caller.construct.node;
    return [
      {
        message: `rotation.rotationFunctionArn: is that of ${path}, in another AWS account or region: Secrets Manager calls functions of the secret's own, and ${path} uses secrets of its own. Place the secret there.`,
      },
    ];
  }
  const near = automations.filter(({ construct }) => isSamePlace(construct, secret.construct) !== "no");
  const own = near.find(({ rotationFunctionArn }) => rotationFunctionArn === secret.rotationFunctionArn);
  const far = automations.filter(({ settings }) => settings.connections.some(({ name }) => name === secret.connection));
  if (near.length === 0 && far.length > 0) {
    const paths = far.map(({ construct }) => construct.node.path).join(", ");
    const message = `No automation of this app can use it: it is in another AWS account or region than ${paths}`;
    return [{ id: "secretOfNoAutomation", message }];
  }
  const judged = (own ? [own] : near).map((automation) => misfits(secret, automation));
  const [best] = judged.toSorted((a, b) => a.length - b.length);
  if (best === undefined || best.length === 0) return [];
  if (own) return best.map((message) => ({ message }));
  const message = `No automation of this app can use it: ${best.join("; ")}`;
  return [{ id: "secretOfNoAutomation", message }];
}

/** What two secrets of one AWS account and region may not have in common, told of the later one. */
export function secretsDiffer(secret: Secret, other: Secret): Finding[] {
  if (isSamePlace(secret.construct, other.construct) !== "yes") return [];
  const { path } = other.construct.node;
  const isNamed = secret.secretName !== undefined && secret.secretName === other.secretName;
  const shared = authConfigsOf(secret).filter((id) => authConfigsOf(other).includes(id));
  return [
    ...(isNamed ? [{ message: `secretName: "${secret.secretName}" is that of ${path}, too` }] : []),
    ...shared.map((id) => ({
      message: `authConfigs.ids: ${id} gets its credential from ${path} already, and an auth config has one secret`,
    })),
  ];
}

/** Each as `accountId/uuid`. */
function authConfigsOf({ accountIds, authConfigIds = [] }: Secret): string[] {
  return authConfigIds.map((id) => (id.includes("/") ? id : `${accountIds[0]}/${id}`).toLowerCase());
}

function misfits(secret: Secret, { construct, settings, areAccountsOpen }: Automation): string[] {
  const { path } = construct.node;
  const { connection: named, environment, accountIds, issuerArn } = secret;
  const connection = settings.connections.find(({ name }) => name === named);
  if (!connection) {
    const known = settings.connections.map(({ name }) => name).join(", ");
    return [`connection: "${named}" is none of ${path} (${known})`];
  }
  const problems: string[] = [];
  if (environment !== undefined && environment !== settings.name) {
    problems.push(`environment: "${environment}" is not the name of ${path} ("${settings.name}")`);
  }
  if (environment === undefined && connection.requireEnvironmentTag) {
    problems.push(
      `environment: is missing: ${path} requires it for connection "${named}" (write "${settings.name}", if the secret is for it)`,
    );
  }
  const unserved = accountIds.filter((accountId) => !connection.accountIds.includes(accountId));
  if (unserved.length > 0 && !areAccountsOpen) {
    problems.push(`accountIds: connection "${named}" of ${path} does not serve ${unserved.join(", ")}`);
  }
  const { issuerFunctionArns } = settings.rotation;
  if (issuerArn !== undefined && !issuerFunctionArns.some((each) => maybeSame(secret, each, issuerArn))) {
    problems.push(`rotation.issuer: is not in rotation.issuerFunctionArns of ${path}: it may not be called`);
  }
  return problems;
}

/** Whether two ARNs may be one: of which one is a reference, nobody knows. */
function maybeSame({ construct }: Secret, one: string, other: string): boolean {
  if (one === other || isToken(one) !== isToken(other)) return true;
  const stack = Stack.of(construct);
  return JSON.stringify(stack.resolve(one)) === JSON.stringify(stack.resolve(other));
}
