import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that allows so many requests in any window, and counts. */
export interface CountingServer {
  url: string;
  refused(): number;
  stop(): void;
}

/** Answers 200, or 429 with `Retry-After` in whole seconds when the sliding window is full. */
export async function startCountingServer(limit: number, windowMs: number): Promise<CountingServer> {
  let refused = 0;
  const accepted: number[] = [];
  const server = createServer((_, response) => {
    const now = performance.now();
    while (accepted.length > 0 && now - (accepted[0] ?? 0) >= windowMs) accepted.shift();
    if (accepted.length >= limit) {
      refused += 1;
      const retryAfter = Math.ceil((windowMs - (now - (accepted[0] ?? 0))) / 1_000);
      response.writeHead(429, { "retry-after": String(retryAfter) }).end();
      return;
    }
    accepted.push(now);
    response.writeHead(200).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    refused: () => refused,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
