import * as z from "zod";
import { parseJson } from "../../../shared/primitives/json.ts";
import { checkedInput } from "../../checked-input.ts";
import type { AwsRequest, AwsResponse } from "../gateway/aws-request.ts";
import type { CallFault } from "../gateway/gateway.ts";
import { doorPrefix } from "../gateway/gateway.ts";
import { PendingFaults } from "../pending-faults.ts";
import { type AwsFault, awsFaultSchema, effectOf, isMeantFor, isNamed } from "./aws-fault.ts";

/** Path of the door for faults at the gateway: POST one or a list, GET those to come, DELETE to end them. */
export const faultsPath = `${doorPrefix}faults`;

/** One who calls AWS: what people call it comes first, then its other names. */
export type CallerNames = readonly [called: string, ...others: string[]];

/** Who calls AWS here. */
export interface Callers {
  of(request: AwsRequest): CallerNames;
  all(): readonly CallerNames[];
}

/** Lets calls of AWS go wrong, as whoever comes to the door says it. */
export class FaultDoor {
  readonly #faults = new PendingFaults<AwsFault>();
  readonly #callers: Callers;

  constructor(callers: Callers) {
    this.#callers = callers;
  }

  /** What goes wrong with a call; each fault strikes as often as it says. */
  faultOf(request: AwsRequest): CallFault | undefined {
    const [fault] = this.#faults.takeMet((each) => isMeantFor(each, request, this.#callers.of(request)), 1);
    return fault && effectOf(fault);
  }

  answer({ method, path, body }: { method: string; path: string; body: string }): AwsResponse {
    if (path !== faultsPath) return said(404, { error: `There is ${faultsPath} here, and no ${path}.` });
    if (method === "DELETE") this.#faults.clear();
    else if (method === "POST") {
      try {
        const faults = faultsIn(body);
        for (const fault of faults) requireCaller(fault, this.#callers.all());
        this.#faults.add(...faults);
      } catch (error) {
        return said(400, { error: error instanceof Error ? error.message : String(error) });
      }
    } else if (method !== "GET") return said(405, { error: `${faultsPath} takes GET, POST and DELETE.` });
    return said(200, this.#faults.pending);
  }
}

/** @throws {Error} where nobody has the name of the fault's caller: it would never meet a call */
function requireCaller({ match }: AwsFault, all: readonly CallerNames[]): void {
  const wanted = match?.caller;
  if (wanted === undefined || all.some((names) => isNamed(wanted, names))) return;
  const known = [...new Set(all.map(([called]) => called))].sort();
  throw new Error(
    `The fault is wrong:\n  match.caller: nobody here is called ${wanted}: expected one of ${known.join(", ")}`,
  );
}

/** @throws {Error} naming every wrong field, with what was expected */
function faultsIn(body: string): AwsFault[] {
  const json = parseJson(body);
  if (!json) throw new Error("The body is not JSON: a fault, or a list of them.");
  const { value } = json;
  return Array.isArray(value)
    ? checkedInput(z.array(awsFaultSchema), value, { where: "The list of faults" })
    : [checkedInput(awsFaultSchema, value, { where: "The fault", called: "body" })];
}

function said(status: number, body: unknown): AwsResponse {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(body, undefined, 2)}\n` };
}
