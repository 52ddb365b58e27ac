import { createHash } from "node:crypto";
import * as z from "zod";

/**
 * The attribute of an activation record in which the audit of edges keeps for which wrong edges it held the service
 * inactive: written with the hold, and still there when somebody has released it.
 */
const attribute = "confinementHeld";

const heldSchema = z.array(z.string()).catch([]);

/** A wrong edge from when it began, as one short word: names of services are long. */
export function heldEdge(edgeId: string, since: string): string {
  return createHash("sha256").update(`${since} ${edgeId}`).digest("hex").slice(0, 32);
}

/** For which wrong edges the service of an activation record was held inactive, released since or not. */
export function heldEdgesOf({
  writerAttributes,
}: {
  writerAttributes: Readonly<Record<string, unknown>>;
}): readonly string[] {
  return heldSchema.parse(writerAttributes[attribute]);
}

/** The same, to be written with a change of the record. */
export function heldEdgesAttribute(held: readonly string[]): Readonly<Record<string, unknown>> {
  return { [attribute]: [...held] };
}
