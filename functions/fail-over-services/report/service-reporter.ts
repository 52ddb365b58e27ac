import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { TellingRight } from "../../../shared/state/tell-alone.ts";
import type { ServiceSnapshot } from "../outage/outage-decision.ts";
import type { ReportDependencies } from "./service-outcome.ts";

/** What it takes to tell what is new about a service. */
interface ReporterDependencies extends ReportDependencies, Pick<BaseDependencies, "table"> {
  activation: Pick<ActivationStore, "get">;
}

/** Tells what one reconciliation sees first of a service, once however many see it and however often it is decided anew. */
export class ServiceReporter {
  readonly #dependencies: ReporterDependencies;
  readonly #name: ServiceName;
  readonly #right: TellingRight;
  readonly #told = new Set<string>();

  constructor(dependencies: ReporterDependencies, name: ServiceName) {
    this.#dependencies = dependencies;
    this.#name = name;
    this.#right = new TellingRight(dependencies, activationKey(name));
  }

  /**
   * Tells what the record has noted. Call {@link end} once the record has no notes any more.
   *
   * @param snapshot with the record as it was decided on
   * @returns `told` where nothing is left to tell; `elsewhere` where another one is at it; `changed` where one has been,
   *   so that it must be decided anew
   */
  async tell({
    memory: { notes = {} },
    record,
  }: Pick<ServiceSnapshot, "memory" | "record">): Promise<"told" | "elsewhere" | "changed"> {
    const fresh = Object.entries(notes).filter(([, { outcome }]) => !this.#told.has(outcome.cause.id));
    if (fresh.length === 0) return "told";
    const right = await this.#right.take();
    if (right === "no") return "elsewhere";
    const { activation, outcomes, onGuardTriggered } = this.#dependencies;
    if (right === "taken" && (await activation.get(this.#name)).version !== record.version) return "changed";
    for (const [, { since, outcome, isGuard }] of fresh) {
      if (isGuard) onGuardTriggered?.();
      await outcomes.publish(outcome, since);
      this.#told.add(outcome.cause.id);
    }
    return "told";
  }

  /** Lets others tell. */
  end(): Promise<void> {
    return this.#right.giveBack();
  }
}
