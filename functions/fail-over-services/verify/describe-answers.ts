import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Verify } from "../../../shared/contract/verify.ts";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import { inRingCxWords, type VersionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";

/** What the endpoints say of one version of a secret. */
export interface VersionAnswer {
  versionId: string;
  /** The version that is AWSCURRENT. */
  isCurrent: boolean;
  /** Whether RingCX has it: `MAYBE` where it is not known which of several it has. */
  isInRingCx: "YES" | "MAYBE" | "NO";
  answer: EndpointAnswer;
  /** What to do, where it is not the endpoint that kept it from being asked about. */
  hint?: string | undefined;
}

/** Worst first: what one version's answer is outweighs the other's. */
const byWeight: readonly EndpointAnswer["kind"][] = ["REFUSED", "COULD_NOT_BE_ASKED", "NOT_PROVABLE", "ACCEPTED"];

/**
 * What endpoints said of the versions of an auth config's credential, as an outcome. Pure. It has FAILED where one is refused or
 * could not be asked about, as what RingCX has where somebody else has written to it; what cannot be proven from here is no failure.
 *
 * @param inRingCx its `change` is who else has written to it, in words
 */
export function describeAnswers(
  { providerName, by }: Pick<Verify["data"], "providerName" | "by">,
  answers: readonly VersionAnswer[],
  inRingCx: VersionsInRingCx & { change?: string | undefined },
): Pick<OutcomeData, "status" | "summary" | "problems" | "details"> {
  const { change } = inRingCx;
  const kinds = answers.map(({ answer }) => answer.kind);
  if (change !== undefined) kinds.push("COULD_NOT_BE_ASKED");
  const answer = byWeight.find((kind) => kinds.includes(kind)) ?? "COULD_NOT_BE_ASKED";
  const told = answers.map((one) => `${versionWords(one)} ${answerWords(one.answer)}`);
  if (told.length === 0) told.push("its secret has no version yet, and RingCX was given none");
  if (change !== undefined) told.push(changedWords(change));
  else if (!inRingCx.isKnown && answers.length > 0) told.push(inRingCxWords(inRingCx));
  const problems = answers.flatMap((one) => {
    const { answer: said } = one;
    if (said.kind !== "REFUSED" && said.kind !== "COULD_NOT_BE_ASKED") return [];
    return [
      { path: providerName, message: `${versionWords(one)} ${answerWords(said)}`, hint: one.hint ?? hints[said.kind] },
    ];
  });
  if (change !== undefined) problems.push({ path: providerName, message: changedWords(change), hint: hints.CHANGED });
  return {
    status: answer === "REFUSED" || answer === "COULD_NOT_BE_ASKED" ? "FAILED" : "NO_CHANGE",
    summary: `${providerName}, verified for ${by}: ${told.join("; ")}. Nothing was changed.`,
    ...(problems.length > 0 && { problems }),
    details: {
      answer,
      versions: answers.map(({ answer: said, hint: _hint, isInRingCx, ...version }) => ({
        ...version,
        // Whoever reads it may not know of a third value: what may be there is not said to be.
        isInRingCx: isInRingCx === "YES",
        ...(isInRingCx === "MAYBE" && { mayBeInRingCx: true }),
        answer: said.kind,
        ...("reason" in said && { reason: said.reason }),
      })),
    },
  };
}

/** Why none of the versions was asked about, as an outcome. */
export function notAsked(
  { providerName, by }: Pick<Verify["data"], "providerName" | "by">,
  message: string,
  hint: string,
): Pick<OutcomeData, "status" | "summary" | "problems" | "details"> {
  return {
    status: "FAILED",
    summary: `${providerName}: its credential could not be tried, asked by ${by}: ${message}`,
    problems: [{ path: providerName, message, hint }],
    details: { answer: "COULD_NOT_BE_ASKED" },
  };
}

function changedWords(change: string): string {
  return `it is not known which version RingCX has, nor whether it is one of its secret's: ${change}`;
}

const whereWords = {
  YES: ["which RingCX was given last and is AWSCURRENT", "which RingCX was given last, but is not AWSCURRENT"],
  MAYBE: ["which RingCX may have and is AWSCURRENT", "which RingCX may have, but is not AWSCURRENT"],
  NO: ["which is AWSCURRENT, but not in RingCX", "which is neither AWSCURRENT nor in RingCX"],
} as const;

function versionWords({ versionId, isCurrent, isInRingCx }: VersionAnswer): string {
  return `version ${versionId}, ${whereWords[isInRingCx][isCurrent ? 0 : 1]},`;
}

function answerWords(answer: EndpointAnswer): string {
  switch (answer.kind) {
    case "ACCEPTED":
      return "is accepted";
    case "REFUSED":
      return `is refused (${answer.reason})`;
    case "COULD_NOT_BE_ASKED":
      return `could not be asked about (${answer.reason})`;
    case "NOT_PROVABLE":
      return `cannot be proven from here (${answer.reason})`;
  }
}

const hints = {
  REFUSED: "put a working credential into the secret (ops rotate AUTH-CONFIG), and look who changed it at the endpoint",
  CHANGED:
    "put a new version into the secret (ops rotate AUTH-CONFIG), or let rotation.onChange rewrite it; then ask again",
  COULD_NOT_BE_ASKED: "this says nothing about the credential: look at the endpoint, and ask again",
};
