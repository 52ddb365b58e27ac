/** What an alarm's actions are taken from. */
export interface ActingAlarm {
  name: string;
  arn: string;
  state: string;
  stateReason: string;
  stateUpdatedAt: Date;
  /** What the alarm was made with, in the API's names. */
  definition: Readonly<Record<string, unknown>>;
}

const actionsByState: Readonly<Record<string, string>> = {
  ALARM: "AlarmActions",
  OK: "OKActions",
  INSUFFICIENT_DATA: "InsufficientDataActions",
};

/**
 * The topics that an alarm tells of the state that it is in now: once for each change, and whatever other alarms say.
 * Actions of other kinds are not known here.
 */
export function topicsToTell({ state, definition }: ActingAlarm): string[] {
  if (definition.ActionsEnabled === false) return [];
  const actions = definition[actionsByState[state] ?? ""];
  return Array.isArray(actions) ? actions.map(String).filter((arn) => arn.split(":")[2] === "sns") : [];
}

/**
 * What CloudWatch publishes, as far as anybody here reads it. Source: CloudWatch User Guide, "Notify users on alarm
 * changes".
 */
export function alarmNotification(alarm: ActingAlarm, oldState: string): { Subject: string; Message: string } {
  const [, , , region, account] = alarm.arn.split(":");
  return {
    Subject: `${alarm.state}: "${alarm.name}" in ${region}`.slice(0, 100),
    Message: JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: alarm.definition.AlarmDescription ?? null,
      AWSAccountId: account,
      AlarmArn: alarm.arn,
      NewStateValue: alarm.state,
      NewStateReason: alarm.stateReason,
      OldStateValue: oldState,
      StateChangeTime: alarm.stateUpdatedAt.toISOString().replace("Z", "+0000"),
      Region: region,
    }),
  };
}
