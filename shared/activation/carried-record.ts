import type { ActivationChange, Carrier, Intent, StoredActivation } from "../records/account/activation.ts";
import { lastKnownState } from "../records/account/known-state.ts";
import { displayName, type ServiceName } from "../records/service-name.ts";
import { contendedError } from "../state/conditional-write.ts";
import type { ApplyActivationDependencies } from "./activation-caller.ts";
import { desiredActivation } from "./decide-activation.ts";
import { intentsAfterLook, isCarriedByOther, noteIntent, withoutIntent } from "./intents.ts";
import { openIntents } from "./reasons.ts";
import { withTried } from "./surely-shown.ts";

/** More steps than any record has; a bound all the same. */
export const maxSteps = 100;

/**
 * A service's activation record in the hands of one process, its carrier. Each write is made on what was read last; where another
 * writer came between, the record is read again and nothing is written.
 */
export class CarriedRecord {
  readonly carrier: Carrier;
  readonly #dependencies: ApplyActivationDependencies;
  readonly #name: ServiceName;
  #now: StoredActivation;

  constructor(
    dependencies: ApplyActivationDependencies,
    { name, carrier }: { name: ServiceName; carrier: Carrier },
    record: StoredActivation,
  ) {
    this.#dependencies = dependencies;
    this.#name = name;
    this.carrier = carrier;
    this.#now = record;
  }

  /** As it was read, or written, last. */
  get now(): StoredActivation {
    return this.#now;
  }

  get isOurs(): boolean {
    return this.#now.carrier?.id === this.carrier.id;
  }

  /** Whether another process is at it. @param now epoch milliseconds */
  isCarriedByOther(now: number): boolean {
    return isCarriedByOther(this.#now, this.carrier, now);
  }

  /** @param read as somebody else has just read or written it. @default it is read again */
  async renew(read?: StoredActivation): Promise<void> {
    this.#now = read ?? (await this.#dependencies.activation.get(this.#name));
  }

  /** @returns whether nobody had written since; otherwise the record was read again */
  async write(change: ActivationChange): Promise<boolean> {
    const written = await this.#dependencies.activation.changeIf(this.#name, this.#now, change);
    await this.renew(written);
    return written !== undefined;
  }

  /** Takes it over. Whoever carried it out before has died, or does not answer: its last call may have been made just before its time was over. */
  async takeOver(): Promise<void> {
    const { carrier: before } = this.#now;
    const [first] = openIntents(this.#now);
    const until = before && Math.min(this.#dependencies.clock.now(), Date.parse(before.until));
    const tried = until !== undefined && first ? { intents: withTried(this.#now, first, until) } : {};
    await this.write({ carrier: this.carrier, ...tried });
  }

  /**
   * Removes an intent; what others added meanwhile stays.
   *
   * @param doneAt it is still to be published, with this time: then it stays as one that is done
   */
  async finish(intent: Intent, change: ActivationChange = {}, doneAt?: string): Promise<void> {
    for (let lost = 0; lost < maxSteps; lost += 1) {
      if (!this.#now.intents?.some(({ generation }) => generation === intent.generation)) {
        return this.#overtaken(intent);
      }
      const now = this.#dependencies.clock.now();
      // What others noted meanwhile was not begun; of it only that is left which is not so by now.
      const left = intent.isApplied ? this.#now : { intents: intentsAfterLook(this.#now, intent.isActive, now) };
      const others = withoutIntent(left, intent);
      const { isDelayed: _isDelayed, ...done } = intent;
      const intents = doneAt === undefined ? others : [{ ...done, isApplied: true as const, since: doneAt }, ...others];
      if (await this.write({ ...change, intents, ...(intents.length === 0 && { carrier: null }) })) return;
    }
    throw contendedError(`the activation record of ${displayName(this.#name)}`);
  }

  /** Our time was over, and the next process looked before our call had its effect: it is made sure once more. */
  async #overtaken({ isActive }: Intent): Promise<void> {
    const now = this.#dependencies.clock.now();
    if (openIntents(this.#now).length > 0 || lastKnownState(this.#now)?.isActive === isActive) return;
    const because = "two processes changed it at the same time";
    const intent = { isActive: desiredActivation(this.#now, now).isActive, because };
    await this.write(noteIntent(this.#now, intent, { carrier: this.carrier, now }));
  }
}
