import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The endpoint of all services: its first path segment says which alarm watches a service, and each can be down. */
export async function startEndpoint() {
  const down = new Set<string>();
  const server = createServer(({ url = "/" }, response) => {
    const [, part = ""] = url.split("/");
    response.writeHead(down.has(part) ? 503 : 200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `http://${address}`,
    setDown: (number: number, isDown: boolean) =>
      void (isDown ? down.add(String(number)) : down.delete(String(number))),
    stop: () => server.close(),
  };
}
