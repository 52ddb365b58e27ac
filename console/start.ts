import type { Environment } from "../cli/environment/environment.ts";
import type { LoopbackServer } from "../infra/local/loopback-server.ts";
import type { LoggedRequest } from "../infra/local/ringcx-simulator/control/request-log.ts";
import type { Clock } from "../shared/primitives/clock.ts";
import type { Actions } from "./actions.ts";
import { startServer } from "./server.ts";
import { countedRequests, readShown, type Shown } from "./snapshot.ts";
import type { Timeline } from "./timeline.ts";

/** The running local system, as the console sees it. */
export interface ConsoleOptions {
  environment: Environment;
  clock: Clock;
  timeline: Timeline;
  /** Every request to RingCX so far. */
  requests(): readonly LoggedRequest[];
  actions: Actions;
  /** Which buttons' things are on. */
  on(): readonly string[];
}

/** So old may be what was read of the table, whoever asks, in milliseconds. */
const freshMs = 1_500;

/** Starts the page on loopback that shows the local system at work. */
export async function startConsole({
  environment,
  clock,
  timeline,
  requests,
  actions,
  on,
}: ConsoleOptions): Promise<LoopbackServer> {
  let read: { at: number; shown: Promise<Shown> } | undefined;
  const shown = () => {
    const now = clock.now();
    if (!read || now - read.at >= freshMs) read = { at: now, shown: readShown({ environment, clock }) };
    return read.shown;
  };
  return startServer({
    async snapshot(since) {
      const now = clock.now();
      timeline.addRequests(requests());
      return {
        ...(await shown()),
        now,
        requests: countedRequests(requests(), now),
        entries: timeline.since(since),
        on: on(),
      };
    },
    async act(name) {
      const text = await actions[name]();
      timeline.add({ at: clock.now(), kind: "action", text, tone: "plain" });
      return text;
    },
  });
}
