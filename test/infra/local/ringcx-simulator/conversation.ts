import { afterEach } from "vitest";
import { type RingCxSimulator, startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import type { SimulatorOptions } from "../../../../infra/local/ringcx-simulator/simulator-options.ts";

/** The fields that tests read out of answers, whichever answer has them. */
interface AnswerFields {
  serviceGroupId: number;
  groupName: string;
  services: AnswerFields[];
  serviceId: number;
  httpServiceConfig: string;
  isEnabled: boolean;
  permissions: string[];
  inputId: number;
  authConfigId: string;
  generalMessage: string;
  access_token: string;
  accessToken: string;
  refreshToken: string;
}

/** What came back. `body` is parsed when it is JSON: an object or a list, as the test knows. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: AnswerFields & AnswerFields[];
}

/** A simulator and somebody who talks to it over HTTP. */
export interface Conversation {
  simulator: RingCxSimulator;
  /** Below `/voice/api/v1/admin/accounts/{accountId}`, with the ready token. */
  v1(method: string, path: string, body?: unknown): Promise<Reply>;
  v2(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Any path, with whatever token. */
  send(method: string, path: string, options?: { body?: unknown; token?: string | undefined }): Promise<Reply>;
  /** A form, as the login endpoints want it. */
  form(path: string, fields: Record<string, string>, authorization?: string): Promise<Reply>;
}

const running: RingCxSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

/** Starts a simulator that ends with the test. */
export async function converse(options: SimulatorOptions = {}): Promise<Conversation> {
  const simulator = await startRingCxSimulator(options);
  running.push(simulator);
  const { url, accountId, accessToken } = simulator;
  const send: Conversation["send"] = async (method, path, { body, token } = {}) =>
    reply(
      await fetch(`${url}${path}`, {
        method,
        headers: {
          "content-type": "application/json",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  return {
    simulator,
    send,
    v1: (method, path, body) =>
      send(method, `/voice/api/v1/admin/accounts/${accountId}${path}`, { body, token: accessToken }),
    v2: (method, path, body) =>
      send(method, `/voice/api/v2/admin/accounts/${accountId}${path}`, { body, token: accessToken }),
    form: async (path, fields, authorization) =>
      reply(
        await fetch(`${url}${path}`, {
          method: "POST",
          body: new URLSearchParams(fields),
          ...(authorization !== undefined && { headers: { authorization } }),
        }),
      ),
  };
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

export const groupBody = { groupName: "CRM enrichment", isDefault: false };

export const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";

/** The source document's own example, without the auth link. */
export const serviceBody = {
  serviceType: "HTTP_POST",
  serviceDescription: "Lookup customer by ANI",
  httpServiceConfig: JSON.stringify({
    url: "https://api.example.com/customers/lookup",
    headers: { "Content-Type": "application/json" },
  }),
  isEnabled: false,
  isDebug: false,
  enableMappings: true,
};

export const soapBody = {
  serviceType: "SOAP",
  serviceDescription: "Legacy look-up",
  soapEndpoint: "https://soap.example.com/lookup",
  soapPortname: "LookupPort",
  soapServicename: "LookupService",
  soapOperationname: "lookup",
  soapAction: "urn:lookup",
  targetNamespace: "urn:example",
};

export const inputBody = { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" };

/** Creates a group and answers its id. */
export async function aGroup({ v1 }: Conversation, groupName = groupBody.groupName): Promise<number> {
  return (await v1("POST", "/httpServiceGroups", { ...groupBody, groupName })).body.serviceGroupId;
}

/** Creates a group with a service and answers the service's path. */
export async function aService(conversation: Conversation, fields: object = {}): Promise<string> {
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const { body } = await conversation.v1("POST", services, { ...serviceBody, ...fields });
  return `${services}/${body.serviceId}`;
}

/** Creates an API key auth config under {@link authConfigId}. */
export async function anAuthConfig({ v1 }: Conversation): Promise<void> {
  await v1("POST", `/external/authConfigs/${authConfigId}/apiKey`, { providerName: "CRM API key", apiKey: "k-1" });
}
