import { type Manifest, manifestSchema } from "../../shared/contract/apply.ts";
import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { shownPath } from "../../shared/contract/door/read-json.ts";
import { messageProblems } from "../../shared/contract/message-problems.ts";
import type { Problem } from "../../shared/contract/outcome.ts";
import { namedAlike } from "../../shared/primitives/same-name.ts";
import type { AuthConfig } from "../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../shared/ringcx/resources/http-service.ts";
import type { ServiceInput } from "../../shared/ringcx/resources/service-input.ts";

/** An account as it is in RingCX. */
export interface ExportedAccount {
  groups: readonly { groupName: string }[];
  /** With the auth config that each is linked with, and its inputs. */
  services: readonly {
    groupName: string;
    service: HttpService;
    authConfig: AuthConfig | undefined;
    inputs: readonly ServiceInput[];
  }[];
  authConfigs: readonly AuthConfig[];
  /** The secret that feeds an auth config, by its `authConfigId` in lower case, where a message said so. */
  secretIds: ReadonlyMap<string, string>;
}

/** Manifests of an account, and what could not be put into them, each with what to do. */
export interface Exported {
  resources: readonly Manifest[];
  leftOut: readonly string[];
}

const flags = ["enableMappings", "isDebug", "sendAllSurveyData"];
const soapTexts = [
  "soapEndpoint",
  "soapPortname",
  "soapServicename",
  "soapOperationname",
  "soapAction",
  "targetNamespace",
];
const inputTexts = ["name", "type", "simpleDataType", "value", "rank"];

/**
 * Manifests that take over everything of an account and change nothing of it: what they name is as it is there, and what
 * they leave out stays. Whether a service is active is left out. Credentials are left out and told. Pure.
 */
export function exportManifests(account: ExportedAccount): Exported {
  const leftOut: string[] = [];
  const groups = account.groups.flatMap(({ groupName }) => {
    const name = groupName.trim();
    if (isOneOf(account.groups, groupName, (group) => group.groupName)) {
      return parsed({ kind: "httpServiceGroup", groupName: name, adopt: true }, `group ${name}`, leftOut);
    }
    leftOut.push(`group ${name}: another group has the same name in another spelling; rename one of them in RingCX`);
    return [];
  });
  const named = new Set(groups.map((group) => ("groupName" in group ? group.groupName : "")));
  const authConfigs = account.authConfigs.flatMap((config) => exportAuthConfig(config, account, leftOut));
  const services = account.services.flatMap((placed) => {
    if (named.has(placed.groupName.trim())) return exportService(placed, account, leftOut);
    leftOut.push(`service ${placed.groupName}/${placed.service.serviceDescription}: its group was left out`);
    return [];
  });
  return { resources: [...groups, ...authConfigs, ...services], leftOut };
}

function exportAuthConfig(
  { authConfigId, authType = "of no known type", providerName = "", description }: AuthConfig,
  { authConfigs, secretIds }: ExportedAccount,
  leftOut: string[],
): Manifest[] {
  const place = `auth config ${providerName || authConfigId} (${authType})`;
  const secretId = secretIds.get(authConfigId.toLowerCase());
  if (secretId === undefined) {
    leftOut.push(
      `${place}: its credential cannot be read. It goes on as it is; to have it rotated, put the credential into a secret with the tags of docs/rotation.md, and add {kind: authConfig, providerName: ${JSON.stringify(providerName)}, authType: ${authType}, secretId: NAME, adopt: true}`,
    );
    return [];
  }
  if (!isOneOf(authConfigs, providerName, (config) => config.providerName)) {
    leftOut.push(`${place}: several auth configs have this name; rename or delete the others in RingCX`);
    return [];
  }
  const described = description !== undefined && description !== "" && { description };
  return parsed(
    { kind: "authConfig", providerName: providerName.trim(), authType, ...described, secretId, adopt: true },
    place,
    leftOut,
  );
}

function exportService(
  { groupName, service, authConfig, inputs }: ExportedAccount["services"][number],
  account: ExportedAccount,
  leftOut: string[],
): Manifest[] {
  const place = `service ${groupName}/${service.serviceDescription}`;
  const siblings = account.services.filter((other) => other.groupName === groupName);
  if (!isOneOf(siblings, service.serviceDescription, (other) => other.service.serviceDescription)) {
    leftOut.push(`${place}: another service of the group has the same name; rename one of them in RingCX`);
    return [];
  }
  if (service.httpPassword !== undefined) {
    leftOut.push(
      `${place}: it holds httpUsername and httpPassword, which cannot be read. They stay as they are; put them into a secret, add an authConfig of type BASIC with it, and name that in the service`,
    );
  }
  const isSoap = service.serviceType === "SOAP";
  const secretId = authConfig && account.secretIds.get(authConfig.authConfigId.toLowerCase());
  const candidate = {
    kind: "httpService",
    groupName: groupName.trim(),
    serviceDescription: service.serviceDescription.trim(),
    serviceType: service.serviceType,
    ...fieldsOf(service, [...flags, "returntype", ...(isSoap ? soapTexts : [])]),
    ...(!isSoap && { httpServiceConfig: service.httpServiceConfig }),
    // What a manifest does not name stays: a link to an auth config that no message has made is kept, not declared.
    ...(authConfig && secretId !== undefined && { authConfig: authConfig.providerName }),
    httpServiceInputs: inputs.map((input) => fieldsOf(input, inputTexts)),
    adopt: true,
  };
  return parsed(candidate, place, leftOut);
}

/** The manifest, without headers and inputs that a manifest may not have: they stay as they are, and are told. */
function parsed(whole: Record<string, unknown>, place: string, leftOut: string[]): Manifest[] {
  const candidate = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
  // One after the other: finding is bounded.
  for (let [found] = suspectedCredentials(candidate); found; [found] = suspectedCredentials(candidate)) {
    const { path, because } = found;
    const isTaken = takeOut(candidate, path.map(String));
    leftOut.push(
      `${place}: ${shownPath(path)} carries a credential (${because}). ${isTaken ? "It stays as it is" : "The whole was left out"}; put the credential into a secret and an authConfig, and take it out there`,
    );
    if (!isTaken) return [];
  }
  for (;;) {
    const result = manifestSchema.safeParse(candidate);
    if (result.success) return [result.data];
    const problems = messageProblems(result.error, manifestSchema, candidate);
    const taken = result.error.issues.filter(({ path }) => takeOut(candidate, path.map(String)));
    leftOut.push(
      ...problems.map(
        (problem) =>
          `${place}: ${told(problem)}. ${taken.length > 0 ? "It stays as it is" : "The whole was left out: mend it in RingCX"}`,
      ),
    );
    if (taken.length === 0) return [];
  }
}

/** Takes out the header at a path, or all inputs: what is not named stays. False for what a manifest needs. */
function takeOut(candidate: Record<string, unknown>, [field = "", part, header]: readonly string[]): boolean {
  if (field === "httpServiceInputs") return delete candidate.httpServiceInputs;
  const config = candidate[field];
  if (field !== "httpServiceConfig" || typeof config !== "object" || config === null || part === undefined) {
    const isNeeded = [
      "kind",
      "groupName",
      "serviceDescription",
      "serviceType",
      "httpServiceConfig",
      "soapEndpoint",
      "providerName",
      "authType",
      "secretId",
    ];
    return !isNeeded.includes(field) && field in candidate && delete candidate[field];
  }
  const fields = config as Record<string, unknown>;
  if (part === "url" || !(part in fields)) return false;
  const headers = fields.headers;
  const isHeader =
    part === "headers" && header !== undefined && typeof headers === "object" && headers !== null && header in headers;
  return isHeader ? delete (headers as Record<string, unknown>)[header] : delete fields[part];
}

function told({ path, message, hint }: Problem): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

function fieldsOf(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

function isOneOf<T>(all: readonly T[], name: string, nameOf: (one: T) => string | undefined): boolean {
  return all.filter((one) => namedAlike([one], name, nameOf).length > 0).length === 1;
}
