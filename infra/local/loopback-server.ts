import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server that nobody reaches from outside of this machine. */
export interface LoopbackServer {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Ends it and its connections. */
  stop(): Promise<void>;
}

/** Where and how it listens. */
export interface LoopbackOptions {
  /** @default a free one */
  port?: number;
  /** How long an idle connection is kept, in milliseconds. @default Node's own, 5 seconds */
  keepAliveMs?: number;
}

/**
 * Starts a server on loopback. Whatever `answer` throws, at once or later, is answered with 500, or cuts the connection
 * where an answer has begun: a mistake in one request never ends the process that serves the others.
 *
 * @throws {Error} `EADDRINUSE` when the port is taken
 */
export async function startLoopbackServer(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  { port = 0, keepAliveMs }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const answering = async () => answer(request, response);
    answering().catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The URL of a request target, none where it is not one. A target that begins with two slashes names no host. */
export function urlOfTarget(target = "/"): URL | null {
  return target.startsWith("/") ? URL.parse(`http://loopback${target}`) : URL.parse(target, "http://loopback");
}
