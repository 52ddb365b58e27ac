import * as z from "zod";
import { parseJson } from "../../../shared/primitives/json.ts";
import { checkedInput } from "../../checked-input.ts";
import type { AwsRequest, AwsResponse } from "../gateway/aws-request.ts";
import type { CallFault } from "../gateway/gateway.ts";
import { doorPrefix } from "../gateway/gateway.ts";
import { PendingFaults } from "../pending-faults.ts";
import { type AwsFault, awsFaultSchema, effectOf, isMeantFor } from "./aws-fault.ts";

/** Path of the door for faults at the gateway: POST one or a list, GET those to come, DELETE to end them. */
export const faultsPath = `${doorPrefix}faults`;

/** Lets calls of AWS go wrong, as whoever comes to the door says it. */
export class FaultDoor {
  readonly #faults = new PendingFaults<AwsFault>();
  readonly #callerOf: (request: AwsRequest) => string;

  /** @param callerOf name of the session that calls: a function's name */
  constructor(callerOf: (request: AwsRequest) => string) {
    this.#callerOf = callerOf;
  }

  /** What goes wrong with a call; each fault strikes as often as it says. */
  faultOf(request: AwsRequest): CallFault | undefined {
    const [fault] = this.#faults.takeMet((each) => isMeantFor(each, request, this.#callerOf(request)), 1);
    return fault && effectOf(fault);
  }

  answer({ method, path, body }: { method: string; path: string; body: string }): AwsResponse {
    if (path !== faultsPath) return said(404, { error: `There is ${faultsPath} here, and no ${path}.` });
    if (method === "DELETE") this.#faults.clear();
    else if (method === "POST") {
      try {
        this.#faults.add(...faultsIn(body));
      } catch (error) {
        return said(400, { error: error instanceof Error ? error.message : String(error) });
      }
    } else if (method !== "GET") return said(405, { error: `${faultsPath} takes GET, POST and DELETE.` });
    return said(200, this.#faults.pending);
  }
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
