import { issuerArn } from "../../support/world/crm-issuer.ts";
import { accountIds, type Outside } from "../../support/world/outside.ts";

export const groupName = "CRM";
export const alarms = ["a", "b"].map((name) => `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`);

/** The auth configs, by type, and the secrets that they get their values from. */
export const authTypes = ["OAUTH", "BASIC"] as const;
export type SimulatedAuthType = (typeof authTypes)[number];
export const secretOf = (type: SimulatedAuthType) => `crm/${type}`;

/** The services: `Lookup` is validated and probed, the first two are watched by an alarm each. */
export const services = ["Lookup", "Send", "Plain"] as const;
export type SimulatedService = (typeof services)[number];

/** Who makes the next credential of a secret: the CRM's issuer, or chance. */
export const issuerOf = { OAUTH: issuerArn, BASIC: "random" } as const satisfies Record<SimulatedAuthType, string>;

/** Version `mark` of a secret's value: no text of it is anywhere else. */
export function secretValue({ crm }: Outside, type: SimulatedAuthType, mark: number): Record<string, string> {
  if (type === "BASIC") return { username: "crm", password: `canary-password-${mark}-5d1c` };
  return {
    clientId: crm.clientId,
    secret: crm.issueClientSecret(),
    tokenUrl: `${crm.url}/oauth/token`,
    grantType: "CLIENT_CREDENTIALS",
  };
}

/** What of a service a manifest decides here. */
export interface Wanted {
  service: SimulatedService;
  mark: number;
  isEnabled: boolean;
}

/** @param mark tells one version of the manifest from the others */
export function serviceManifest({ crm }: Outside, { service, mark, isEnabled }: Wanted): object {
  const common = {
    kind: "httpService",
    groupName,
    serviceDescription: service,
    serviceType: "HTTP_POST",
    httpServiceInputs: inputsOf(mark).map((name, rank) => ({
      name,
      type: "PARAMETER",
      simpleDataType: "STRING",
      value: "",
      rank: String(rank),
    })),
    isEnabled,
  };
  const path = pathOf(service, mark);
  const health = (alarm: string | undefined) => ({ health: { alarms: [String(alarm)] } });
  if (service === "Plain") return { ...common, httpServiceConfig: { url: `${crm.url}${path}` } };
  if (service === "Send") {
    const config = { httpServiceConfig: { url: `${crm.url}${path}` }, authConfig: "CRM BASIC" };
    return { ...common, ...config, ...health(alarms[1]) };
  }
  return {
    ...common,
    httpServiceConfig: { url: `${crm.url}${path}`, headers: { "Content-Type": "application/json" } },
    authConfig: "CRM OAUTH",
    ...health(alarms[0]),
    validation: {
      method: "POST",
      body: { ani: "+15550100" },
      credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " },
      expect: { status: 200 },
    },
  };
}

export function pathOf(service: SimulatedService, mark: number): string {
  return service === "Lookup" ? `/customers/lookup?v=${mark}` : `/${service.toLowerCase()}?v=${mark}`;
}

export function inputsOf(mark: number): string[] {
  return mark % 2 === 0 ? ["ani"] : ["ani", "queue"];
}

/** What the services need, and they. */
export function resourcesOf(outside: Outside, wanted: readonly Wanted[]): object[] {
  const needed = authTypes.filter((type) =>
    wanted.some(({ service }) => service === (type === "OAUTH" ? "Lookup" : "Send")),
  );
  return [
    { kind: "httpServiceGroup", groupName, isDefault: false },
    ...needed.map((authType) => ({
      kind: "authConfig",
      providerName: `CRM ${authType}`,
      authType,
      description: "for the CRM",
      secretId: secretOf(authType),
    })),
    ...wanted.map((one) => serviceManifest(outside, one)),
  ];
}

/** The accounts by the number that a happening has for them. */
export function accountOf(number: number): string {
  return accountIds[number % accountIds.length] ?? "";
}
