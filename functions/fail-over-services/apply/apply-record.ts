import type { AppliedRecord } from "../../../shared/activation/activation-caller.ts";
import { applyActivation } from "../../../shared/activation/apply-activation.ts";
import { isNamedActiveNow, setActive } from "../../../shared/activation/set-active.ts";
import { isStored } from "../../../shared/outcomes/told-before.ts";
import type { Carrier, Intent, StoredActivation } from "../../../shared/records/account/activation.ts";
import type { CallOptions } from "../../../shared/ringcx/client/api.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ServiceSnapshot } from "../outage/outage-decision.ts";
import { publishChange } from "../report/command-outcome.ts";
import { recordOutcome } from "../report/service-outcome.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { servicePlace } from "./blast-radius.ts";
import { giveBack } from "./give-back.ts";
import { createAdmission } from "./late-deactivation.ts";

/** How a record's intents are carried out. */
export interface ApplyRecordOptions {
  /** As it was noted in the record. */
  carrier: Carrier;
  /** By when RingCX must have answered, epoch milliseconds. */
  deadline: number;
  /** What is seen of the service; without it no guard can be asked, and what one may forbid is left to the sweep. */
  snapshot?: ServiceSnapshot;
  /**
   * Where there is no snapshot: whether a person has ordered it, past all guards. That an outage is over is another matter:
   * nothing goes out for one whose alarm is OK. @default nothing was
   */
  isOrdered?(intent: Intent): boolean;
  /** Number of the intent that the guards have let through already. */
  admitted?: number | undefined;
}

/** How long RingCX is asked whether something is done already before it is done again, in milliseconds. */
const secondLookMs = 2_000;

/** Raised where the answer of a request was lost, and RingCX says that it was done. */
class AlreadyDoneError extends Error {
  override readonly name = "AlreadyDoneError";
}

/**
 * Brings RingCX to what a record asks for, and publishes each change of the service: what this process has noted, what an
 * earlier one has left, and what another writer makes necessary meanwhile.
 */
export function applyRecord(
  dependencies: ApplyDependencies,
  service: WatchedService,
  record: StoredActivation,
  { carrier, deadline, snapshot, admitted, isOrdered }: ApplyRecordOptions,
): Promise<AppliedRecord> {
  const { activation, clock, outcomes, ringcxFor, table, blastRadius } = dependencies;
  const { name } = service;
  const account = (more: Partial<CallOptions> = {}) =>
    ringcxFor(name.accountId).account(name.accountId, { priority: "urgent", deadline, ...more });
  const isActive = () => isNamedActiveNow(account(), name, service);
  const isAlready = async (state: boolean) => {
    const soon = Math.min(deadline, clock.now() + secondLookMs);
    return isNamedActiveNow(account({ deadline: soon }), name, service).then(
      (now) => now === state,
      () => false,
    );
  };
  const admission =
    snapshot || isOrdered
      ? createAdmission(dependencies, { service, record, deadline, snapshot, admitted, isActive })
      : undefined;
  return applyActivation(
    { activation, clock },
    {
      name,
      carrier,
      deadline,
      async setActive(isActive, isSure) {
        try {
          const onLostAnswer = async () => {
            if (isSure(isActive) && (await isAlready(isActive))) throw new AlreadyDoneError();
          };
          const options = { onLostAnswer, beforeRepeat: isActive ? undefined : admission?.beforeRepeat };
          await setActive({ account: account(options), table }, name, service, isActive, isSure);
        } catch (error) {
          if (error instanceof AlreadyDoneError) return;
          // It surely did not go out; of one that was not answered nobody knows.
          if (!isActive && error instanceof RingCxNotFoundError) await blastRadius.release(servicePlace(name));
          throw error;
        }
      },
      isActive,
      isAlready,
      afterLook: (current, intents) => giveBack(dependencies, service, current, intents),
      isTold: (outcome) => isStored(table, outcome),
      publish: (outcome, time) => publishChange({ outcomes, table }, outcome, time),
      async announce({ isActive, because, generation, since }) {
        const outcome = recordOutcome(service, record, Date.parse(since))({ isActive, because }, generation);
        await outcomes.publish(outcome, since);
      },
      outcomeOf: (change, generation) => recordOutcome(service, record, clock.now())(change, generation),
      ...(admission && { admit: admission.admit }),
      ...(isOrdered && { isOrdered }),
    },
    record,
  );
}
