import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import {
  type HistoryEntry,
  toStoredResult,
  toStoredTrigger,
} from "../../../shared/records/credential/rotation-history.ts";
import { notStartedCode } from "../record/rotation-progress.ts";

/** The outcome of a history entry. The same entry always gives the same `cause`, so the same outcome id. */
export function rotationOutcome(entry: HistoryEntry): OutcomeData {
  const { at, secretArn, accountId, authConfigId, authType, versionId, previousVersionId } = entry;
  const name = entry.providerName ?? authConfigId;
  const isApplied = entry.result === "APPLIED";
  const problems = entry.reason && [{ path: name, message: entry.reason.message }];
  // Published in the words that are stored: who reads outcomes is told of new ones a release before they come.
  const result = toStoredResult(entry.result);
  return {
    status: isApplied ? "SUCCEEDED" : "FAILED",
    summary: describeEntry(entry, name),
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
      // What everything about a version is found by, whichever run tells it.
      correlationId: versionId,
      trigger: toStoredTrigger(entry.trigger),
      authType,
      versionId,
      previousVersionId,
      result,
      proof: entry.verification,
      proofAnswer: entry.proofAnswer,
      reason: entry.reason?.code,
    },
  };
}

function describeEntry(entry: HistoryEntry, name: string): string {
  const { result, trigger, versionId, previousVersionId, verification, proofAnswer, reason, remarks = [] } = entry;
  const { mayHave } = entry;
  // Our schedule asks again; what a person or another schedule asked for is over.
  const isOver = trigger === "ROTATE_SECRET" && reason?.message.includes("otate again") === false;
  const because = reason ? ` ${reason.message}` : "";
  const why = `${because}${isOver ? " It is not tried again by itself: rotate again." : ""}`;
  switch (result) {
    case "APPLIED":
      return `${name} has the credential of version ${versionId} (proof: ${verification}${unprovenWords(proofAnswer)}).${remarks.map((remark) => ` ${remark}.`).join("")}`;
    case "REFUSED": {
      const kept =
        mayHave === undefined
          ? `${name} keeps its credential`
          : `It is not known which credential ${name} has${mayHave.length === 0 ? "" : ` (it may be that of version ${mayHave.join(" or ")})`}`;
      // What RotateSecret was asked with becomes a version's id only if the rotation comes to its end; which labels it has by then
      // is for people to say.
      if (reason?.code === notStartedCode) {
        return `${kept}: no rotation began. RotateSecret was asked for one with the token ${versionId}, and RingCX was given no version of that id.${why}`;
      }
      if (trigger !== "SYNC") {
        return `${kept}: the rotation that RotateSecret began with the token ${versionId} came to nothing, and RingCX was given no version of that id.${why}`;
      }
      return `${kept}: version ${versionId} was not applied.${why}`;
    }
    case "ROLLED_BACK":
      return `${name} has the credential of version ${previousVersionId} again: version ${versionId} was rolled back.${why}`;
    case "DIVERGED":
      return `It is not known which credential ${name} has: neither version ${versionId} nor the previous one could be confirmed.${because} The schedule's next run tries to put the secret's current version in, by itself${isOver ? "; once it has, rotate again" : ""}.`;
  }
}

function unprovenWords(answer: HistoryEntry["proofAnswer"]): string {
  return answer === "COULD_NOT_BE_ASKED" ? "; no endpoint could be asked" : "";
}
