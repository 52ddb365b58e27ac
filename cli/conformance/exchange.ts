import { type AssumptionName, assumptionNames } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import type { Method } from "../../shared/ringcx/resources/operations.ts";
import type { Mark } from "./mark.ts";
import { namesOf, type OwnNames } from "./own-names.ts";

/** A request and what was answered, as it went over the wire but for the `Authorization` header. */
export interface Exchange {
  /** What it was sent for; findings look it up by this. */
  label: string;
  /** Name of the operation, e.g. `services.create`, or of the step of a login. */
  operation: string;
  method: Method;
  /** With the query. */
  path: string;
  body?: unknown;
  /** HTTP status; 0 when nothing was answered. */
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  /** When it was sent, epoch milliseconds. */
  at: number;
  /** How old the token was with which it was sent, in milliseconds. */
  tokenAgeMs?: number;
}

/** What was said, in the order in which it was. A finding is a pure function of this. */
export class Seen {
  readonly mark: Mark;
  /** What the run calls what it makes. */
  readonly names: OwnNames;
  /** @param mark of the run */
  constructor(mark: Mark) {
    this.mark = mark;
    this.names = namesOf(mark);
  }

  readonly exchanges: Exchange[] = [];
  /** What the budget had no room to ask for, with what it lacked, in words, where that is known. */
  readonly notAsked = new Map<AssumptionName, string | undefined>();
  /** What the run has not asked to the end yet. */
  readonly open = new Set<AssumptionName>(assumptionNames);
  /** Why the run ended before it was through. */
  endedBy?: "interrupted" | "failed";

  add(exchange: Exchange): void {
    this.exchanges.push(exchange);
  }

  /** It was asked to the end: where there is no answer, the answers say why. */
  close(names: readonly AssumptionName[]): void {
    for (const name of names) this.open.delete(name);
  }

  /** The last exchange under a label; what was repeated counts by its end. */
  last(label: string): Exchange | undefined {
    return this.exchanges.findLast((exchange) => exchange.label === label);
  }

  first(label: string): Exchange | undefined {
    return this.exchanges.find((exchange) => exchange.label === label);
  }
}

declare const known: unique symbol;

/** RingCX says that it was done. */
export function isDone(exchange: Exchange | undefined): exchange is Exchange & { [known]: "done" } {
  return exchange !== undefined && exchange.status >= 200 && exchange.status < 300;
}

/** RingCX refused it for what it was: neither its token nor its rate. */
export function isRefused(exchange: Exchange | undefined): exchange is Exchange & { [known]: "refused" } {
  return exchange !== undefined && exchange.status >= 400 && exchange.status !== 401 && exchange.status !== 429;
}

/** RingCX refused what a request says: not whose it is, what is there already, or what is not there. */
export function isBadRequest(exchange: Exchange | undefined): boolean {
  return isRefused(exchange) && [400, 422, 500].includes(exchange.status);
}

/** Done, and nothing was said. */
export function isEmpty(exchange: Exchange | undefined): boolean {
  return isDone(exchange) && exchange.text.trim() === "";
}

/** Done, and the answer is not whole: it was cut on the way. */
export function isCut(exchange: Exchange | undefined): boolean {
  return isDone(exchange) && exchange.text.trim() !== "" && parseJson(exchange.text) === undefined;
}

/** An object of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** The value in an answer. */
export function jsonOf(exchange: Exchange | undefined): unknown {
  return isDone(exchange) ? parseJson(exchange.text)?.value : undefined;
}

/** The object in an answer, if it holds one. */
export function recordOf(exchange: Exchange | undefined): Row | undefined {
  const value = jsonOf(exchange);
  return isRow(value) ? value : undefined;
}

/** The rows of a list, in whichever of both forms it came. */
export function rowsOf(exchange: Exchange | undefined): Row[] {
  const value = jsonOf(exchange);
  const list = isRow(value) ? value.records : value;
  return Array.isArray(list) ? list.filter(isRow) : [];
}

/** Whether a value is an object with fields. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
