import type { Clock } from "../primitives/clock.ts";
import type { ActivationChange, Carrier, Intent, StoredActivation } from "../records/account/activation.ts";
import type { NotedOutcome } from "../records/noted-outcome.ts";
import type { ServiceName } from "../records/service-name.ts";
import type { ActivationStore } from "./activation-store.ts";
import type { ActivationDecision } from "./decide-activation.ts";
import type { OutcomeOf } from "./intents.ts";
import type { IsSure } from "./set-active.ts";

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
  /** Number of its intent in the record. */
  generation: number;
  /** When the intent was noted, ISO 8601: the same each time that it is said. */
  since: string;
  /** How many changes came before it in the same run: another writer changed the record meanwhile. */
  previousChanges: number;
}

/** How one caller changes a service and says so. */
export interface ActivationCaller {
  name: ServiceName;
  /**
   * The one call to RingCX. What it throws is the caller's; the record then still says what should be.
   *
   * @param isSure whether what RingCX shows now may be believed: otherwise no read confirms a call that was not answered
   * @throws {NoLongerAdmittedError} to have `admit` asked again
   */
  setActive(isActive: boolean, isSure: IsSure): Promise<void>;
  /** What RingCX says now; asked only where it matters whether an earlier process has done something. */
  isActive(): Promise<boolean>;
  /**
   * Whether RingCX says, and at once, that it is so already: asked before what may have been done is done again, or it would
   * undo what a person has done since. @default it is done again
   */
  isAlready?(isActive: boolean): Promise<boolean>;
  /** What is to be written together with the intents that a look has left. @default nothing */
  afterLook?(record: StoredActivation, intents: readonly Intent[]): Promise<ActivationChange>;
  /** Publishes the outcome of an intent. @param time ISO 8601, the same each time */
  publish?(outcome: NotedOutcome, time: string): Promise<unknown>;
  /**
   * Whether the outcome of an intent is stored, which happens once RingCX has done it: whoever did it has died since, and
   * what RingCX says by now a person may have done. @default RingCX is asked
   */
  isTold?(outcome: NotedOutcome): Promise<boolean>;
  /** Says what was done where the intent has no outcome of its own. */
  announce?(applied: AppliedActivation): void | Promise<void>;
  /** What this run notes is told by the outcome of a message. @default it is announced by whoever carries it out */
  isOfMessage?: boolean;
  /** The outcome of a change that nobody has noted before this run. @default it is announced */
  outcomeOf?: OutcomeOf;
  /**
   * Whether a guard lets this one be done. Otherwise the record as it is then, without what asked for it; `undefined` when
   * another writer was quicker. @default what a guard may forbid is left to whoever can ask it
   */
  admit?(record: StoredActivation, intent: Intent): Promise<true | StoredActivation | undefined>;
  /** Where guards may not be asked: whether a person has ordered this one, past them. @default they may */
  isOrdered?(intent: Intent): boolean;
  /** Where the caller must not activate. @default both directions */
  only?: "deactivate";
  /** By when it stops, epoch milliseconds. @default in a minute */
  deadline?: number;
  /** As the caller has noted it in the record. @default a new one */
  carrier?: Carrier;
}

/** Raised while RingCX is called, where what asks for it may be over by now. */
export class NoLongerAdmittedError extends Error {
  override readonly name = "NoLongerAdmittedError";
}

/** What came of it. */
export interface AppliedRecord {
  record: StoredActivation;
  /** The last decision that was carried out; where none was, the one that was not. */
  decision: ActivationDecision;
  /** Numbers of the intents that were published in this run. */
  published: readonly number[];
}
