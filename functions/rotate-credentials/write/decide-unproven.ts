import type { CredentialState, ProofWait } from "../../../shared/records/credential/auth-config-state.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";

/** What settings say becomes of a version that no endpoint has accepted. */
export interface UnprovenPolicy {
  /** `wait` writes it when its time is over, unless what RingCX has works; `keep` waits without end. */
  couldNotBeAsked: "wait" | "keep" | "write";
  notProvable: "keep" | "write";
}

/** What is known when it is decided whether a version is written. */
export interface ProofSituation {
  answer: ProofAnswer;
  /** What the endpoints say about the credential that RingCX has; `undefined` where it is not known which that is. */
  held: ProofAnswer | undefined;
  /** What earlier looks came to. */
  wait: Pick<ProofWait, "since" | "heldAcceptedAt" | "refusedAt">;
  policy: UnprovenPolicy;
  /** How long it waits, in milliseconds. */
  withinMs: number;
  /** A person has said that it may be written unproven. */
  isWaived: boolean;
}

/** Whether a version is written, and if not, why. */
export type ProofDecision =
  | { kind: "WRITE" }
  | {
      kind: "KEEP";
      /**
       * `REFUSED`: an endpoint refuses it, or did before none could be asked. `WAITING`: for an endpoint, until its time is
       * over. `HELD_WORKS`: an endpoint accepted what RingCX has, meanwhile. `POLICY`: settings want a proof.
       */
      why: "REFUSED" | "WAITING" | "HELD_WORKS" | "POLICY";
    };

/**
 * Is a version that Secrets Manager calls current written to RingCX? A credential that works is kept, unless the new one
 * was accepted, or cannot be proven by its nature.
 *
 * @param now epoch milliseconds
 */
export function decideUnproven(
  { answer, held, wait, policy, withinMs, isWaived }: ProofSituation,
  now: number,
): ProofDecision {
  if (answer === "ACCEPTED") return { kind: "WRITE" };
  if (answer === "REFUSED") return { kind: "KEEP", why: "REFUSED" };
  if (isWaived) return { kind: "WRITE" };
  if (answer === "NOT_PROVABLE") {
    return policy.notProvable === "write" ? { kind: "WRITE" } : { kind: "KEEP", why: "POLICY" };
  }
  if (policy.couldNotBeAsked === "write") return { kind: "WRITE" };
  if (wait.refusedAt !== undefined) return { kind: "KEEP", why: "REFUSED" };
  // Nothing that works would be lost.
  if (held === "REFUSED") return { kind: "WRITE" };
  if (policy.couldNotBeAsked === "keep") return { kind: "KEEP", why: "POLICY" };
  if (now < Date.parse(wait.since) + withinMs) return { kind: "KEEP", why: "WAITING" };
  const isHeldAccepted = held === "ACCEPTED" || wait.heldAcceptedAt !== undefined;
  return isHeldAccepted ? { kind: "KEEP", why: "HELD_WORKS" } : { kind: "WRITE" };
}

/**
 * Whether there is a credential that could be kept: not where a write of the same version may have come through already,
 * nor where nobody knows what RingCX has.
 */
export function canBeKept(state: CredentialState, versionId: string): boolean {
  return state.kind !== "DIVERGED" && !(state.kind === "APPLYING" && state.versionId === versionId);
}
