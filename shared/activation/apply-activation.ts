import type { ActivationChange, Intent, StoredActivation } from "../records/account/activation.ts";
import { displayName } from "../records/service-name.ts";
import { contendedError } from "../state/conditional-write.ts";
import {
  type ActivationCaller,
  type AppliedRecord,
  type ApplyActivationDependencies,
  NoLongerAdmittedError,
} from "./activation-caller.ts";
import { CarriedRecord, maxSteps } from "./carried-record.ts";
import { type ActivationDecision, decideActivation, desiredActivation, isForOutageAlone } from "./decide-activation.ts";
import { ChangeUnderWayError, type IntentStep, intentsAfterLook, newCarrier, nextStep, noteIntent } from "./intents.ts";
import { isInForce, openIntents } from "./reasons.ts";
import { isSurelyShown, withTried } from "./surely-shown.ts";

/**
 * Brings a service into the state that its record asks for; the only place that does, whoever changed the record. Each
 * change is an intent in the record before RingCX is called: called, published, and removed together with the note of what
 * was applied. So whoever comes after a crash does exactly what is left, with the words of whoever began it. What another
 * writer adds meanwhile is applied, too.
 *
 * @param record as the caller's write returned it
 * @throws {@link ChangeUnderWayError} while another process is at the record, and what RingCX and the table throw
 */
export async function applyActivation(
  dependencies: ApplyActivationDependencies,
  caller: ActivationCaller,
  record: StoredActivation,
): Promise<AppliedRecord> {
  const run = new ApplyRun(dependencies, caller, record);
  try {
    return await run.untilDone();
  } catch (error) {
    await run.release();
    throw error;
  }
}

class ApplyRun {
  readonly #dependencies: ApplyActivationDependencies;
  readonly #caller: ActivationCaller;
  readonly #published: number[] = [];
  readonly #record: CarriedRecord;
  #carriedOut: ActivationDecision | undefined;
  #changes = 0;
  /** RingCX has done it, but nobody was told. */
  #unpublished: Intent | undefined;
  /** RingCX was to do it, and failed, and nobody has tried before: so nobody has told it and died. */
  #failed: Intent | undefined;
  /** RingCX was to do it, by this process or an earlier one, and nobody knows whether it has. */
  #tried: Intent | undefined;
  /** Numbers of intents that others may have tried. */
  readonly #takenOver = new Set<number>();

  constructor(dependencies: ApplyActivationDependencies, caller: ActivationCaller, record: StoredActivation) {
    this.#dependencies = dependencies;
    this.#caller = caller;
    const carrier = caller.carrier ?? newCarrier(caller.deadline ?? dependencies.clock.now() + 60_000);
    this.#record = new CarriedRecord(dependencies, { name: caller.name, carrier }, record);
  }

  async untilDone(): Promise<AppliedRecord> {
    for (let steps = 0; steps < maxSteps; steps += 1) {
      const now = this.#dependencies.clock.now();
      const { name } = this.#caller;
      if (this.#record.isCarriedByOther(now)) throw new ChangeUnderWayError(displayName(name));
      const step = nextStep(this.#record.now, now);
      if (step.kind === "none" || this.#isLeft(step, now)) {
        if (step.kind !== "none") await this.release();
        const decision = this.#carriedOut ?? decideActivation(this.#record.now, now);
        return { record: this.#record.now, decision, published: this.#published };
      }
      // Whoever cannot publish another's outcome leaves it to the sweep; but what the sweep cannot do, it would wait for for ever.
      const isTriedBefore = step.kind === "apply" && step.intent.triedAt !== undefined;
      if (step.kind !== "note" && step.intent.outcome && !this.#caller.publish && !isTriedBefore) {
        throw new ChangeUnderWayError(displayName(name));
      }
      if (step.kind !== "note" && !this.#record.isOurs) {
        for (const { generation } of openIntents(this.#record.now)) this.#takenOver.add(generation);
        await this.#record.takeOver();
        continue;
      }
      await this.#take(step);
    }
    throw contendedError(`the activation record of ${displayName(this.#caller.name)}`);
  }

  /** Whether it is for others to do. */
  #isLeft(step: IntentStep, now: number): boolean {
    if (step.kind !== "note" && step.kind !== "apply") return false;
    const { only, admit, isOrdered } = this.#caller;
    const { isActive } = step.kind === "note" ? step : step.intent;
    if (isActive) return only === "deactivate";
    const isTheirs = isOrdered ? step.kind === "apply" && isOrdered(step.intent) : admit !== undefined;
    // One that was out, and that our own write of its whole record has brought back, was let through before.
    const wasOut = this.#record.now.lastAppliedState?.isActive === false;
    return !isTheirs && !wasOut && isForOutageAlone(this.#record.now, now);
  }

  /** Where a process fails, the next one need not wait for it. What was learned is kept. */
  async release(): Promise<void> {
    try {
      for (let lost = 0; lost < 5 && this.#record.isOurs; lost += 1) {
        if (await this.#record.write({ carrier: null, ...this.#delayed(), ...this.#appliedOnly() })) return;
      }
    } catch {
      // The table cannot be reached either: the intents wait until this carrier's time is over.
    }
  }

  /** Whoever does it later tells it with that time: under none it was told so far. */
  #delayed(): ActivationChange {
    const tried = this.#record.now.intents?.find(({ generation }) => generation === this.#tried?.generation);
    if (!tried) return {};
    const more = tried.generation === this.#failed?.generation ? { isDelayed: true as const } : {};
    return { intents: withTried(this.#record.now, tried, this.#dependencies.clock.now(), more) };
  }

  /** What is known although it was not published: what others noted meanwhile is judged by it. */
  #appliedOnly(): ActivationChange {
    const done = this.#unpublished;
    if (!done || !this.#record.now.intents?.some(({ generation }) => generation === done.generation)) return {};
    const intents = intentsAfterLook(this.#record.now, done.isActive, this.#dependencies.clock.now());
    return { lastAppliedState: done.isActive, appliedGeneration: done.generation, intents };
  }

  async #take(step: Exclude<IntentStep, { kind: "none" }>): Promise<void> {
    const { clock } = this.#dependencies;
    if ((step.kind === "look" || step.kind === "apply") && (await this.#wasTold(step.intent))) return;
    switch (step.kind) {
      case "note": {
        const { isActive, because } = step;
        const { outcomeOf, isOfMessage } = this.#caller;
        const noted = noteIntent(
          this.#record.now,
          { isActive, because, ...(isOfMessage && { isOfMessage }) },
          {
            carrier: this.#record.carrier,
            now: clock.now(),
            outcomeOf,
          },
        );
        await this.#record.write(noted);
        return;
      }
      case "look": {
        const { isActive, isSure } = await this.#looked();
        const intents = intentsAfterLook(this.#record.now, isActive, clock.now(), isSure);
        const change = await this.#caller.afterLook?.(this.#record.now, intents);
        await this.#record.write({
          ...change,
          intents,
          observed: isActive,
          ...(intents.length === 0 && { carrier: null }),
        });
        return;
      }
      case "publish":
        await this.#tell(step.intent);
        await this.#record.finish(step.intent);
        return;
      case "apply":
        await this.#apply(step.intent);
    }
  }

  /**
   * How the service is. Where what RingCX shows may be older than our own last call, it is taken to be as it is not to be: so
   * the call is made, and nothing rests on the read.
   */
  async #looked(): Promise<{ isActive: boolean; isSure: boolean }> {
    const shown = await this.#caller.isActive();
    const now = this.#dependencies.clock.now();
    if (isSurelyShown(this.#record.now, shown, now)) return { isActive: shown, isSure: true };
    // Nothing is called for then, and what is noted now would stay.
    if (isInForce(this.#record.now.handsOff, now)) throw new ChangeUnderWayError(displayName(this.#caller.name));
    return { isActive: !desiredActivation(this.#record.now, now).isActive, isSure: false };
  }

  /** Where another process has done it, and died before the record said so, only the rest is left. */
  async #wasTold(intent: Intent): Promise<boolean> {
    const { generation, outcome } = intent;
    if (!outcome || !this.#takenOver.has(generation) || !(await this.#caller.isTold?.(outcome))) return false;
    // It is the first one; what others noted meanwhile is judged by it.
    const intents = intentsAfterLook(this.#record.now, intent.isActive, this.#dependencies.clock.now());
    await this.#record.write({ ...appliedBy(intent), intents });
    return true;
  }

  async #apply(intent: Intent): Promise<void> {
    const { admit, setActive, isTold, publish } = this.#caller;
    // Nobody was told of it so far: it is stored before it is published. So it has the time at which it is done.
    const isUntold = intent.isDelayed === true || (isTold !== undefined && this.#takenOver.has(intent.generation));
    const isLate = intent.outcome !== undefined && (isUntold || !publish);
    const admitted = (await admit?.(this.#record.now, intent)) ?? (admit ? undefined : true);
    if (admitted !== true) {
      await this.#record.renew(admitted);
      return;
    }
    if (await this.#isDone(intent)) {
      const now = this.#dependencies.clock.now();
      await this.#record.write({
        intents: intentsAfterLook(this.#record.now, intent.isActive, now),
        observed: intent.isActive,
      });
      return;
    }
    try {
      this.#tried = intent;
      await setActive(intent.isActive, (shown) =>
        isSurelyShown(this.#record.now, shown, this.#dependencies.clock.now()),
      );
      this.#tried = undefined;
    } catch (error) {
      if (error instanceof NoLongerAdmittedError) return;
      if (!this.#takenOver.has(intent.generation)) this.#failed = intent;
      throw error;
    }
    if (!isLate) {
      this.#unpublished = intent;
      await this.#tell(intent);
    }
    this.#carriedOut = { action: intent.isActive ? "activate" : "deactivate", because: intent.because };
    this.#changes += 1;
    if (isLate)
      return this.#record.finish(intent, appliedBy(intent), new Date(this.#dependencies.clock.now()).toISOString());
    await this.#record.finish(intent, appliedBy(intent));
    this.#unpublished = undefined;
  }

  /** Of one that was tried before, and perhaps done. */
  async #isDone({ isActive, isDelayed, generation }: Intent): Promise<boolean> {
    const { isAlready } = this.#caller;
    const mayBeDone = isDelayed === true || this.#takenOver.has(generation);
    return (
      mayBeDone &&
      isAlready !== undefined &&
      isSurelyShown(this.#record.now, isActive, this.#dependencies.clock.now()) &&
      (await isAlready(isActive))
    );
  }

  async #tell({ outcome, since, isActive, because, generation, isOfMessage }: Intent): Promise<void> {
    const { publish, announce } = this.#caller;
    if (outcome && publish) await publish(outcome, since);
    else if (!isOfMessage) await announce?.({ isActive, because, generation, since, previousChanges: this.#changes });
    this.#published.push(generation);
  }
}

function appliedBy({ isActive, generation }: Intent): ActivationChange {
  return { lastAppliedState: isActive, appliedGeneration: generation };
}
