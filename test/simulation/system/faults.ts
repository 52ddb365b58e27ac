import type { Fault as RingCxFault } from "../../../infra/local/ringcx-simulator/control/faults.ts";
import type { Random } from "../../../shared/primitives/clock.ts";
import type { CallKind } from "../../support/world/outside.ts";

/** What goes wrong with one call. `limited`, `foreign` and `expired` are RingCX's. */
export const howsOf = {
  table: ["crash before", "hangs", "crash after", "refused", "lost"],
  ringcx: ["crash before", "hangs", "crash after", "refused", "lost", "dropped", "limited", "foreign", "expired"],
  secrets: ["crash before", "hangs", "crash after", "refused"],
  sns: ["crash before", "hangs", "crash after", "refused", "lost"],
  sqs: ["crash before", "hangs", "crash after", "refused", "lost"],
  cloudwatch: ["crash before", "hangs", "refused"],
  probe: ["crash before", "hangs", "crash after"],
  issuer: ["crash before", "hangs", "crash after", "refused", "lost"],
} as const satisfies Record<CallKind, readonly string[]>;

/** How a call goes wrong. */
export type How = (typeof howsOf)[keyof typeof howsOf][number];

/** A fault to come: the call of a kind that is met, counted from 0. */
export interface PendingFault {
  on: CallKind;
  after: number;
  how: How;
}

/** The faults that are still to come. What the SDK's own repetitions hide is none of them. */
export class Faults {
  #pending: { on: CallKind; left: number; how: How }[] = [];

  #storm = { until: 0, share: 0 };

  /** For a time each call fails with a probability. @param until epoch milliseconds of true time */
  storm(storm: { until: number; share: number }): void {
    this.#storm = storm;
  }

  add({ on, after, how }: PendingFault): void {
    this.#pending.push({ on, left: after, how });
  }

  /** Calls of every kind so far. */
  calls = 0;
  #death: { at: number; how: "crash before" | "crash after" } | undefined;

  /** The process dies that makes a call, of whatever kind. @param at which one, counted from the next one as 1 */
  dieAt(at: number, how: "crash before" | "crash after"): void {
    this.#death = { at: this.calls + at, how };
  }

  clear(): void {
    this.#pending = [];
    this.#storm = { until: 0, share: 0 };
  }

  /** What becomes of a call that is made now. @param now epoch milliseconds of true time */
  take(kind: CallKind, now: number, random: Random): How | undefined {
    this.calls += 1;
    if (this.calls === this.#death?.at) return this.#death.how;
    const hows: readonly How[] = howsOf[kind];
    const isMet = now < this.#storm.until && random() < this.#storm.share;
    let met = isMet ? hows[Math.floor(random() * hows.length)] : undefined;
    this.#pending = this.#pending.filter((fault) => {
      if (fault.on !== kind) return true;
      fault.left -= 1;
      if (fault.left >= 0 || met) return true;
      met = fault.how;
      return false;
    });
    return met;
  }

  /** What the simulator is to do to the request that it gets next. */
  ofRingCx(how: How): RingCxFault[] {
    if (how === "refused") return [{ kind: "status", status: 503 }];
    if (how === "limited") return [{ kind: "status", status: 429, retryAfterSeconds: 7 }];
    if (how === "foreign") return [{ kind: "foreign-client", requests: 100 }];
    if (how === "expired") return [{ kind: "expire-tokens" }];
    if (how === "lost") return [{ kind: "lost-answer" }];
    return how === "dropped" ? [{ kind: "drop" }] : [];
  }
}

/** An AWS service refused, after the SDK's repetitions. */
export function refusalOf(kind: CallKind): Error {
  const name = kind === "table" ? "ProvisionedThroughputExceededException" : "InternalServerError";
  const status = kind === "table" ? 400 : 500;
  return Object.assign(new Error(`${kind} refused`), {
    name,
    $fault: kind === "table" ? "client" : "server",
    $retryable: { throttling: true },
    $metadata: { httpStatusCode: status },
  });
}

/** It was done, and the answer did not come. */
export function unansweredBy(kind: CallKind): Error {
  return Object.assign(new Error(`no answer of ${kind}`), { name: "TimeoutError", $metadata: {} });
}
