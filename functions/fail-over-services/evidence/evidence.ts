/** What CloudWatch says of an alarm now. */
export type AlarmState =
  | {
      state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
      /** CloudWatch's own words. */
      reason: string;
      /** ISO 8601. */
      since: string;
      /** Why CloudWatch takes none of its actions now, in words; left out where it takes them. */
      muted?: string;
      /** Why it is not known whether a rule mutes it: then it counts as if none did. */
      muteUnknown?: string;
    }
  /** There is no such alarm (any more). */
  | { state: "MISSING" }
  /** CloudWatch could not be asked; `isLasting` where it will not be before somebody changes our settings. */
  | { state: "UNKNOWN"; because: string; isLasting?: true };

/** Why something could not be asked. It is our own matter to mend, and says nothing about an endpoint. */
export interface NotAsked {
  /** Where to mend it. */
  fault: "SETTINGS" | "MANIFEST" | "SECRET" | "STATE_TABLE" | "NETWORK" | "CLOUDWATCH" | "TIME";
  /** What could not be asked or read: the same as long as it is the same fault. */
  subject: string;
  /** In words that hold nothing secret. */
  because: string;
}

/**
 * What asking an endpoint showed. Only `FAILED` speaks for an outage and only `PASSED` against one: `NOT_ASKED` begins
 * nothing, ends nothing and confirms nothing.
 */
export type ProbeEvidence =
  | { result: "PASSED" }
  /** `isAnswered`: something came back, so the way there works. */
  | { result: "FAILED"; because: string; isAnswered: boolean }
  | ({ result: "NOT_ASKED" } & NotAsked);

/** What is seen of a service's endpoint. */
export interface Evidence {
  /** As far as they were asked: an event asks for its own alarm only, and can open an outage but not close one. */
  alarms: readonly { arn: string; state: AlarmState }[];
  /** All alarms were asked, and the probe if there is one and it matters. */
  isComplete: boolean;
  /** The answer to the validation request; `undefined` where it was not sent. */
  probe: ProbeEvidence | undefined;
}

/** The alarms that say that something is wrong now. One that somebody has muted says nothing. */
export function firingAlarms({ alarms }: Pick<Evidence, "alarms">): Evidence["alarms"] {
  return alarms.filter(({ state }) => state.state === "ALARM" && state.muted === undefined);
}

/** The alarms that would say so, had nobody muted them. */
export function mutedAlarms({ alarms }: Pick<Evidence, "alarms">): Evidence["alarms"] {
  return alarms.filter(({ state }) => state.state === "ALARM" && state.muted !== undefined);
}

/** Region and account of an alarm, as its ARN says: `eu-west-1:111122223333`. */
export function placeOf(alarmArn: string): string {
  return alarmArn.split(":").slice(3, 5).join(":");
}

/** What could not be asked of a service; empty where all was that is needed. */
export function notAskedIn({ alarms, probe }: Pick<Evidence, "alarms" | "probe">): NotAsked[] {
  const unknown = alarms.flatMap(({ arn, state }): NotAsked[] =>
    state.state === "UNKNOWN"
      ? [{ fault: "CLOUDWATCH", subject: placeOf(arn), because: `${arn}: ${state.because}` }]
      : [],
  );
  if (probe?.result !== "NOT_ASKED") return unknown;
  const { result: _result, ...notAsked } = probe;
  return [...unknown, notAsked];
}

/** Whether all was asked that says how the service is. */
export function isAllAsked(evidence: Evidence): boolean {
  return evidence.isComplete && notAskedIn(evidence).length === 0;
}
