import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { keepLatest } from "../../../shared/primitives/keep-latest.ts";
import { urlOfTarget } from "../loopback-server.ts";
import type { Answer } from "./answer.ts";
import type { Assembly } from "./assembly.ts";
import { answerControl, controlPrefix } from "./control/control.ts";
import type { Fault } from "./control/faults.ts";
import { type LoggedRequest, maxLoggedRequests } from "./control/request-log.ts";
import type { RecognisedRequest } from "./ringcx.ts";

const maxBodyBytes = 1_048_576;

/**
 * Answers over HTTP, and does to the connection what a fault says.
 *
 * @param stopped ends waits when the simulator stops
 */
export function createShell(parts: Assembly, stopped: AbortSignal) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(incoming);
    if (body === undefined) return send(response, { status: 413, text: "The body is larger than 1 MiB" });
    const url = urlOfTarget(incoming.url);
    if (!url) return send(response, { status: 400, text: "The request target is not a path or an absolute URL" });
    const { pathname } = url;
    const method = incoming.method ?? "GET";
    if (pathname.startsWith(controlPrefix)) {
      return send(response, await answerControl(parts, { method, pathname, body }));
    }

    const { authorization } = incoming.headers;
    const exchanged = await exchange(parts, { method, url, authorization, body }, stopped);
    if (exchanged === "cut") incoming.socket.destroy();
    else send(response, exchanged);
  };
}

/** A request to RingCX, however it came. */
export interface RingCxRequest {
  method: string;
  url: URL;
  /** The header. */
  authorization: string | undefined;
  body: string;
}

/** What RingCX answers, with what a fault does to it; `cut`: the connection ends without an answer. */
export async function exchange(
  parts: Assembly,
  { method, url: { pathname, searchParams }, authorization, body }: RingCxRequest,
  stopped: AbortSignal,
): Promise<Answer | "cut"> {
  const request = parts.ringcx.recognise({ method, pathname, query: searchParams, authorization, body });
  const { operation, accountId } = request;
  const logged: LoggedRequest = { method, path: pathname, operation, status: 0, at: parts.now(), accountId };
  keepLatest(parts.requests, logged, maxLoggedRequests);
  await applyArrivalFaults(parts, logged, { authorization, stopped });
  const { answer, isCut } = answerWithFaults(parts, request, logged);
  return isCut ? "cut" : answer;
}

async function applyArrivalFaults(
  parts: Assembly,
  logged: LoggedRequest,
  { authorization, stopped }: { authorization: string | undefined; stopped: AbortSignal },
): Promise<void> {
  for (const fault of takeFaults(parts, "arrival", logged)) {
    if (fault.kind === "slow") await delay(fault.ms, undefined, { signal: stopped }).catch(() => undefined);
    if (fault.kind === "expire-tokens") parts.tokens.expireAll(fault);
    if (fault.kind === "foreign-client") {
      const counted = { accountId: logged.accountId ?? parts.state.mainAccountId, session: authorization };
      parts.quota.useUp(counted, fault.requests, parts.now());
    }
  }
}

function answerWithFaults(
  parts: Assembly,
  request: RecognisedRequest,
  logged: LoggedRequest,
): { answer: Answer; isCut: boolean } {
  let fault: Fault | undefined;
  const answer = request.answer(() => {
    [fault] = takeFaults(parts, "admitted", logged);
    if (fault?.kind === "drop") return { status: 0 };
    return fault?.kind === "status" ? errorAnswer(fault, parts.now()) : undefined;
  });
  logged.status = answer.status;
  const retryAfter = answer.headers?.["retry-after"];
  if (retryAfter !== undefined) logged.retryAfter = retryAfter;
  return { answer, isCut: fault?.kind === "drop" || fault?.kind === "lost-answer" };
}

function takeFaults({ faults }: Assembly, phase: "arrival" | "admitted", logged: LoggedRequest): Fault[] {
  const { method, path, operation } = logged;
  const met = faults.take(phase, { method, pathname: path, operation });
  const last = met.at(-1);
  if (last) logged.fault = last.kind;
  return met;
}

function errorAnswer({ status, retryAfterSeconds }: Fault & { kind: "status" }, now: number): Answer {
  return {
    status,
    ...(retryAfterSeconds !== undefined && { headers: { "retry-after": String(retryAfterSeconds) } }),
    body: { errorCode: "simulated.fault.exception", generalMessage: `Simulated status ${status}`, timestamp: now },
  };
}

function send(response: ServerResponse, { status, headers, body, text }: Answer): void {
  const [type, content] =
    text === undefined ? ["application/json", body === undefined ? "" : JSON.stringify(body)] : ["text/plain", text];
  response.writeHead(status, { ...(content !== "" && { "content-type": type }), ...headers }).end(content);
}

async function textOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString() : undefined;
}
