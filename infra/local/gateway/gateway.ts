import type { IncomingMessage } from "node:http";
import { startLoopbackServer } from "../loopback-server.ts";
import { type AwsRequest, type AwsResponse, type AwsService, AwsServiceError, parseAwsRequest } from "./aws-request.ts";
import { errorResponse } from "./aws-response.ts";
import { refuseBeyondLimits } from "./service-limits.ts";

/** One loopback endpoint for every AWS service. */
export interface Gateway {
  /** `http://127.0.0.1:port` */
  endpoint: string;
  close(): Promise<void>;
}

/** The services behind the gateway, and who may call them. */
export interface GatewayOptions {
  /** By the service's name in the signature's scope. May be filled after the gateway has started. */
  services: ReadonlyMap<string, AwsService>;
  /** @throws {AwsServiceError} when the caller may not do this */
  authorize(request: AwsRequest): void;
  /** What goes wrong with a call that would be carried out. @default nothing */
  faultOf?(request: AwsRequest): CallFault | undefined;
  /** Answers what is below {@link doorPrefix}, which is no call of AWS. @default it is refused as one */
  door?(request: { method: string; path: string; body: string }): AwsResponse;
}

/** Where the local host itself is told something. */
export const doorPrefix = "/_local/";

/**
 * What goes wrong with one call. `drop`: the connection is cut before anything happens; `lost-answer`: it is done, and the
 * connection is cut; an error is answered in its place.
 */
export type CallFault = "drop" | "lost-answer" | AwsServiceError;

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const entries = Object.entries(message.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A request of an SDK, signed, as it comes over HTTP or within a process. */
export type SignedRequest = Pick<AwsRequest, "method" | "path" | "headers" | "body">;

/** What the service that a request is for answers, or `cut` where the connection ends without one; never throws. */
export async function answer(
  { method, path, headers, body }: SignedRequest,
  { services, authorize, faultOf }: GatewayOptions,
): Promise<AwsResponse | "cut"> {
  let request: AwsRequest | undefined;
  try {
    request = parseAwsRequest(method, path, headers, body);
    const service = services.get(request.service);
    if (!service) {
      throw new AwsServiceError("UnknownService", `The local host has no AWS service "${request.service}".`, 501);
    }
    authorize(request);
    refuseBeyondLimits(request);
    const fault = faultOf?.(request);
    if (fault === "drop") return "cut";
    if (fault instanceof AwsServiceError) throw fault;
    const answered = await service(request);
    return fault === "lost-answer" ? "cut" : answered;
  } catch (error) {
    const known =
      error instanceof AwsServiceError
        ? error
        : new AwsServiceError("InternalFailure", `The local host failed: ${String(error)}`, 500);
    return errorResponse(known, request?.protocol ?? "json");
  }
}

/** Starts the gateway on a free port of the loopback interface. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = await startLoopbackServer(
    async (message, response) => {
      const { method = "GET", url: path = "/" } = message;
      const request = { method, path, headers: singleHeaders(message), body: await readBody(message) };
      const { door } = options;
      const answered =
        door && path.startsWith(doorPrefix)
          ? door({ method, path, body: request.body.toString() })
          : await answer(request, options);
      if (answered === "cut") return message.socket.destroy();
      const { status, headers, body } = answered;
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
    },
    // Longer than an SDK client keeps an idle connection, so that none is closed just as it is used again.
    { keepAliveMs: 60_000 },
  );
  return { endpoint: server.url, close: () => server.stop() };
}
