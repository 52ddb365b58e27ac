import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type BoundedRequest, isOwnFault, sendBounded } from "../../../shared/probe/bounded-request.ts";
import type { Lookup } from "../../../shared/probe/checked-addresses.ts";
import { type ProbeSettings, probeSettingsSchema } from "../../../shared/probe/probe-settings.ts";
import { closedPort } from "../../support/scripted-server.ts";
import { type Behaviour, bombs, drip, flood, hostileEndpoint, packed, say, sayAndEnd } from "./hostile-endpoint.ts";

/** Where it is the bound that ends it. */
const timeoutMs = 100;
/** Where it ends by itself, in whatever time a busy machine needs for that. */
const amplyMs = 10_000;
const boundFor = (why: RegExp) => (why.source.includes("no answer") ? timeoutMs : amplyMs);
/** For a machine that is busy with other things; what is not bounded never ends at all. */
const slackMs = 1_000;
const maxBytes = 20_000;
const canary = "CANARY-4711";

const loopback: Lookup = async () => [{ address: "127.0.0.1", family: 4 }];
const never: Lookup = () => new Promise(() => {});

function send(
  url: string,
  more: Partial<BoundedRequest> = {},
  settings: Partial<ProbeSettings> = {},
  lookup = loopback,
) {
  const parsed = new URL(url);
  return sendBounded(
    { method: "GET", url: parsed, headers: { "x-key": canary }, ...more },
    probeSettingsSchema.parse({
      allowedHosts: [parsed.host],
      allowPrivateAddresses: true,
      allowHttp: true,
      timeoutMs: amplyMs,
      maxBytes,
      ...settings,
    }),
    lookup,
  );
}

const ok = "HTTP/1.1 200 OK\r\n";
const late = /no answer (from|for) .* within 100 ms/;
const broken = /cannot be reached \((ECONNRESET|EPIPE)\)|is not valid HTTP \(HPE_[A-Z_]+\)/;
const cut = /answered 200 and closed the connection before its answer was whole \(3 of 100 bytes\)/;
const tooLong = /is longer than 20000 bytes/;

const unreachable: [string, Behaviour, RegExp][] = [
  // Connections.
  ["says nothing", () => {}, late],
  ["ends the connection", (socket) => socket.end(), broken],
  ["resets the connection", (socket) => socket.resetAndDestroy(), broken],
  ["reads nothing and says nothing", (socket) => socket.pause(), late],
  // Heads.
  ["begins a status line", say("HTTP/1.1 20"), late],
  ["drips a header", drip(`${ok}X-A: `), late],
  ["drips headers", drip(ok, "X-A: a\r\n"), late],
  ["sends headers without end", flood(ok, "X-A: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"), broken],
  ["sends one header without end", flood(`${ok}X-A: `, "a"), broken],
  ["sends one header's name without end", flood(ok, "a"), broken],
  ["sends a reason without end", flood("HTTP/1.1 200 ", "a"), broken],
  ["sends blank lines without end", flood("", "\r\n"), late],
  ["answers with a banner", say("SSH-2.0-OpenSSH_9.9\r\n"), broken],
  ["answers by HTTP/0.9", sayAndEnd("<html>hello</html>"), broken],
  ["answers by HTTP/2", say("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"), broken],
  ["answers by TLS", say("\x16\x03\x03\x00\x02\x02\x28"), broken],
  ["answers with a status that is no number", say("HTTP/1.1 2xx OK\r\n\r\n"), broken],
  ["hides a NUL in a header", say(`${ok}X-A: a\0b\r\n\r\n`), broken],
  // Interim answers.
  ["sends 100 without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n"), /only interim answers/],
  ["sends 102 without end", flood("", "HTTP/1.1 102 Processing\r\n\r\n"), /only interim answers/],
  ["sends 103 without end", flood("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), /only interim answers/],
  ["sends one 100 and no more", say("HTTP/1.1 100 Continue\r\n\r\n"), late],
  ["drips interim answers", drip("", "HTTP/1.1 102 Processing\r\n\r\n"), /only interim answers/],
  // Lengths.
  ["sends less than it promised", say(`${ok}Content-Length: 100\r\n\r\nabc`), late],
  ["ends before what it promised", sayAndEnd(`${ok}Content-Length: 100\r\n\r\nabc`), cut],
  ["promises a negative length", say(`${ok}Content-Length: -1\r\n\r\n`), broken],
  ["promises two lengths", say(`${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`), broken],
  [
    "promises a length and chunks",
    say(`${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    broken,
  ],
  ["promises a length that no number holds", say(`${ok}Content-Length: ${"9".repeat(30)}\r\n\r\n`), broken],
  // Bodies.
  ["sends a body without end", flood(`${ok}\r\n`, "x"), tooLong],
  ["drips a body", drip(`${ok}\r\n`), late],
  ["sends more than is read", say(`${ok}Content-Length: 20001\r\n\r\n${"x".repeat(20_001)}`), tooLong],
  ["sends chunks without end", flood(`${ok}Transfer-Encoding: chunked\r\n\r\n`, "1\r\nx\r\n"), tooLong],
  ["never sends the last chunk", say(`${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`), late],
  ["drips chunks", drip(`${ok}Transfer-Encoding: chunked\r\n\r\n`, "1\r\nx\r\n"), late],
  [
    "sends a chunk of a size that no number holds",
    say(`${ok}Transfer-Encoding: chunked\r\n\r\n${"F".repeat(17)}\r\n`),
    broken,
  ],
  ["sends a chunk of no size", say(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`), broken],
  ["extends a chunk without end", flood(`${ok}Transfer-Encoding: chunked\r\n\r\n1;`, "a"), broken],
  ["sends trailers without end", flood(`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`, "X-A: a\r\n"), broken],
  ["resets within the body", (socket) => socket.write(`${ok}\r\nabc`, () => socket.resetAndDestroy()), broken],
  // Codings.
  ["sends a bomb as gzip", packed("gzip", bombs.gzip), tooLong],
  ["sends a bomb as x-gzip", packed("x-gzip", bombs.gzip), tooLong],
  ["sends a bomb as deflate", packed("deflate", bombs.deflate), tooLong],
  ["sends a bomb as bare deflate", packed("deflate", bombs.deflateRaw), tooLong],
  ["sends a bomb as br", packed("br", bombs.br), tooLong],
  ["sends a bomb within a bomb", packed("gzip, gzip", gzipSync(bombs.gzip)), tooLong],
  ["packs more often than anybody", packed("gzip, gzip, gzip, gzip", gzipSync("hi")), /packed more than 3 times/],
  ["names two codings the wrong way round", packed("br, gzip", brotliCompressSync(gzipSync("hi"))), /not the gzip/],
  ["packs in a known way and an unknown one", packed("zstd, gzip", gzipSync("hi")), /not asked for/],
  ["sends gzip that is none", packed("gzip", Buffer.from("hello")), /not the gzip that it says/],
  ["sends deflate that is none", packed("deflate", Buffer.from("\x07hello")), /not the deflate that it says/],
  ["sends br that is none", packed("br", Buffer.from("hello, hello")), /not the br that it says/],
  ["cuts its gzip", packed("gzip", gzipSync("hello").subarray(0, 15)), /not the gzip that it says/],
  [
    "sends gzip of nothing without end",
    flood(`${ok}Content-Encoding: gzip\r\n\r\n`, gzipSync("").toString("latin1")),
    tooLong,
  ],
  ["sends another coding", packed("zstd", Buffer.from("hello")), /not asked for/],
];

const answered: [string, Behaviour, { status: number; text: string }][] = [
  [
    "switches protocols",
    say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    { status: 101, text: "" },
  ],
  [
    "switches protocols and talks on",
    flood("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "x"),
    { status: 101, text: "" },
  ],
  [
    "gives hints before its answer",
    say(`HTTP/1.1 103 Early Hints\r\n\r\n${ok}Content-Length: 2\r\n\r\nhi`),
    { status: 200, text: "hi" },
  ],
  [
    "redirects to itself",
    say("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
    { status: 302, text: "" },
  ],
  [
    "answers twice",
    say(`${ok}Content-Length: 2\r\n\r\nhi${ok}Content-Length: 2\r\n\r\nho`),
    { status: 200, text: "hi" },
  ],
  [
    "keeps the connection",
    say(`${ok}Connection: keep-alive\r\nContent-Length: 2\r\n\r\nhi`),
    { status: 200, text: "hi" },
  ],
  ["ends the connection behind its body", sayAndEnd(`${ok}\r\nhi`), { status: 200, text: "hi" }],
  ["packs nothing", packed("gzip", Buffer.alloc(0)), { status: 200, text: "" }],
  ["packs twice", packed("gzip, br", brotliCompressSync(gzipSync("hi"))), { status: 200, text: "hi" }],
  [
    "packs twice, and names what is none",
    packed(" GZIP ,identity,, BR", brotliCompressSync(gzipSync("hi"))),
    { status: 200, text: "hi" },
  ],
  ["packs as gzip what was asked for plainly", packed("GZIP", gzipSync("hi")), { status: 200, text: "hi" }],
  ["packs as deflate", packed("deflate", deflateSync("hi")), { status: 200, text: "hi" }],
  ["packs as bare deflate", packed("deflate", deflateRawSync("hi")), { status: 200, text: "hi" }],
  ["packs as br", packed("br", brotliCompressSync("hi")), { status: 200, text: "hi" }],
  [
    "begins with a byte order mark",
    say(`${ok}Content-Length: 5\r\n\r\n\u00ef\u00bb\u00bfhi`),
    { status: 200, text: "hi" },
  ],
  [
    "names another charset",
    say(`${ok}Content-Type: text/plain; charset="ISO-8859-1"\r\nContent-Length: 2\r\n\r\n\u00fc!`),
    { status: 200, text: "ü!" },
  ],
  [
    "names a charset that nobody knows",
    say(`${ok}Content-Type: text/plain; charset=x-none\r\nContent-Length: 2\r\n\r\nhi`),
    { status: 200, text: "hi" },
  ],
  ["says that it packs nothing", packed("identity", Buffer.from("hi")), { status: 200, text: "hi" }],
];

describe("an endpoint that", () => {
  test.each(unreachable)("%s is told as unreachable, within the bound", async (_, behave, why) => {
    await using endpoint = await hostileEndpoint(behave);
    const bound = boundFor(why);
    const startedAt = performance.now();
    const answer = await send(`http://127.0.0.1:${endpoint.port}/secret-path`, {}, { timeoutMs: bound });
    expect(performance.now() - startedAt).toBeLessThan(bound + slackMs);
    expect(answer).toEqual({ kind: "UNREACHABLE", because: expect.stringMatching(why) });
    expect(JSON.stringify(answer)).not.toMatch(/CANARY|secret-path/);
    await endpoint.released();
  });

  test.each(answered)("%s has answered, and its connection is let go", async (_, behave, answer) => {
    await using endpoint = await hostileEndpoint(behave);
    const found = await send(`http://127.0.0.1:${endpoint.port}/`);
    expect(found).toEqual({ kind: "ANSWERED", ...answer });
    await endpoint.released();
  });

  test("answers before it is asked is not waited for", async () => {
    await using endpoint = await hostileEndpoint(say(`${ok}Content-Length: 2\r\n\r\nhi`), "connection");
    const answer = await send(`http://127.0.0.1:${endpoint.port}/`, { method: "POST", body: "x".repeat(1_000_000) });
    expect(["ANSWERED", "UNREACHABLE"]).toContain(answer.kind);
    await endpoint.released();
  });

  test("never reads a long request does not hold it up", async () => {
    await using endpoint = await hostileEndpoint((socket) => socket.pause(), "connection");
    const answer = await send(
      `http://127.0.0.1:${endpoint.port}/`,
      { method: "POST", body: "x".repeat(5_000_000) },
      { timeoutMs },
    );
    expect(answer).toMatchObject({ because: expect.stringMatching(late) });
  });

  test.each<[string, Behaviour, RegExp]>([
    ["says nothing where TLS should begin", () => {}, late],
    ["ends where TLS should begin", (socket) => socket.end(), /cannot be reached/],
    ["speaks plain HTTP where TLS should begin", say(`${ok}\r\nhi`), /cannot be reached/],
    ["drips a handshake", drip("\x16\x03\x03\x40\x00"), late],
    ["sends a handshake without end", flood("", "\x16\x03\x03\x00\x04\x00\x00\x00\x00"), /cannot be reached|no answer/],
  ])("%s is told as unreachable, within the bound", async (_, behave, why) => {
    await using endpoint = await hostileEndpoint(behave);
    const bound = boundFor(why);
    const startedAt = performance.now();
    const answer = await send(`https://127.0.0.1:${endpoint.port}/`, {}, { timeoutMs: bound });
    expect(performance.now() - startedAt).toBeLessThan(bound + slackMs);
    expect(answer).toEqual({ kind: "UNREACHABLE", because: expect.stringMatching(why) });
    await endpoint.released();
  });
});

const connectionError = (...codes: string[]): Error =>
  codes.length === 1
    ? Object.assign(new Error(), { code: codes[0] })
    : Object.assign(new AggregateError(codes.map((code) => connectionError(code))), { code: codes[0] });

test.each([
  [["ENETUNREACH"], true],
  [["EMFILE"], true],
  [["ECONNREFUSED"], false],
  [["ETIMEDOUT"], false],
  [["EHOSTUNREACH"], false],
  [["ENETUNREACH", "ENETUNREACH"], true],
  [["ENETUNREACH", "ECONNREFUSED"], false],
])("a connection that fails with %s: our own fault %s", (codes, expected) => {
  expect(isOwnFault(connectionError(...codes))).toBe(expected);
});

const dnsError = (code: string) => Object.assign(new Error(code), { code });

describe("names and addresses", () => {
  test.each<[string, Lookup, string, RegExp]>([
    ["a resolver that never answers", never, "NOT_ASKED", late],
    ["a name that does not exist", () => Promise.reject(dnsError("ENOTFOUND")), "UNREACHABLE", /cannot be resolved/],
    ["a name without an address", () => Promise.reject(dnsError("ENODATA")), "UNREACHABLE", /cannot be resolved/],
    ["a resolver that fails", () => Promise.reject(dnsError("EAI_AGAIN")), "NOT_ASKED", /resolver.*EAI_AGAIN/],
    ["a resolver that is refused", () => Promise.reject(dnsError("ECONNREFUSED")), "NOT_ASKED", /resolver/],
    [
      "a resolver that throws",
      () => {
        throw new Error("x");
      },
      "NOT_ASKED",
      /resolver cannot be asked/,
    ],
    ["no address", async () => [], "UNREACHABLE", /cannot be resolved/],
    ["no address at all but text", async () => [{ address: "localhost", family: 4 }], "FORBIDDEN", /unknown/],
    [
      "one address of metadata",
      async () => [
        { address: "127.0.0.1", family: 4 },
        { address: "169.254.169.254", family: 4 },
      ],
      "FORBIDDEN",
      /metadata/,
    ],
    ["one address that is translated", async () => [{ address: "64:ff9b::7f00:1", family: 6 }], "FORBIDDEN", /special/],
  ])("%s: told within the bound", async (_, lookup, kind, why) => {
    const bound = boundFor(why);
    const startedAt = performance.now();
    const answer = await send("http://localhost:1/", {}, { timeoutMs: bound }, lookup);
    expect(answer).toEqual({ kind, because: expect.stringMatching(why) });
    expect(performance.now() - startedAt).toBeLessThan(bound + slackMs);
  });

  test("a name that is resolved after the bound leads to no connection", async () => {
    let connections = 0;
    await using endpoint = await hostileEndpoint((socket) => {
      connections += 1;
      socket.destroy();
    }, "connection");
    const resolved = Promise.withResolvers<Awaited<ReturnType<Lookup>>>();
    const answer = await send(`http://localhost:${endpoint.port}/`, {}, { timeoutMs }, () => resolved.promise);
    expect(answer).toMatchObject({ because: expect.stringMatching(late) });
    resolved.resolve(await loopback(""));
    // A connection that does come, later than one that would be made now.
    await send(`http://127.0.0.1:${endpoint.port}/`);
    expect(connections).toBe(1);
  });

  test("the next address is tried when one refuses", async () => {
    await using endpoint = await hostileEndpoint(say(`${ok}Content-Length: 2\r\n\r\nhi`));
    const lookup: Lookup = async () =>
      ["::1", "127.0.0.3", "127.0.0.2", "127.0.0.1"].map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
    const url = `http://localhost:${endpoint.port}/`;
    expect(await send(url, {}, {}, lookup)).toMatchObject({ kind: "ANSWERED", text: "hi" });
  });

  test("all of them refusing is told as one", async () => {
    const port = await closedPort();
    const lookup: Lookup = async () => ["127.0.0.2", "127.0.0.1"].map((address) => ({ address, family: 4 }));
    expect(await send(`http://localhost:${port}/`, {}, {}, lookup)).toEqual({
      kind: "UNREACHABLE",
      because: `localhost:${port} cannot be reached (ECONNREFUSED)`,
    });
  });

  test("TLS asks for the URL's name, and for none where the URL holds an address", async () => {
    const hellos: string[] = [];
    await using endpoint = await hostileEndpoint((socket) => {
      socket.once("data", (hello: Buffer) => {
        hellos.push(hello.toString("latin1"));
        socket.destroy();
      });
    }, "connection");
    await send(`https://localhost:${endpoint.port}/`);
    await send(`https://127.0.0.1:${endpoint.port}/`);
    expect(hellos.map((hello) => hello.includes("localhost"))).toEqual([true, false]);
    expect(hellos[1]).not.toContain("127.0.0.1");
  });
});

describe("what is sent", () => {
  async function echo() {
    const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
      port,
      async [Symbol.asyncDispose]() {
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test("Host is the URL's, and nothing packed is asked for", async () => {
    await using server = await echo();
    const answer = await send(`http://localhost:${server.port}/`, { headers: { Accept: "text/plain" } });
    if (answer.kind !== "ANSWERED") throw new Error(answer.because);
    expect(JSON.parse(answer.text)).toEqual({
      host: `localhost:${server.port}`,
      accept: "text/plain",
      "accept-encoding": "identity",
      "user-agent": "RingCxServiceAutomation/1.0",
      connection: "close",
    });
  });

  test.each([
    "Host",
    "host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Expect",
    "X-Forwarded-Host",
  ])("a stored manifest with the header %s is not asked with", async (name) => {
    const answer = await send("http://localhost:1/", { headers: { [name]: canary } });
    expect(answer).toMatchObject({ kind: "FORBIDDEN", because: expect.stringContaining(name) });
    expect(JSON.stringify(answer)).not.toContain(canary);
  });

  test("a URL with a user name, a header that cannot be sent, and what the settings forbid are refused unsent", async () => {
    expect(await send(`http://${canary}:x@localhost:1/`)).toMatchObject({ kind: "FORBIDDEN" });
    const bad = await send("http://localhost:1/", { headers: { "x-key": `${canary}\n` } });
    expect(bad).toEqual({ kind: "FORBIDDEN", because: "the request cannot be sent (ERR_INVALID_CHAR)" });
    expect(await send("http://localhost:1/", {}, { allowHttp: false })).toMatchObject({ kind: "FORBIDDEN" });
    expect(await send("http://localhost:1/", {}, { allowedHosts: ["crm.example.com"] })).toMatchObject({
      kind: "FORBIDDEN",
    });
    expect(await send("http://localhost:1/", {}, { allowPrivateAddresses: false })).toMatchObject({
      kind: "FORBIDDEN",
      because: expect.stringContaining("loopback"),
    });
  });
});
