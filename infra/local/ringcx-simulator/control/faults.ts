import { type FaultCount, PendingFaults } from "../../pending-faults.ts";
import {
  checkedFields,
  type FieldRule,
  filledText,
  flag,
  isObject,
  oneOf,
  optional,
  required,
} from "../fields/checked-fields.ts";
import type { Fields } from "../records.ts";
import { badRequest } from "../refusal.ts";

/** Which requests a fault meets. What is left out matches everything; `*` in a path stands for anything. */
export interface FaultMatch {
  method?: string;
  path?: string;
  /** Id of the operation, as `/_simulator/requests` shows it. */
  operation?: string;
}

/** What goes wrong. */
export type FaultKind =
  /** The state changes, the answer never arrives: the connection is cut. */
  | { kind: "lost-answer" }
  /** The connection is cut before anything happens. */
  | { kind: "drop" }
  /** An error answer instead of acting. */
  | { kind: "status"; status: number; retryAfterSeconds?: number }
  /** The request waits before it is looked at. */
  | { kind: "slow"; ms: number }
  /** Every access token expires as the request arrives, with `refreshTokens` those too. */
  | { kind: "expire-tokens"; refreshTokens?: boolean }
  /** Another client makes `requests` requests to the same account just before. */
  | { kind: "foreign-client"; requests: number };

/** A fault to come. */
export type Fault = FaultKind & FaultCount & { match?: FaultMatch };

/** `arrival`: before the token and the rate are looked at; `admitted`: after. */
export type FaultPhase = "arrival" | "admitted";

const phases: Readonly<Record<FaultKind["kind"], FaultPhase>> = {
  slow: "arrival",
  "expire-tokens": "arrival",
  "foreign-client": "arrival",
  status: "admitted",
  drop: "admitted",
  "lost-answer": "admitted",
};

/** The faults that are still to come for requests to RingCX. */
export class Faults extends PendingFaults<Fault> {
  /** The faults that meet a request in a phase; each is used up once. Of `admitted` ones at most one. */
  take(phase: FaultPhase, request: { method: string; pathname: string; operation: string | undefined }): Fault[] {
    const isOfRequest = ({ kind, match = {} }: Fault) => phases[kind] === phase && isMet(match, request);
    return this.takeMet(isOfRequest, phase === "admitted" ? 1 : undefined);
  }
}

/** @throws {Refusal} 400 naming the field of a fault that is wrong */
export function checkedFault(value: unknown): Fault {
  const kind = isObject(value) ? value.kind : undefined;
  const fields = onlyKnown(value, {
    kind: required(oneOf(...Object.keys(phases))),
    times: optional((times) => (times === "always" ? undefined : wholeNumber(times))),
    after: optional(wholeNumber),
    match: optional((match) => (isObject(match) ? undefined : "must be an object")),
    ...(kind === "status" && { status: required(errorStatus), retryAfterSeconds: optional(wholeNumber) }),
    ...(kind === "slow" && { ms: required(wholeNumber) }),
    ...(kind === "foreign-client" && { requests: required(wholeNumber) }),
    ...(kind === "expire-tokens" && { refreshTokens: optional(flag) }),
  });
  const match = onlyKnown(fields.match ?? {}, matchRules, "match.");
  return { ...fields, match } as unknown as Fault;
}

const matchRules = {
  method: optional(filledText),
  path: optional(filledText),
  operation: optional(filledText),
};

/** A field that is not known would be left out, and a fault that is meant for one call would meet them all. */
function onlyKnown(value: unknown, rules: Readonly<Record<string, FieldRule>>, place = ""): Fields {
  const fields = checkedFields(value, rules);
  const unknown = Object.keys(fields).filter((name) => !(name in rules));
  if (unknown.length === 0) return fields;
  throw badRequest(
    ...unknown.map((name) => {
      const hint = place === "" && name in matchRules ? `; did you mean match.${name}?` : "";
      return `${place}${name}: is not known${hint}`;
    }),
  );
}

function isMet(
  { method, path, operation }: FaultMatch,
  request: { method: string; pathname: string; operation: string | undefined },
): boolean {
  return (
    (method === undefined || method.toUpperCase() === request.method) &&
    (operation === undefined || operation === request.operation) &&
    (path === undefined || patternOf(path).test(request.pathname))
  );
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.split("*").map(literal).join(".*")}$`);
}

function wholeNumber(value: unknown): string | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? undefined : "must be a whole number";
}

function errorStatus(value: unknown): string | undefined {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599
    ? undefined
    : "must be a status from 400 to 599";
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&");
}
