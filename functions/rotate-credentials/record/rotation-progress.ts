import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { AuthState } from "../../../shared/records/credential/auth-config-state.ts";
import type { Held } from "./leased-record.ts";
import type { Change } from "./record-change.ts";

type Rotating = Extract<AuthState, { kind: "ROTATING" }>;

/** The state of an auth config that takes part in this rotation. */
export function rotating({ record: { state } }: Held, token: string): Rotating | undefined {
  return state.kind === "ROTATING" && state.token === token ? state : undefined;
}

/** Moves on: where RingCX and the proof stand, and a sign of life. */
export async function advance(
  one: Held,
  token: string,
  change: Change,
  to: Pick<Rotating, "step"> & Partial<Rotating>,
) {
  const state = rotating(one, token);
  if (!state) throw rotationError("ROTATION_UNKNOWN", `Auth config ${one.binding.authConfigId} is not part of it.`);
  const since = new Date(change.now()).toISOString();
  await one.save((record) => ({ ...record, state: { ...state, ...to, since } }));
}

/** A rotation cannot go on, and why. */
export function rotationError(code: string, why: string, retryable = false): AutomationError {
  return new AutomationError(`The rotation cannot go on. ${why}`, { code, retryable });
}
