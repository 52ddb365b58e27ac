import { applyActivation } from "../../../shared/activation/apply-activation.ts";
import type { ActivationDecision } from "../../../shared/activation/decide-activation.ts";
import { setActive } from "../../../shared/activation/set-active.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import type { EvidenceDependencies } from "../evidence/probe-service.ts";
import { type ReportDependencies, type ServiceReport, serviceOutcome } from "../report/service-outcome.ts";
import type { BlastRadius } from "./blast-radius.ts";

/** What it takes to carry a decision out. */
export interface ApplyDependencies extends EvidenceDependencies, ReportDependencies {
  blastRadius: BlastRadius;
}

/**
 * Brings RingCX to what a record asks for that was just written, and publishes each change of the service. What another
 * writer made necessary meanwhile has its own reason, and an id of its own.
 *
 * @param report what is published of the first change
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @returns the record as it is then, and the last decision that was carried out (`leave` where none was)
 */
export function applyRecord(
  { activation, clock, outcomes, ringcxFor, table }: ApplyDependencies,
  report: ServiceReport,
  record: StoredActivation,
  deadline: number,
): Promise<{ record: StoredActivation; decision: ActivationDecision }> {
  const { service, cause } = report;
  const { accountId } = service.name;
  return applyActivation(
    { activation, clock },
    {
      name: service.name,
      async setActive(isActive) {
        const account = ringcxFor(accountId).account(accountId, { priority: "urgent", deadline });
        await setActive({ account, table }, service.name, service, isActive);
      },
      async announce({ isActive, because, previousChanges }) {
        const followUp = { because, cause: { ...cause, id: `${cause.id}${"/again".repeat(previousChanges)}` } };
        const current = previousChanges === 0 ? report : { ...report, ...followUp };
        await outcomes.publish(serviceOutcome(current, "SUCCEEDED", isActive ? "activated" : "deactivated"));
      },
    },
    record,
  );
}
