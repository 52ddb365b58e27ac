import type { EnvironmentSettings } from "../../environments.ts";

/** How soon a person looks: `page` at any hour, `ticket` on a working day. */
export type Urgency = "page" | "ticket";

/**
 * How soon a person looks at which alarm. A page is what keeps the automation blind or idle, what leaves callers without a
 * service or with a wrong credential, and what brings a credential where it does not belong. All else waits for the day.
 */
export const urgencyOf = {
  ProvisioningRejected: "ticket",
  CommandRejected: "ticket",
  WakesUndelivered: "page",
  // The sweep looks at every alarm each minute.
  AlarmEventsUndelivered: "ticket",
  ProvisioningNotTakenIn: "page",
  CommandsWait: "page",
  AlarmEventsWait: "page",
  ProvisioningWaits: "ticket",
  RateLimited: "ticket",
  TokenRenewalFailed: "page",
  GuardTriggered: "page",
  // What could do harm was not done.
  AssumptionBroken: "ticket",
  // What runs goes on with the last good ones; what starts cannot.
  AccountsNotRead: "page",
  RotationOverdue: "ticket",
  RotationDiverged: "page",
  // The old credential is in force.
  RotationFailing: "ticket",
  EdgesNotPermitted: "page",
  AuthConfigsNotFollowed: "ticket",
  InactiveTooLong: "page",
  ItemsUnreadable: "page",
  EvidenceNotAsked: "page",
  SweepErrors: "page",
  SweepNotRunning: "page",
  SyncNotRunning: "page",
  AcceptMessagesFails: "page",
  ProvisionServicesFails: "page",
  RotateCredentialsFails: "page",
  RotateSecretFails: "ticket",
  FailOverServicesFails: "page",
} as const satisfies Record<string, Urgency>;

/** The alarms by their names in the template. */
export type AlarmId = keyof typeof urgencyOf;

/** Outputs that name the topics. */
export const topicOutputs: Readonly<Record<Urgency, string>> = { page: "PageTopicArn", ticket: "TicketTopicArn" };

/** Who is told of the alarms of an urgency, each once. */
export function alarmRecipients({ notifications }: Pick<EnvironmentSettings, "notifications">, urgency: Urgency) {
  return [...new Set([...notifications.alarms, ...notifications[urgency]])];
}
