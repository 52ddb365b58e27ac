import type { Key } from "../../state/table.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which rotation did our own schedule ask for? */
export function rotationRequestKey(secretArn: string): Key {
  return { pk: secretPartition(secretArn), sk: "REQUEST" };
}

/** What is overdue, what is diverged? As of the last run. */
export const rotationReportKey: Key = { pk: "ROTATION", sk: "REPORT" };
