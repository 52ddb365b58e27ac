import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Verify } from "../../../shared/contract/verify.ts";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";

/** What the endpoints say of one version of a secret. */
export interface VersionAnswer {
  versionId: string;
  /** The version that is AWSCURRENT. */
  isCurrent: boolean;
  /** The version that RingCX was given last, as far as is known. */
  isInRingCx: boolean;
  answer: EndpointAnswer;
}

/** Worst first: what one version's answer is outweighs the other's. */
const byWeight: readonly EndpointAnswer["kind"][] = ["REFUSED", "COULD_NOT_BE_ASKED", "NOT_PROVABLE", "ACCEPTED"];

/**
 * What endpoints said of the versions of an auth config's credential, as an outcome. Pure. It has FAILED where one is refused or
 * could not be asked about; what cannot be proven from here is no failure.
 */
export function describeAnswers(
  { providerName, by }: Pick<Verify["data"], "providerName" | "by">,
  answers: readonly VersionAnswer[],
): Pick<OutcomeData, "status" | "summary" | "problems" | "details"> {
  const kinds = answers.map(({ answer }) => answer.kind);
  const answer = byWeight.find((kind) => kinds.includes(kind)) ?? "COULD_NOT_BE_ASKED";
  const told = answers.map((one) => `${versionWords(one)} ${answerWords(one.answer)}`);
  if (told.length === 0) told.push("its secret has no version yet, and RingCX was given none");
  const problems = answers.flatMap((one) => {
    const { answer: said } = one;
    if (said.kind !== "REFUSED" && said.kind !== "COULD_NOT_BE_ASKED") return [];
    return [{ path: providerName, message: `${versionWords(one)} ${answerWords(said)}`, hint: hints[said.kind] }];
  });
  return {
    status: answer === "REFUSED" || answer === "COULD_NOT_BE_ASKED" ? "FAILED" : "NO_CHANGE",
    summary: `${providerName}, verified for ${by}: ${told.join("; ")}. Nothing was changed.`,
    ...(problems.length > 0 && { problems }),
    details: {
      answer,
      versions: answers.map(({ answer: said, ...version }) => ({
        ...version,
        answer: said.kind,
        ...("reason" in said && { reason: said.reason }),
      })),
    },
  };
}

function versionWords({ versionId, isCurrent, isInRingCx }: VersionAnswer): string {
  const which =
    isCurrent && isInRingCx
      ? "which RingCX has and is AWSCURRENT"
      : isCurrent
        ? "which is AWSCURRENT, but not in RingCX"
        : "which RingCX has, but is not AWSCURRENT";
  return `version ${versionId}, ${which},`;
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
  COULD_NOT_BE_ASKED: "this says nothing about the credential: look at the endpoint, and ask again",
};
