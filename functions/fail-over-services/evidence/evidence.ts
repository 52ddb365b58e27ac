import type { AlarmState } from "./alarm-states.ts";
/** What was seen of a service's endpoint. */
export interface Evidence {
  /** As far as they were asked: an event asks for its own alarm only, and can begin an outage but not end one. */
  alarms: readonly { arn: string; state: AlarmState }[];
  /** All alarms were asked, and the probe if there is one and it matters. */
  isComplete: boolean;
  /** The answer to the validation request; `undefined` where it was not sent. */
  probe: { passed: true } | { passed: false; because: string } | undefined;
}

/** The alarms that say that something is wrong now. */
export function firingOf({ alarms }: Evidence): Evidence["alarms"] {
  return alarms.filter(({ state }) => state.state === "ALARM");
}
