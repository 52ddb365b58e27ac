import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { parseJson } from "../../../shared/primitives/json.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { DemoEnvironment } from "./demo-environment.ts";
import { crmCredential } from "./demo-secrets.ts";
import { playMessages } from "./played-messages.ts";
import type { Expectation } from "./report.ts";

const patienceMs = 30_000;

/**
 * The three jobs, one after the other, through the stack's own queues, schedules and rules: a message becomes a
 * live service, a new secret version reaches RingCX, an outage fails over and recovers.
 */
export async function playExample(environment: DemoEnvironment, text: string): Promise<Expectation[]> {
  const service = exampleService(text);
  return [
    ...(await provision(environment, text, service)),
    ...(await rotate(environment, service)),
    ...(await failOver(environment, service)),
  ];
}

/**
 * The service of the example: others may be made, activated and called beside it while it is played.
 *
 * @throws {Error} for messages that make none
 */
function exampleService(text: string): ServiceName {
  const services = text.split("\n").flatMap((line) => {
    const { data } = messageSchema.safeParse(parseJson(line)?.value);
    const { accountId = "", resources = [] } = data?.data ?? {};
    return resources.flatMap((one) => {
      const service = serviceSchema.safeParse(one).data;
      return service
        ? [{ accountId, groupName: service.groupName, serviceDescription: service.serviceDescription }]
        : [];
    });
  });
  const [service] = services;
  if (!service) throw new Error("The example's messages make no service");
  return service;
}

const messageSchema = z.object({ data: z.object({ accountId: z.string(), resources: z.array(z.unknown()) }) });
const serviceSchema = z.object({
  kind: z.literal("httpService"),
  groupName: z.string(),
  serviceDescription: z.string(),
});

async function provision(environment: DemoEnvironment, text: string, service: ServiceName): Promise<Expectation[]> {
  environment.narrator.chapter("1  Provisioning: a message becomes a live service");
  const expectations = await playMessages(environment, text);
  return [
    ...expectations,
    await callSucceeds(environment, service, "a call through the new service is answered by the CRM"),
  ];
}

async function rotate(environment: DemoEnvironment, service: ServiceName): Promise<Expectation[]> {
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
    await callSucceeds(environment, service, "a call with the new credential is answered, the old one being revoked"),
  ];
}

async function failOver(environment: DemoEnvironment, service: ServiceName): Promise<Expectation[]> {
  const { narrator, crm, feed, alarm, cloudWatch } = environment;
  narrator.chapter("3  Failover: an outage takes the service out, its end brings it back");
  const setAlarm = async (StateValue: "ALARM" | "OK", StateReason: string) => {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue, StateReason }));
    narrator.say(`alarm ${alarm.name} is ${StateValue}: ${StateReason}`);
  };
  const seen = new Set(feed.outcomes);
  const changed = (what: string, change: string) =>
    feed.waitFor(what, (outcome) => !seen.has(outcome) && isOfFailover(outcome, service, change), patienceMs);

  crm.setDown(true);
  await setAlarm("ALARM", "The CRM's health check failed.");
  await changed("the service inactive", "deactivated");
  const duringOutage = await callExample(environment, service);
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
    await callSucceeds(environment, service, "a call after the outage is answered again"),
  ];
}

/** Whether failover has told that it changed the example's service: what people and messages did to it is not that. Pure. */
export function isOfFailover({ data }: Outcome, service: ServiceName, change: string): boolean {
  const isByEvidence = /^(ringcx\.sweep|aws\.cloudwatch\.alarm)$/.test(data.cause.type);
  const isChanged = (data.resources ?? []).some(
    ({ name, changes = [] }) => name === displayName(service) && changes.includes(change),
  );
  return isByEvidence && data.accountId === service.accountId && isChanged;
}

async function callSucceeds(environment: DemoEnvironment, service: ServiceName, what: string): Promise<Expectation> {
  const { status } = await callExample(environment, service);
  environment.narrator.say(`a caller's look-up through RingCX: status ${status}`);
  return expectation(what, status === 200, `status ${status}`);
}

/** One call as an IVR flow would make it. */
async function callExample(
  { simulator }: DemoEnvironment,
  { accountId, groupName, serviceDescription }: ServiceName,
): Promise<{ status: number }> {
  const group = simulator.state(accountId).groups.find((one) => one.groupName === groupName);
  const service = group?.services.find((one) => one.serviceDescription === serviceDescription);
  if (!group || !service) return { status: 404 };
  const { serviceGroupId } = group;
  const { serviceId } = service;
  return simulator.callService({ accountId, serviceGroupId, serviceId, inputs: { ani: "+15550100" } });
}

function expectation(what: string, holds: boolean, found: string): Expectation {
  return { what, holds, found };
}
