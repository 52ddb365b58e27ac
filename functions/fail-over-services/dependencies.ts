import type { ActivationStore } from "../../shared/activation/activation-store.ts";
import type { Clock } from "../../shared/primitives/clock.ts";
import type { Probe } from "../../shared/probe/probe.ts";
import type { BaseDependencies } from "../../shared/runtime/dependencies.ts";
import type { BlastRadius } from "./apply/blast-radius.ts";
import type { AskAlarms } from "./evidence/alarm-states.ts";
import type { FailoverSettings } from "./settings.ts";
import type { FindAlarmTags } from "./watchlist/alarm-tags.ts";

/** What failover works with. */
export interface FailOverParts
  extends Pick<BaseDependencies, "table" | "outcomes" | "ringcxFor" | "secrets" | "connections"> {
  activation: ActivationStore;
  askAlarms: AskAlarms;
  findAlarmTags: FindAlarmTags;
  probe: Probe;
  blastRadius: BlastRadius;
  settings: FailoverSettings;
  clock: Clock;
  /** Told of every guard that stepped in, for the metrics. */
  onGuard?: () => void;
  logger: {
    info(message: string, facts: Record<string, unknown>): void;
    warn(message: string, facts: Record<string, unknown>): void;
  };
}
