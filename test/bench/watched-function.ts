import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

/** What a fresh process did until it sent the request that takes a service out. */
export interface FirstPut {
  /** Epoch milliseconds at which the process began. */
  startedAt: number;
  /** From then on until its bundle was begun to be loaded: Node's own start, and the local runtime's. */
  nodeMs: number;
  loadMs: number;
  /** Processor time of the whole process until the PUT was sent. */
  cpuMs: number;
  loadCpuMs: number;
  /** Requests that were sent before the PUT. */
  trips: Trip[];
}

/** A request, in milliseconds since the process began. */
export interface Trip {
  to: "RingCX" | "AWS";
  what: string;
  sentAt: number;
  /** Nothing where it was still under way. */
  answeredAt?: number;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

// Loads a function's bundle as it is, and looks at what it sends from outside: Node tells of each request that leaves.

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const found: FirstPut = {
  startedAt: performance.timeOrigin,
  nodeMs: performance.now(),
  loadMs: 0,
  cpuMs: 0,
  loadCpuMs: cpuMs(),
  trips: [],
};
const { handler: watched } = (await import(process.env.WATCHED_BUNDLE ?? "")) as { handler: Handler };
found.loadMs = performance.now() - found.nodeMs;
found.loadCpuMs = cpuMs() - found.loadCpuMs;

const underWay = new WeakMap<object, Trip>();
const sent = (request: object, trip: Omit<Trip, "sentAt">) => {
  if (found.cpuMs > 0) return;
  const begun = { ...trip, sentAt: performance.now() };
  found.trips.push(begun);
  underWay.set(request, begun);
};
const answered = (request: object) => {
  const trip = underWay.get(request);
  if (trip && found.cpuMs === 0) trip.answeredAt = performance.now();
};

// The SDK of AWS sends by `node:http`, whoever calls RingCX by `fetch`.
subscribe("http.client.request.start", (message) => {
  const { request } = message as { request: ClientRequest };
  const target = String(request.getHeader("x-amz-target") ?? request.path);
  sent(request, { to: "AWS", what: target.slice(target.lastIndexOf(".") + 1) });
});
subscribe("http.client.response.finish", (message) => answered((message as { request: object }).request));
subscribe("undici:client:sendHeaders", (message) => {
  const { request } = message as { request: { method: string; path: string } };
  if (request.method === "PUT") found.cpuMs ||= cpuMs();
  else sent(request, { to: "RingCX", what: `${request.method} ${request.path}` });
});
subscribe("undici:request:trailers", (message) => answered((message as { request: object }).request));

/** Hands back what was seen of the first event. */
export const handler = async (event: unknown, context: unknown): Promise<FirstPut> => {
  await watched(event, context);
  return found;
};
