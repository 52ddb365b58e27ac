import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { type Lookup, pinAddress, urlBlocker } from "./address-policy.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** One request of a probe, headers and body complete. */
export interface BoundedRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/**
 * What came back, or why nothing did. `FORBIDDEN`: our settings do not let it be sent. `UNREACHABLE`: no usable answer.
 * Reasons hold no URL path, header or body: those may be secret or personal.
 */
export type BoundedAnswer =
  | { kind: "ANSWERED"; status: number; text: string }
  | { kind: "FORBIDDEN"; because: string }
  | { kind: "UNREACHABLE"; because: string };

/** Sends one request within the settings of a probe. Never throws. */
export type SendRequest = (request: BoundedRequest) => Promise<BoundedAnswer>;

/**
 * One request to an outside endpoint: only where the settings allow, to the very address that was checked, no
 * redirect followed, bounded in size and time.
 */
export async function sendRequest(
  { method, url, headers, body }: BoundedRequest,
  settings: ProbeSettings,
  lookup: Lookup,
): Promise<BoundedAnswer> {
  const because = urlBlocker(url, settings);
  if (because !== undefined) return { kind: "FORBIDDEN", because };
  const pinned = await pinAddress(url, settings, lookup);
  if ("forbidden" in pinned) return { kind: "FORBIDDEN", because: pinned.forbidden };
  if ("unresolved" in pinned) return { kind: "UNREACHABLE", because: pinned.unresolved };

  const pinnedLookup: LookupFunction = (_hostname, options, callback) => {
    if (options.all) callback(null, [pinned]);
    else callback(null, pinned.address, pinned.family);
  };
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise<BoundedAnswer>((resolve) => {
    const signal = AbortSignal.timeout(settings.timeoutMs);
    const failed = (error: NodeJS.ErrnoException) => {
      const why = signal.aborted
        ? `no answer from ${url.host} within ${settings.timeoutMs} ms`
        : `${url.host} cannot be reached (${error.code ?? error.name})`;
      resolve({ kind: "UNREACHABLE", because: why });
    };
    const outgoing = send(
      url,
      {
        method,
        lookup: pinnedLookup,
        signal,
        agent: false,
        headers: {
          "user-agent": "RingCxServiceAutomation/1.0",
          accept: "application/json",
          // Nothing that unpacks to more than the bound.
          "accept-encoding": "identity",
          ...headers,
          ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size <= settings.maxBytes) {
            chunks.push(chunk);
            return;
          }
          resolve({
            kind: "UNREACHABLE",
            because: `the answer of ${url.host} is longer than ${settings.maxBytes} bytes`,
          });
          outgoing.destroy();
        });
        response.on("end", () =>
          resolve({ kind: "ANSWERED", status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.on("error", failed);
      },
    );
    outgoing.on("error", failed);
    outgoing.end(body);
  }).catch((error: NodeJS.ErrnoException) => ({
    // A credential that no header can carry; Node's message names the header, not the value.
    kind: "FORBIDDEN" as const,
    because: `the request cannot be sent (${error.code ?? error.name})`,
  }));
}
