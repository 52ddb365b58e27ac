import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server saw. */
export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What to answer: a status with a body, or anything done to the raw response (cut it, never answer). */
export type Answer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse, request: IncomingMessage, body: string) => void);

export interface ScriptedServer extends AsyncDisposable {
  url: string;
  received: ReceivedRequest[];
}

/** An HTTP server on a free loopback port that gives the answers in turn, the last one for ever. */
export async function scriptedServer(...answers: [Answer, ...Answer[]]): Promise<ScriptedServer> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answers[Math.min(received.length, answers.length - 1)] as Answer;
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(chunks).toString();
      received.push({ method, url, headers, body });
      if (typeof answer === "function") return answer(response, request, body);
      const isText = typeof answer.body === "string";
      response.writeHead(answer.status, {
        "content-type": isText ? "text/plain" : "application/json",
        ...answer.headers,
      });
      response.end(answer.body === undefined ? "" : isText ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts the connection without an answer: the request arrived, its fate is unknown. */
export const cut: Answer = (response) => response.destroy();

/** Promises a body and cuts the connection in the middle of it. */
export const cutInTheBody: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write("{", () => response.destroy());
};

/** Never answers. */
export const silence: Answer = () => {};

/** A loopback port where nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
