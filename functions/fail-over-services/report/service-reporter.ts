import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import { activationKey, type StoredActivation } from "../../../shared/records/account/activation.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { TellingRight } from "../../../shared/state/tell-alone.ts";
import type { News } from "./service-news.ts";
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
   * Call {@link end} once the record says that it was told.
   *
   * @param record as it was decided on
   * @returns `told` where nothing is left to tell; `elsewhere` where another one is at it; `changed` where one has been,
   *   so that it must be decided anew
   */
  async tell(news: readonly News[], record: StoredActivation): Promise<"told" | "elsewhere" | "changed"> {
    const fresh = news.filter(({ key }) => !this.#told.has(key));
    if (fresh.length === 0) return "told";
    const right = await this.#right.take();
    if (right === "no") return "elsewhere";
    const { activation, outcomes, onGuardTriggered } = this.#dependencies;
    if (right === "taken" && (await activation.get(this.#name)).version !== record.version) return "changed";
    for (const { key, outcome, isGuard } of fresh) {
      if (isGuard) onGuardTriggered?.();
      await outcomes.publish(outcome);
      this.#told.add(key);
    }
    return "told";
  }

  /** Lets others tell. */
  end(): Promise<void> {
    return this.#right.giveBack();
  }
}
