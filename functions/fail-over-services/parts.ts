import type { Activation } from "../../shared/activation-records.ts";
import type { Foundation } from "../../shared/foundation.ts";
import type { Probe } from "../../shared/probe.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { AskAlarms } from "./alarm-states.ts";
import type { FindAlarmTags } from "./alarm-tags.ts";
import type { BlastRadius } from "./blast-radius.ts";
import type { FailoverSettings } from "./settings.ts";

/** What failover works with. */
export interface FailOverParts
  extends Pick<Foundation, "table" | "outcomes" | "ringcxFor" | "secrets" | "connections"> {
  activation: Activation;
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

/** What a change answers: an alarm, a command or the sweep; an outcome's id is made of it. */
export interface Cause {
  source: string;
  id: string;
  type: string;
}
