/** What CloudWatch says of an alarm now. */
export type AlarmState =
  | {
      state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
      /** CloudWatch's own words. */
      reason: string;
      /** ISO 8601. */
      since: string;
    }
  /** There is no such alarm (any more). */
  | { state: "MISSING" }
  /** CloudWatch could not be asked. */
  | { state: "UNKNOWN"; because: string };

/** What is seen of a service's endpoint. */
export interface Evidence {
  /** As far as they were asked: an event asks for its own alarm only, and can open an outage but not close one. */
  alarms: readonly { arn: string; state: AlarmState }[];
  /** All alarms were asked, and the probe if there is one and it matters. */
  isComplete: boolean;
  /** The answer to the validation request; `undefined` where it was not sent. */
  probe: { passed: true } | { passed: false; because: string } | undefined;
}

/** The alarms that say that something is wrong now. */
export function firingAlarms({ alarms }: Evidence): Evidence["alarms"] {
  return alarms.filter(({ state }) => state.state === "ALARM");
}
