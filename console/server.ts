import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { buildSync } from "esbuild";
import { type LoopbackServer, startLoopbackServer, urlOfTarget } from "../infra/local/loopback-server.ts";
import { type ActionName, actionNames } from "./actions.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the server hands out and starts. */
export interface ConsoleParts {
  /** @param since the number of the last entry that the page has */
  snapshot(since: number): Promise<Snapshot>;
  /** Does what a button is for, and tells what was done in a sentence. */
  act(name: ActionName): Promise<string>;
}

const pageFolder = new URL("page/", import.meta.url);

const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Serves the console on loopback. Only the page itself may ask: a name of somebody else's that points to this machine
 * (DNS rebinding) is refused by `Host`, another page of the same browser by `Origin`.
 */
export async function startServer({ snapshot, act }: ConsoleParts): Promise<LoopbackServer> {
  const files = await pageFiles();
  const server: LoopbackServer = await startLoopbackServer(async (request, response) => {
    const own = new URL(server.url);
    const { host, origin } = request.headers;
    if (host !== own.host && host !== `localhost:${own.port}`) {
      return refuse(response, 403, `This page is at ${own.origin}, not at ${host ?? "a host without a name"}.`);
    }
    const target = urlOfTarget(request.url);
    if (!target) return refuse(response, 400, "The path is none.");
    if (request.method === "POST") {
      if (origin !== `http://${host}`) return refuse(response, 403, "Only the console's own page may do this.");
      // Nothing is read of the body: what is to be done stands in the path.
      request.resume();
      const name = actionNames.find((action) => target.pathname === `/actions/${action}`);
      if (!name) return refuse(response, 404, `There is no such action; there are ${actionNames.join(", ")}.`);
      return send(response, "application/json", JSON.stringify({ text: await act(name) }));
    }
    if (request.method !== "GET") return refuse(response, 405, "GET a page, or POST an action.");
    if (origin !== undefined && origin !== `http://${host}`) return refuse(response, 403, "Not for other pages.");
    if (target.pathname === "/snapshot") {
      const since = Number(target.searchParams.get("since") ?? 0);
      return send(
        response,
        "application/json",
        JSON.stringify(await snapshot(Number.isSafeInteger(since) ? since : 0)),
      );
    }
    const file = files.get(target.pathname);
    if (!file) return refuse(response, 404, `There is no ${target.pathname} here.`);
    send(response, file.type, file.content);
  });
  return server;
}

function send(response: ServerResponse, type: string, content: string): void {
  response.writeHead(200, { ...headers, "content-type": `${type}; charset=utf-8` }).end(content);
}

function refuse(response: ServerResponse, status: number, because: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(`${because}\n`);
}

async function pageFiles(): Promise<ReadonlyMap<string, { type: string; content: string }>> {
  const read = (name: string) => readFile(new URL(name, pageFolder), "utf8");
  // Not `build`, whose helper process would stay for as long as the console does.
  const { outputFiles } = buildSync({
    absWorkingDir: import.meta.dirname,
    entryPoints: ["page/page.ts"],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    outdir: "page",
    write: false,
    logLevel: "silent",
  });
  const built = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return new Map([
    ["/", { type: "text/html", content: await read("index.html") }],
    ["/page.js", { type: "text/javascript", content: built(".js") }],
    ["/page.css", { type: "text/css", content: built(".css") }],
  ]);
}
