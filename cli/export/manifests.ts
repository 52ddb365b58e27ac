import type { Manifest } from "../../shared/contract/apply.ts";
import { namedAlike } from "../../shared/primitives/same-name.ts";
import { type AuthConfig, authConfigSchema } from "../../shared/ringcx/resources/auth-config.ts";
import { type HttpService, urlOf } from "../../shared/ringcx/resources/http-service.ts";
import { serviceGroupSchema } from "../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../shared/ringcx/resources/service-input.ts";
import { otherFields, randomPathPart } from "./other-fields.ts";
import { parsed } from "./take-out.ts";

/** An account as it is in RingCX. */
export interface ExportedAccount {
  groups: readonly (Readonly<Record<string, unknown>> & { groupName: string })[];
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
  /** What is in them, and may be a credential. */
  lookAt: readonly string[];
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
/** Fields of a service that are told otherwise, or never travel: ids, whether it is active, who may do what. */
const toldOtherwise = [
  ...["serviceId", "accountId", "serviceType", "serviceDescription", "isEnabled", "permissions"],
  ...["authConfigId", "httpPassword", "httpServiceInputs"],
];

/**
 * Manifests that take over everything of an account and change nothing of it: what they name is as it is there, and what
 * they leave out stays. Whether a service is active is left out. Everything else that is left out is told: credentials, and
 * fields that no manifest has. Pure.
 */
export function exportManifests(account: ExportedAccount): Exported {
  const leftOut: string[] = [];
  const lookAt: string[] = [];
  const groups = account.groups.flatMap((group) => {
    const { groupName } = group;
    const name = groupName.trim();
    if (isOneOf(account.groups, groupName, (other) => other.groupName)) {
      leftOut.push(...otherFields(`group ${name}`, group, Object.keys(serviceGroupSchema.shape)));
      return parsed({ kind: "httpServiceGroup", groupName: name, adopt: true }, `group ${name}`, leftOut);
    }
    leftOut.push(`group ${name}: another group has the same name in another spelling; rename one of them in RingCX`);
    return [];
  });
  const named = new Set(groups.map((group) => ("groupName" in group ? group.groupName : "")));
  const authConfigs = account.authConfigs.flatMap((config) => exportAuthConfig(config, account, leftOut));
  const services = account.services.flatMap((placed) => {
    if (named.has(placed.groupName.trim())) {
      const manifests = exportService(placed, account, leftOut);
      if (manifests.length > 0) lookAt.push(...randomPathPart(placeOf(placed), urlOf(placed.service)));
      return manifests;
    }
    leftOut.push(`service ${placed.groupName}/${placed.service.serviceDescription}: its group was left out`);
    return [];
  });
  return { resources: [...groups, ...authConfigs, ...services], leftOut, lookAt };
}

function exportAuthConfig(
  config: AuthConfig,
  { authConfigs, secretIds }: ExportedAccount,
  leftOut: string[],
): Manifest[] {
  const { authConfigId, authType = "of no known type", providerName = "", description } = config;
  const place = `auth config ${providerName || authConfigId} (${authType})`;
  const secretId = secretIds.get(authConfigId.toLowerCase());
  if (secretId === undefined) {
    leftOut.push(
      `${place}: its credential cannot be read. It goes on as it is; to have it rotated, put the credential into a secret with the tags of docs/rotation.md, and add {kind: authConfig, providerName: ${JSON.stringify(providerName)}, authType: ${authType}, secretId: NAME, adopt: true}`,
    );
    return [];
  }
  if (!isOneOf(authConfigs, providerName, (other) => other.providerName)) {
    leftOut.push(`${place}: several auth configs have this name; rename or delete the others in RingCX`);
    return [];
  }
  leftOut.push(...otherFields(place, config, Object.keys(authConfigSchema.shape)));
  const described = description !== undefined && description !== "" && { description };
  return parsed(
    { kind: "authConfig", providerName: providerName.trim(), authType, ...described, secretId, adopt: true },
    place,
    leftOut,
  );
}

type Placed = ExportedAccount["services"][number];

function placeOf({ groupName, service }: Placed): string {
  return `service ${groupName}/${service.serviceDescription}`;
}

function exportService(placed: Placed, account: ExportedAccount, leftOut: string[]): Manifest[] {
  const { groupName, service, authConfig, inputs } = placed;
  const place = placeOf(placed);
  const siblings = account.services.filter((other) => other.groupName === groupName);
  if (!isOneOf(siblings, service.serviceDescription, (other) => other.service.serviceDescription)) {
    leftOut.push(`${place}: another service of the group has the same name; rename one of them in RingCX`);
    return [];
  }
  const hasPassword = service.httpPassword !== undefined;
  if (hasPassword) {
    leftOut.push(
      `${place}: it holds httpUsername and httpPassword, which cannot be read. They stay as they are; put them into a secret, add an authConfig of type BASIC with it, and name that in the service`,
    );
  }
  const isSoap = service.serviceType === "SOAP";
  const secretId = authConfig && account.secretIds.get(authConfig.authConfigId.toLowerCase());
  const exported = [...flags, "returntype", ...(isSoap ? soapTexts : ["httpServiceConfig"])];
  const told = [...toldOtherwise, ...exported, ...(hasPassword ? ["httpUsername"] : [])];
  leftOut.push(...otherFields(place, service, told));
  for (const input of inputs) {
    leftOut.push(...otherFields(`${place}, input ${input.name}`, input, ["inputId", ...inputTexts]));
  }
  const candidate = {
    kind: "httpService",
    groupName: groupName.trim(),
    serviceDescription: service.serviceDescription.trim(),
    serviceType: service.serviceType,
    ...fieldsOf(service, exported),
    // What a manifest does not name stays: a link to an auth config that no message has made is kept, not declared.
    ...(authConfig && secretId !== undefined && { authConfig: authConfig.providerName }),
    httpServiceInputs: inputs.map((input) => fieldsOf(input, inputTexts)),
    adopt: true,
  };
  return parsed(candidate, place, leftOut);
}

function fieldsOf(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

function isOneOf<T>(all: readonly T[], name: string, nameOf: (one: T) => string | undefined): boolean {
  return all.filter((one) => namedAlike([one], name, nameOf).length > 0).length === 1;
}
