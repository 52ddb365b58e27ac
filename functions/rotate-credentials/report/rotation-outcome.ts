import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { HistoryEntry } from "../../../shared/records/credential/rotation-history.ts";
/** The outcome that tells of an entry; the same entry always gives the same `cause`, so the same id. */
export function outcomeOf(entry: HistoryEntry): OutcomeData {
  const { at, secretArn, accountId, authConfigId, authType, versionId, previousVersionId, result, proof } = entry;
  const name = entry.providerName ?? authConfigId;
  const isApplied = result === "APPLIED";
  const problems = entry.reason && [{ path: name, message: entry.reason.message }];
  return {
    status: isApplied ? "SUCCEEDED" : "FAILED",
    summary: summary(entry, name),
    accountId,
    cause: {
      source: secretArn,
      id: `${accountId}/${authConfigId}/${versionId}/${result}@${at}`,
      type: "ringcx.rotation",
    },
    resources: [
      {
        kind: "authConfig",
        name,
        result: isApplied ? "UPDATED" : "FAILED",
        ids: { authConfigId },
        ...(isApplied && { changes: ["credential"] }),
        ...(problems && { problems }),
      },
    ],
    ...(problems && { problems }),
    details: {
      trigger: entry.trigger,
      authType,
      versionId,
      previousVersionId,
      result,
      proof,
      reason: entry.reason?.code,
    },
  };
}

function summary({ result, versionId, previousVersionId, proof, reason }: HistoryEntry, name: string): string {
  const why = reason ? ` ${reason.message}` : "";
  switch (result) {
    case "APPLIED":
      return `${name} has the credential of version ${versionId} (proof: ${proof}).`;
    case "REFUSED":
      return `${name} keeps its credential: version ${versionId} was not applied.${why}`;
    case "PUT_BACK":
      return `${name} has the credential of version ${previousVersionId} again: version ${versionId} was taken back.${why}`;
    case "DIVERGED":
      return `It is not known which credential ${name} has: neither version ${versionId} nor the previous one could be confirmed.${why}`;
  }
}
