import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { crmCredential, type DemoEnvironment } from "./demo-environment.ts";
import { playMessages } from "./played-messages.ts";
import type { Expectation } from "./report.ts";

const patienceMs = 30_000;

/**
 * The three jobs, one after the other, through the stack's own queues, schedules and rules: a message becomes a
 * live service, a new secret version reaches RingCX, an outage fails over and recovers.
 */
export async function playExample(environment: DemoEnvironment, text: string): Promise<Expectation[]> {
  return [...(await provision(environment, text)), ...(await rotate(environment)), ...(await failOver(environment))];
}

async function provision(environment: DemoEnvironment, text: string): Promise<Expectation[]> {
  environment.narrator.chapter("1  Provisioning: a message becomes a live service");
  const expectations = await playMessages(environment, text);
  return [...expectations, await callSucceeds(environment, "a call through the new service is answered by the CRM")];
}

async function rotate(environment: DemoEnvironment): Promise<Expectation[]> {
  const { narrator, crm, secrets, crmSecret, feed } = environment;
  narrator.chapter("2  Rotation: a new version of the secret reaches RingCX");
  const clientSecret = crm.issueClientSecret();
  const { VersionId = "" } = await secrets.send(
    new PutSecretValueCommand({ SecretId: crmSecret.name, SecretString: crmCredential(crm, clientSecret) }),
  );
  narrator.say(`secret ${crmSecret.name} has a new version ${VersionId.slice(0, 8)}…, the schedule will find it`);
  const outcome = await feed.waitFor(
    "the rotation of the CRM's credential",
    ({ data }) => data.details?.versionId === VersionId,
    patienceMs,
  );
  crm.revokeClientSecret(crmSecret.clientSecret);
  narrator.say("the CRM has revoked the old credential");
  return [
    expectation("the rotation succeeds", outcome.data.status === "SUCCEEDED", outcome.data.summary),
    await callSucceeds(environment, "a call with the new credential is answered, the old one being revoked"),
  ];
}

async function failOver(environment: DemoEnvironment): Promise<Expectation[]> {
  const { narrator, crm, feed, alarm, cloudWatch } = environment;
  narrator.chapter("3  Failover: an outage takes the service out, its end brings it back");
  const setAlarm = async (StateValue: "ALARM" | "OK", StateReason: string) => {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue, StateReason }));
    narrator.say(`alarm ${alarm.name} is ${StateValue}: ${StateReason}`);
  };
  const seen = feed.outcomes.length;
  const changed = (what: string, change: string) =>
    feed.waitFor(
      what,
      (outcome) =>
        feed.outcomes.indexOf(outcome) >= seen &&
        (outcome.data.resources ?? []).some(({ changes = [] }) => changes.includes(change)),
      patienceMs,
    );

  crm.setDown(true);
  await setAlarm("ALARM", "The CRM's health check failed.");
  await changed("the service inactive", "deactivated");
  const duringOutage = await callExample(environment);
  narrator.say(`a caller's look-up through RingCX: status ${duringOutage.status}, at once`);

  crm.setDown(false);
  await setAlarm("OK", "The CRM's health check passes again.");
  await changed("the service active again", "activated");
  return [
    expectation(
      "a call during the outage is refused by RingCX at once (409), not stalled by the CRM",
      duringOutage.status === 409,
      `status ${duringOutage.status}`,
    ),
    await callSucceeds(environment, "a call after the outage is answered again"),
  ];
}

async function callSucceeds(environment: DemoEnvironment, what: string): Promise<Expectation> {
  const { status } = await callExample(environment);
  environment.narrator.say(`a caller's look-up through RingCX: status ${status}`);
  return expectation(what, status === 200, `status ${status}`);
}

/** One call as an IVR flow would make it, by the first service that there is. */
async function callExample({ simulator }: DemoEnvironment): Promise<{ status: number }> {
  const account = simulator.accountId;
  for (const group of simulator.state(account).groups) {
    const [service] = group.services;
    if (service) {
      return simulator.callService({
        accountId: account,
        serviceGroupId: group.serviceGroupId,
        serviceId: service.serviceId,
        inputs: { ani: "+15550100" },
      });
    }
  }
  return { status: 404 };
}

function expectation(what: string, holds: boolean, found: string): Expectation {
  return { what, holds, found };
}
