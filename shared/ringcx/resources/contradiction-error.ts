import { RingCxError, type RingCxErrorFacts } from "./errors.ts";

/**
 * What RingCX lists and what it answers do not fit together: an id that is listed is not found, a name that is not listed is
 * taken. Reads may be old for some seconds (`consistency` in docs/simulator.md), so the same may go well a little later.
 */
export class RingCxContradictionError extends RingCxError {
  override readonly name = "RingCxContradictionError";

  /** @param answer what RingCX answered */
  constructor(answer: RingCxError) {
    const { operation, ids, permission, status, errorCode, details } = answer;
    const { generalMessage, reason } = details as Pick<RingCxErrorFacts, "generalMessage" | "reason">;
    super(
      { operation, ids, permission, status, errorCode, generalMessage, reason },
      {
        code: "RINGCX_CONTRADICTION",
        advice: `${answer.advice} What RingCX lists says otherwise: one of both may be some seconds old, so it is tried again. If it stays, look in the admin page whether the name is taken in another spelling.`,
        retryable: true,
      },
    );
  }
}
