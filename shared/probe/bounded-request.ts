import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { isIP, type LookupFunction, type TcpNetConnectOpts } from "node:net";
import { probeHeaderProblem } from "../contract/fields/probe-headers.ts";
import { urlBlocker } from "./address-policy.ts";
import { checkedAddresses, hostnameOf, type Lookup, type PinnedAddress } from "./checked-addresses.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import { unpackedBody } from "./unpacked-body.ts";

/** One request of a probe, headers and body complete. */
export interface BoundedRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/**
 * What came back, or why nothing did. `FORBIDDEN`: our settings do not let it be sent. `UNREACHABLE`: no usable answer.
 * `NOT_ASKED`: our own resolver, network or process kept it from being sent. Reasons hold no URL path, header or body: those may be secret or personal.
 */
export type BoundedAnswer =
  | { kind: "ANSWERED"; status: number; text: string }
  | { kind: "FORBIDDEN" | "UNREACHABLE" | "NOT_ASKED"; because: string };

/** Sends one request within the settings of a probe. Never throws. */
export type SendRequest = (request: BoundedRequest) => Promise<BoundedAnswer>;

// Not imported: as an ES module `node:http` loads all of Node's `fetch` for a few names that it exports, a fifth of a start's time.
const { request: httpRequest } = process.getBuiltinModule("node:http");

/** Most interim answers (1xx) before the final one; a server has use for one or two. */
const mostInterim = 10;
/** Longest head of an answer, in bytes: Node's own default, said here because the bound rests on it. */
const longestHead = 16_384;

/**
 * One request to an outside endpoint: only where the settings allow, to an address that was checked, under the URL's own
 * name (`Host`, TLS), no redirect followed. `timeoutMs` bounds all of it, from the name's resolution to the answer's
 * last byte, whatever the endpoint does, and `maxBytes` the answer's body, packed and unpacked. Never throws.
 */
export async function sendBounded(
  request: BoundedRequest,
  settings: ProbeSettings,
  lookup: Lookup,
): Promise<BoundedAnswer> {
  const because = whyNotSent(request, settings);
  if (because !== undefined) return { kind: "FORBIDDEN", because };
  const { url } = request;
  const ended = new AbortController();
  const { promise, resolve } = Promise.withResolvers<BoundedAnswer>();
  // The answer settles here, not by an event of the connection's: what an endpoint does can leave those out.
  let isResolved = false;
  const timer = setTimeout(() => {
    const within = `within ${settings.timeoutMs} ms`;
    if (isResolved) resolve(unreachable(`no answer from ${url.host} ${within}`));
    else resolve(notAsked(`the resolver gave no answer for ${url.hostname} ${within}`));
  }, settings.timeoutMs);
  checkedAddresses(url, settings, lookup)
    .then((found) => {
      isResolved = true;
      if ("forbidden" in found) return { kind: "FORBIDDEN" as const, because: found.forbidden };
      if ("unasked" in found) return notAsked(found.unasked);
      if ("unresolved" in found) return unreachable(found.unresolved);
      if (ended.signal.aborted) return unreachable(`${url.host} was resolved too late`);
      return exchange(request, found.addresses, settings, ended.signal);
    })
    .then(resolve, (error: NodeJS.ErrnoException) => {
      // A credential that no header can carry; Node's message names the header, not the value.
      resolve({ kind: "FORBIDDEN", because: `the request cannot be sent (${error.code ?? error.name})` });
    });
  const answer = await promise;
  clearTimeout(timer);
  ended.abort();
  return answer;
}

function whyNotSent({ url, headers }: BoundedRequest, settings: ProbeSettings): string | undefined {
  const because = urlBlocker(url, settings);
  if (because !== undefined) return because;
  if (url.username !== "" || url.password !== "") return "the URL holds a user name or password";
  // A manifest that was stored before the contract refused them.
  for (const name of Object.keys(headers)) {
    const problem = probeHeaderProblem(name);
    if (problem) return problem.message;
  }
  return undefined;
}

/**
 * Sends the request and reads the answer, until the signal says that it is over; then nothing stays open.
 * Rejects when the request cannot be built.
 */
function exchange(
  { method, url, headers, body }: BoundedRequest,
  addresses: readonly PinnedAddress[],
  settings: ProbeSettings,
  signal: AbortSignal,
): Promise<BoundedAnswer> {
  const options: RequestOptions & Pick<TcpNetConnectOpts, "autoSelectFamily" | "autoSelectFamilyAttemptTimeout"> = {
    method,
    host: hostnameOf(url),
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    // TLS: no name is sent for an address, whose certificate must then name the address itself (RFC 6066, 3).
    servername: isIP(hostnameOf(url)) === 0 ? hostnameOf(url) : "",
    agent: false,
    lookup: pinnedLookup(addresses),
    // One after the other: the bound is parted among them, as the first may swallow everything.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.floor(settings.timeoutMs / (addresses.length + 1))),
    maxHeaderSize: longestHead,
    signal,
    headers: {
      "user-agent": "RingCxServiceAutomation/1.0",
      accept: "application/json",
      ...headers,
      host: url.host,
      // What a proxy packs nevertheless is unpacked within the bound.
      "accept-encoding": "identity",
      ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
    },
  };
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.name;
      if (isOwnFault(error)) resolve(notAsked(`no connection can be made to ${url.host} from here (${code})`));
      else if (code.startsWith("HPE_")) resolve(unreachable(`the answer of ${url.host} is not valid HTTP (${code})`));
      else resolve(unreachable(`${url.host} cannot be reached (${code})`));
    };
    const outgoing = (url.protocol === "https:" ? httpsRequest : httpRequest)(options);
    let interim = 0;
    outgoing.on("information", () => {
      interim += 1;
      if (interim > mostInterim) resolve(unreachable(`${url.host} gives only interim answers (1xx)`));
    });
    // A 101 that nobody asked for. Without this listener the connection ends, and no other event tells of it.
    outgoing.on("upgrade", ({ statusCode = 101 }, socket) => {
      socket.destroy();
      resolve({ kind: "ANSWERED", status: statusCode, text: "" });
    });
    outgoing.on("response", (response) => {
      let received = 0;
      response.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      readAnswer(response, url, settings.maxBytes).then(resolve, (error: NodeJS.ErrnoException) => {
        if (error.code?.startsWith("HPE_")) return failed(error);
        const length = response.headers["content-length"];
        const whole = length === undefined ? "" : ` of ${length}`;
        const cut = `closed the connection before its answer was whole (${received}${whole} bytes)`;
        resolve(unreachable(`${url.host} answered ${response.statusCode} and ${cut}`));
      });
    });
    outgoing.on("error", failed);
    outgoing.end(body);
  });
}

function pinnedLookup(addresses: readonly PinnedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };
}

async function readAnswer(response: IncomingMessage, { host }: URL, maxBytes: number): Promise<BoundedAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return unreachable(`the answer of ${host} is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const body = await unpackedBody(Buffer.concat(chunks), response.headers["content-encoding"], maxBytes);
  if ("problem" in body) return unreachable(`the answer of ${host} ${body.problem}`);
  return {
    kind: "ANSWERED",
    status: response.statusCode ?? 0,
    text: textOf(body.bytes, response.headers["content-type"]),
  };
}

/** In the charset that the answer names, as any client reads it: UTF-8 without one, and without a byte order mark. */
function textOf(bytes: Buffer, contentType: string | undefined): string {
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? "") ?? [];
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // a charset that nobody knows
  }
}

/** Nothing left this machine: no route, no port, no file descriptor, no memory. Source: Linux, connect(2), socket(2). */
const ownFaults: ReadonlySet<string | undefined> = new Set(
  "ENETUNREACH ENETDOWN EADDRNOTAVAIL EMFILE ENFILE ENOBUFS ENOMEM EACCES EPERM".split(" "),
);

/**
 * Whether a connection failed on our side, so that the endpoint was not asked. Where several addresses were tried, one
 * that was really asked is enough to say that the endpoint was.
 */
export function isOwnFault(error: NodeJS.ErrnoException): boolean {
  const each: readonly NodeJS.ErrnoException[] = error instanceof AggregateError ? error.errors : [error];
  return each.length > 0 && each.every(({ code }) => ownFaults.has(code));
}

function unreachable(because: string): BoundedAnswer {
  return { kind: "UNREACHABLE", because };
}

function notAsked(because: string): BoundedAnswer {
  return { kind: "NOT_ASKED", because };
}
