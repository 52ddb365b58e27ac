import { parsedConfig } from "../fields/service-config.ts";
import type { RingCxState } from "../records.ts";
import { badRequest, conflict, notFound, Refusal } from "../refusal.ts";
import { addCredential, basic, OutboundAuthError, type OutboundRequest, type Send } from "./outbound-auth.ts";

/** A call of a service as an IVR or scripting flow makes it. */
export interface ServiceCall {
  accountId: string;
  serviceGroupId: number;
  serviceId: number;
  /** Runtime values by input name; an input that is left out has its stored `value`. */
  inputs?: Readonly<Record<string, unknown>>;
}

/**
 * What the endpoint answered: `body` parsed when it is JSON. 409 when the service is inactive, 502 when the endpoint
 * or its credential cannot be reached, 504 when it is too slow.
 */
export interface ServiceCallResult {
  status: number;
  body?: unknown;
}

const timeoutMs = 5_000;
const methods: Readonly<Record<string, string>> = { HTTP_POST: "POST", HTTP_GET: "GET" };

/**
 * Calls the endpoint of an active service with its stored credential. The inputs go as a JSON body, with GET as
 * query parameters.
 *
 * @throws {Refusal} 404 for an unknown service, 409 for an inactive one, 400 for an endpoint that is not on loopback
 *   (this is a simulator: it must not reach a real system) or a service that cannot be simulated
 */
export async function callService(
  state: RingCxState,
  call: ServiceCall,
  now: () => number,
): Promise<ServiceCallResult> {
  const { service, authConfig } = serviceToCall(state, call);
  const config = parsedConfig(service.httpServiceConfig);
  if (service.serviceType === "SOAP" || !config) throw badRequest("serviceType: SOAP services are not simulated");
  const method = methods[service.serviceType] ?? String(config.method ?? "POST");
  const request: OutboundRequest = {
    url: new URL(String(config.url)),
    headers: headersOf(config.headers as Record<string, string> | undefined),
  };
  demandLoopback(request.url);
  const stored = service.inputs.map(({ name, value }) => [name, value ?? ""] as const);
  const inputs: Record<string, unknown> = { ...Object.fromEntries(stored), ...call.inputs };

  try {
    if (authConfig) await addCredential(request, authConfig, { send, now });
    else if (typeof service.httpUsername === "string") {
      request.headers.set("authorization", basic(service.httpUsername, String(service.httpPassword ?? "")));
    }
    if (method === "GET") {
      for (const [name, value] of Object.entries(inputs)) request.url.searchParams.set(name, String(value));
    } else if (!request.headers.has("content-type")) request.headers.set("content-type", "application/json");
    const { status, text } = await send(request.url, {
      method,
      headers: request.headers,
      ...(method !== "GET" && { body: JSON.stringify(inputs) }),
    });
    return text === "" ? { status } : { status, body: parsed(text) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return unreachable(error);
  }
}

function serviceToCall(state: RingCxState, { accountId, serviceGroupId, serviceId }: ServiceCall) {
  const account = state.account(accountId);
  const group = account?.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
  const service = group?.services.find((candidate) => candidate.serviceId === serviceId);
  if (!account || !service) throw notFound(`HTTP service ${serviceId}`);
  if (!service.isEnabled) throw conflict(`The service ${serviceId} is inactive`);
  return { service, authConfig: account.authConfigs.find(({ authConfigId }) => authConfigId === service.authConfigId) };
}

function headersOf(headers: Record<string, string> | undefined): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw badRequest("headers: hold a name or a value that HTTP does not allow");
  }
}

const send: Send = async (url, init) => {
  demandLoopback(url);
  const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  return { status: response.status, text: await response.text() };
};

function demandLoopback({ hostname }: URL): void {
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)) {
    throw badRequest(`url: the simulator calls loopback only, not ${hostname}`);
  }
}

function unreachable(error: unknown): ServiceCallResult {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return { status: 504, body: { error: `The endpoint did not answer within ${timeoutMs} ms` } };
  }
  const why = error instanceof OutboundAuthError ? error.message : "The endpoint cannot be reached";
  return { status: 502, body: { error: why } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
