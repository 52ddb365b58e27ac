/** Why CloudWatch takes none of a composite alarm's actions, in the API's names. */
export interface ActionSuppression {
  ActionsSuppressedBy: "Alarm" | "WaitPeriod" | "ExtensionPeriod";
  ActionsSuppressedReason: string;
}

/** An alarm, as far as the suppression of its actions goes. */
export interface SuppressibleAlarm {
  kind: "metric" | "composite";
  state: string;
  stateUpdatedAt: Date;
  /** When it last was no longer in ALARM, if it ever was. */
  leftAlarmAt?: Date;
  /** What the alarm was made with, in the API's names. */
  definition: Readonly<Record<string, unknown>>;
}

/**
 * Whether an alarm's actions are suppressed now; only those of a composite alarm with a suppressor can be. Source:
 * CloudWatch User Guide, "Composite alarm action suppression".
 *
 * @param find finds an alarm by its name or ARN
 * @param now epoch milliseconds
 */
export function actionSuppression(
  { kind, definition, stateUpdatedAt }: SuppressibleAlarm,
  find: (nameOrArn: string) => SuppressibleAlarm | undefined,
  now: number,
): ActionSuppression | undefined {
  const { ActionsSuppressor: suppressorName } = definition;
  if (kind !== "composite" || typeof suppressorName !== "string") return undefined;
  const suppressor = find(suppressorName);
  const by = (ActionsSuppressedBy: ActionSuppression["ActionsSuppressedBy"]) => ({
    ActionsSuppressedBy,
    ActionsSuppressedReason: `Actions suppressed by ${ActionsSuppressedBy === "Alarm" ? suppressorName : ActionsSuppressedBy}`,
  });
  const isWithin = (since: Date | undefined, seconds: unknown) =>
    since !== undefined && now < since.getTime() + Number(seconds ?? 0) * 1000;
  if (suppressor?.state === "ALARM") return by("Alarm");
  if (isWithin(suppressor?.leftAlarmAt, definition.ActionsSuppressorExtensionPeriod)) return by("ExtensionPeriod");
  return isWithin(stateUpdatedAt, definition.ActionsSuppressorWaitPeriod) ? by("WaitPeriod") : undefined;
}
