import type { Intent } from "../records/account/activation.ts";
import type { NotedOutcome } from "../records/noted-outcome.ts";

/**
 * An intent that was overtaken before RingCX had done it: nothing is to be done any more, but whoever asked for it, or
 * watches, hears that it was never carried out. Noted in the record, so it is told once whatever fails. One without an
 * outcome is told by whoever noted it. Pure.
 *
 * @param isActive what RingCX says
 * @param by what came after it, in words
 */
export function overtaken(
  { outcome, ...intent }: Intent,
  { isActive, by, now }: { isActive: boolean; by: string; now: number },
): readonly Intent[] {
  if (!outcome || intent.isRefused) return [];
  const since = new Date(now).toISOString();
  return [{ ...intent, since, isApplied: true, outcome: overtakenOutcome(outcome, intent, { isActive, by }) }];
}

/**
 * An intent to deactivate behind another one, which was done: nothing is left to do, but what began meanwhile is told. Whoever
 * sent a command is answered by whoever took it in. Noted in the record as {@link overtaken} is. Pure.
 *
 * @param ends what brings the service back, in words
 */
export function alreadyInactive(
  { outcome, ...intent }: Intent,
  { ends, now }: { ends: string; now: number },
): readonly Intent[] {
  if (!outcome || intent.isRefused || outcome.cause.type === commandType) return [];
  const { resources = [] } = outcome;
  const [name = "The service"] = resources.map((one) => one.name);
  const told: NotedOutcome = {
    ...outcome,
    status: "NO_CHANGE",
    summary: `${name} stays inactive: ${intent.because.replace(/[.\s]+$/, "")}; it was inactive already. ${ends}.`,
    resources: resources.map((one) => ({ ...one, result: "UNCHANGED" as const, changes: ["stays inactive"] })),
  };
  return [{ ...intent, since: new Date(now).toISOString(), isApplied: true, outcome: told }];
}

const commandType = "ringcx.command.v1";

function overtakenOutcome(
  { accountId, cause, resources = [], details: { correlationId } }: NotedOutcome,
  { because }: Pick<Intent, "because">,
  { isActive, by }: { isActive: boolean; by: string },
): NotedOutcome {
  const change = `left ${isActive ? "active" : "inactive"}`;
  const [name = "The service"] = resources.map((one) => one.name);
  const isCommand = cause.type === commandType;
  return {
    status: "SUPERSEDED",
    summary: `${name} ${change}: ${because.replace(/[.\s]+$/, "")}; not carried out, because RingCX had not done it when this came after it: ${by}.`,
    ...(accountId !== undefined && { accountId }),
    // Whoever sent a command waits under its id. Elsewhere it may have been told as done, before a person undid it.
    cause: isCommand ? cause : { ...cause, id: `${cause.id}/overtaken` },
    resources: resources.map((one) => ({ ...one, result: "UNCHANGED" as const, changes: [change] })),
    details: { correlationId },
  };
}
