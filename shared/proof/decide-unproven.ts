import type { CredentialState, ProofWait } from "../records/credential/auth-config-state.ts";
import type { ProofAnswer } from "../records/credential/rotation-history.ts";

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
  /** Whether it waited before this look, or was refused: an endpoint has something to say of it. */
  hasWaited: boolean;
  policy: UnprovenPolicy;
  /** How long it waits, in milliseconds. */
  withinMs: number;
  /** A person has said that it may be written unproven. */
  isWaived: boolean;
}

/** Whether a version is written, and as what; and if not, why. */
export type ProofDecision =
  | { kind: "WRITE"; as: ProofAnswer }
  | {
      kind: "KEEP";
      /**
       * `REFUSED`: an endpoint refuses it, or did before none could be asked. `WAITING`: for an endpoint, until its time is
       * over. `HELD_WORKS`: an endpoint accepted what RingCX has, meanwhile. `POLICY`: settings want a proof.
       */
      why: "REFUSED" | "WAITING" | "HELD_WORKS" | "POLICY";
    };

/**
 * Is a version that Secrets Manager calls current written to RingCX, by the sync or by a message? A credential that works is kept,
 * unless the new one was accepted, or cannot be proven by its nature. That no service is live any more which could be asked ends
 * neither a wait nor a refusal.
 *
 * @param now epoch milliseconds
 */
export function decideUnproven(
  { answer, held, wait, hasWaited, policy, withinMs, isWaived }: ProofSituation,
  now: number,
): ProofDecision {
  if (answer === "ACCEPTED") return { kind: "WRITE", as: answer };
  if (answer === "REFUSED") return { kind: "KEEP", why: "REFUSED" };
  const isByNature = answer === "NOT_PROVABLE" && !hasWaited;
  const write = { kind: "WRITE", as: isByNature ? answer : "COULD_NOT_BE_ASKED" } as const;
  if (isWaived) return write;
  if (isByNature) return policy.notProvable === "write" ? write : { kind: "KEEP", why: "POLICY" };
  if (policy.couldNotBeAsked === "write") return write;
  if (wait.refusedAt !== undefined) return { kind: "KEEP", why: "REFUSED" };
  // Nothing that works would be lost.
  if (held === "REFUSED") return write;
  if (policy.couldNotBeAsked === "keep") return { kind: "KEEP", why: "POLICY" };
  if (now < Date.parse(wait.since) + withinMs) return { kind: "KEEP", why: "WAITING" };
  const isHeldAccepted = held === "ACCEPTED" || wait.heldAcceptedAt !== undefined;
  return isHeldAccepted ? { kind: "KEEP", why: "HELD_WORKS" } : write;
}

/**
 * Whether there is a credential that could be kept: not where a write of the same version may have come through already,
 * nor where nobody knows what RingCX has.
 */
export function canBeKept(state: CredentialState, versionId: string): boolean {
  return state.kind !== "DIVERGED" && !(state.kind === "APPLYING" && state.versionId === versionId);
}
