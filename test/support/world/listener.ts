import { startLoopbackServer } from "../../../infra/local/loopback-server.ts";

/** A host that no secret names: it keeps all that it is sent, and says that all is well. */
export async function startListener() {
  const heard: string[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    heard.push(JSON.stringify([request.url, request.headers, body]));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  return { url: server.url, host: new URL(server.url).host, heard, stop: () => server.stop() };
}
