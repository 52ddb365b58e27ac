import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeConsole } from "./fake-parts.ts";

let page: Awaited<ReturnType<typeof startFakeConsole>>;
beforeAll(async () => {
  page = await startFakeConsole();
});
afterAll(() => page.stop());

/** As a browser of the same machine asks: `fetch` would not send a `Host` of its own. */
function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const asked = request(`${page.url}${path}`, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    asked.on("error", reject).end();
  });
}

const own = () => ({ host: new URL(page.url).host, origin: page.url });

describe("the console's server", () => {
  it.each(["/", "/page.js", "/page.css", "/snapshot", "/snapshot?since=none"])("hands out %s", async (path) => {
    const { status, text, headers } = await ask("GET", path);
    expect(status).toBe(200);
    expect(text.length).toBeGreaterThan(100);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each([
    ["a name of somebody else's that points here", "GET", "/snapshot", () => ({ host: "evil.example.com" })],
    [
      "that name, for an action",
      "POST",
      "/actions/alarm",
      () => ({ host: "evil.example.com", origin: "http://evil.example.com" }),
    ],
    ["the right host with another port", "GET", "/snapshot", () => ({ host: "127.0.0.1:1" })],
    ["another page of the browser", "GET", "/snapshot", () => ({ ...own(), origin: "https://evil.example.com" })],
    ["another page's form", "POST", "/actions/alarm", () => ({ ...own(), origin: "https://evil.example.com" })],
    ["a sandboxed page", "POST", "/actions/alarm", () => ({ ...own(), origin: "null" })],
    ["nobody's page", "POST", "/actions/alarm", () => ({ host: own().host })],
  ])("refuses %s", async (_, method, path, headers) => {
    const { status, text } = await ask(method, path, headers() as Record<string, string>);
    expect(status).toBe(403);
    expect(text).not.toContain("crm/oauth");
    expect(page.pressed).toEqual([]);
  });

  it.each([
    ["POST", "/actions/none", 404],
    ["POST", "/actions/constructor", 404],
    ["GET", "/actions/alarm", 404],
    ["GET", "/../package.json", 404],
    ["GET", "/index.html", 404],
    ["PUT", "/actions/alarm", 405],
  ])("has no %s %s", async (method, path, expected) => {
    const { status } = await ask(method, path, own());
    expect(status).toBe(expected);
    expect(page.pressed).toEqual([]);
  });

  it("does what its own page asks for", async () => {
    const { status, text } = await ask("POST", "/actions/secret", own());
    expect([status, JSON.parse(text)]).toEqual([200, { text: "secret was done" }]);
    expect(page.pressed).toEqual(["secret"]);
  });
});
