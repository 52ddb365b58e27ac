import { isDryRun } from "../contract/door/dry-run.ts";
import type { OutcomeData } from "../contract/outcome.ts";

/**
 * What an outcome asks of others beside its sender. A dry run that was refused or failed has its answer and nothing more: it is
 * marked (`details.dryRun`), so that no chat is told, and not kept as something to be mended. Pure.
 *
 * @param body the message or command as it came
 */
export function asAnswered(body: string, data: OutcomeData): { data: OutcomeData; isKept: boolean } {
  const isRefused = data.status === "REJECTED" || data.status === "FAILED";
  if (!isRefused || !isDryRun(body)) return { data, isKept: data.status === "REJECTED" };
  return { data: { ...data, details: { ...data.details, dryRun: true } }, isKept: false };
}

/** Whether an outcome is the answer to a dry run that was refused or failed. */
export function isOfDryRun({ details }: Pick<OutcomeData, "details">): boolean {
  return details?.dryRun === true;
}
