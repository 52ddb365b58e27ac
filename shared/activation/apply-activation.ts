import type { Clock } from "../primitives/clock.ts";
import type { StoredActivation } from "../records/account/activation.ts";
import type { ServiceName } from "../records/service-name.ts";
import type { ActivationStore } from "./activation-store.ts";
import { type ActivationDecision, decideActivation } from "./decide-activation.ts";

/** What it takes to apply a record. */
export interface ApplyActivationDependencies {
  activation: ActivationStore;
  clock: Clock;
}

/** A change of a service in RingCX. */
export interface AppliedActivation {
  isActive: boolean;
  /** Why, in words. */
  because: string;
  /** How many changes came before it in the same run: another writer changed the record meanwhile. */
  previousChanges: number;
}

/** How one caller changes a service and says so. */
export interface ActivationCaller {
  name: ServiceName;
  /** The one call to RingCX. What it throws is the caller's; the record then still says what should be. */
  setActive(isActive: boolean): Promise<void>;
  /** Says what was done. It is said before it is recorded: a crash in between says it twice, never not at all. */
  announce(applied: AppliedActivation): void | Promise<void>;
  /** Where the caller must not activate. @default both directions */
  only?: "deactivate";
}

/**
 * Brings a service into the state that its record asks for; the only place that does, whoever changed the record.
 * The record is written first (by the caller, with its reason): after a crash in between the sweep does the rest. At
 * most one call to RingCX, unless another writer changed the record meanwhile: what it added is applied, too.
 *
 * @param record as the caller's write returned it
 * @returns the record as it is then, and the last decision that was carried out; where none was, the one that was not
 */
export async function applyActivation(
  { activation, clock }: ApplyActivationDependencies,
  { name, setActive, announce, only }: ActivationCaller,
  record: StoredActivation,
): Promise<{ record: StoredActivation; decision: ActivationDecision }> {
  let current = record;
  let carriedOut: ActivationDecision | undefined;
  for (let previousChanges = 0; ; previousChanges += 1) {
    const decision = decideActivation(current, clock.now());
    if (decision.action === "leave" || (only !== undefined && decision.action !== only)) {
      return { record: current, decision: carriedOut ?? decision };
    }
    const isActive = decision.action === "activate";
    await setActive(isActive);
    await announce({ isActive, because: decision.because, previousChanges });
    current = await activation.change(name, { lastAppliedState: isActive });
    carriedOut = decision;
  }
}
