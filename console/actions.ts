import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { crmCredential, type DemoEnvironment } from "../infra/local/demo/demo-environment.ts";

/** What a button does: it answers with what was done, in a sentence. */
export type Actions = Readonly<Record<ActionName, () => Promise<string>>>;

/** The buttons, in their order. */
export const actionNames = ["alarm", "secret", "endpoint", "lose-answer", "foreign-client"] as const;
/** See {@link actionNames}. */
export type ActionName = (typeof actionNames)[number];

/** The buttons of the demonstration, and which of their things are on. */
export function demonstrationActions(environment: DemoEnvironment): { actions: Actions; on(): readonly string[] } {
  const { crm, secrets, cloudWatch, alarm, crmSecret, simulator } = environment;
  const on = new Set<ActionName>();
  const toggle = (name: ActionName) => {
    if (on.delete(name)) return false;
    on.add(name);
    return true;
  };
  const actions: Actions = {
    async alarm() {
      const StateValue = toggle("alarm") ? "ALARM" : "OK";
      const StateReason =
        StateValue === "ALARM" ? "Somebody raised it in the console." : "Somebody ended it in the console.";
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue, StateReason }));
      return `Alarm ${alarm.name} is ${StateValue}.`;
    },
    async secret() {
      const SecretString = crmCredential(crm, crm.issueClientSecret());
      const { VersionId = "" } = await secrets.send(
        new PutSecretValueCommand({ SecretId: crmSecret.name, SecretString }),
      );
      return `Secret ${crmSecret.name} has the new version ${VersionId}; the schedule will find it.`;
    },
    async endpoint() {
      const isDown = toggle("endpoint");
      crm.setDown(isDown);
      return isDown ? "The CRM answers 503 to everything." : "The CRM answers again.";
    },
    async "lose-answer"() {
      simulator.faults.add({ kind: "lost-answer" });
      return "The answer of the next request to RingCX is lost: RingCX does it, and nobody hears of it.";
    },
    async "foreign-client"() {
      simulator.faults.add({ kind: "foreign-client", requests: 60 });
      return "With the next request another client of the account takes 60 of its 120 requests a minute.";
    },
  };
  return { actions, on: () => [...on] };
}
