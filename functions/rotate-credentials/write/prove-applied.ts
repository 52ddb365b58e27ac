import type { EndpointAnswer, EndpointAnswers } from "../../../shared/proof/verify-at-endpoint.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import { nextApplied } from "../../../shared/records/credential/with-applied.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { askAboutApplied } from "./prove-version.ts";
import type { VersionWrite, WriteDependencies } from "./write-context.ts";

/**
 * Asks the endpoints again about what RingCX has, whatever they said of it before, and keeps their word with it: nothing is revoked
 * before one has accepted what was given unproven, nor once one refuses what it had accepted.
 */
export async function proveApplied(
  dependencies: Pick<WriteDependencies, "secrets" | "verifyAtEndpoint">,
  secret: VersionWrite["secret"],
  targets: readonly LeasedRecord[],
): Promise<EndpointAnswers> {
  const answers = new Map<string, EndpointAnswer>();
  for (const target of targets) {
    const { state } = target.record;
    if (state.kind !== "APPLIED") continue;
    const answer = await askAboutApplied(dependencies, secret, target);
    if (!answer) continue;
    answers.set(bindingKey(target.binding), answer);
    const { proofAnswer: before, verification } = state.applied;
    const level = answer.kind === "ACCEPTED" ? "endpoint" : verification;
    const applied = nextApplied(target.record, { ...state.applied, verification: level, proofAnswer: answer.kind });
    if (applied.proofAnswer === before) continue;
    await target.save((record) => ({ ...record, state: { ...state, applied } }));
  }
  return answers;
}
