import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createBlastRadius } from "../../functions/fail-over-services/apply/blast-radius.ts";
import { checkedEnvironment } from "../../infra/environments.ts";
import { startAssembly } from "../../infra/local/assembly-host.ts";
import { putHealthAlarm } from "../../infra/local/demo/demo-environment.ts";
import { startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { type Assembly, synthesize } from "../../infra/local/template/assembly.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { systemClock } from "../../shared/primitives/clock.ts";
import { activationKey } from "../../shared/records/account/activation.ts";
import { serviceRecordKey } from "../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../shared/records/alarm-links.ts";
import { sessionKey } from "../../shared/ringcx/session/session-item.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { PlainRingCx } from "./plain-flow.ts";
import type { FirstPut } from "./watched-function.ts";

const accountId = "123456";
const region = "eu-central-1";
const alarmName = "crm-is-down";
const alarmArn = `arn:aws:cloudwatch:${region}:000000000000:alarm:${alarmName}`;
const name = { accountId, groupName: "CRM", serviceDescription: "Look-up" };

/** A bundle that takes services out for alarms. */
export interface Bundle {
  /** Letters and digits. */
  id: string;
  file: string;
}

/** One cold process, from its start to its PUT. */
export interface ColdStart extends FirstPut {
  /** Until RingCX had the PUT. */
  ms: number;
}

/**
 * The stack on the local host, RingCX's simulator, and a service with an alarm. Each bundle runs as one more function of the template, with
 * the variables, the memory and the role of FailOverServices.
 *
 * @param codeDirectories of the template's functions, which are bundled already
 */
export async function startFirstPutWorld(
  bundles: readonly Bundle[],
  { directory, codeDirectories }: { directory: string; codeDirectories: Assembly["codeDirectories"] },
) {
  const simulator = await startRingCxSimulator({ accounts: [accountId], limit: 100_000, exchangeLimit: 100_000 });
  const { url, platformUrl, clientId, clientSecret, jwt } = simulator;
  const environment = checkedEnvironment({
    name: "bench",
    region,
    connections: [{ name: "main", accountIds: [accountId], ringcxUrl: url, platformUrl }],
    failover: { guards: { flap: { openings: 100, withinMinutes: 2 } } },
  });
  const assembly = synthesize((app) => new RingCxAutomationStack(app, "FirstPut", { environment }), {
    outdir: join(directory, "first-put"),
    codeDirectories,
  });
  const variables = {
    RINGCX_URL: url,
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    JWT: jwt,
    SERVICES: JSON.stringify({ [alarmArn]: name }),
  };
  const host = await startAssembly(withBundles(assembly, bundles, { directory, variables }), { clockFactor: 0 });
  const table = new DynamoStateTable(new DynamoDBClient(host.clientConfig), host.outputs.TableName ?? "");
  const state = { table, clock: systemClock };
  const activation = createActivationStore(state);
  const cloudWatch = new CloudWatchClient(host.clientConfig);
  const lambda = new LambdaClient(host.clientConfig);

  await new SecretsManagerClient(host.clientConfig).send(
    new PutSecretValueCommand({
      SecretId: host.outputs.ConnectionSecretArnMain,
      SecretString: JSON.stringify({ clientId, clientSecret, jwt }),
    }),
  );
  const plain = new PlainRingCx(simulator, accountId);
  const { serviceGroupId } = await plain.call("POST", "httpServiceGroups", { groupName: "CRM", isDefault: false });
  const config = { url: "https://crm.example.com" };
  const { serviceId } = await plain.call("POST", `httpServiceGroups/${serviceGroupId}/httpServices`, {
    serviceType: "HTTP_GET",
    serviceDescription: name.serviceDescription,
    httpServiceConfig: JSON.stringify(config),
    isEnabled: false,
  });
  const ids = { serviceGroupId, serviceId };
  const health = { alarms: [alarmArn] };
  const manifest = { kind: "httpService", ...name, health, httpServiceConfig: config };
  await table.put({ ...serviceRecordKey(name), ...name, ...ids, manifest });
  await table.put({ ...alarmServiceKey(alarmArn, name), ...name, ...ids });
  const guards = { ...state, random: Math.random, settings: { share: 1, withinMinutes: 15 } };
  await createBlastRadius(guards).refresh(accountId, 1, "all");
  await putHealthAlarm(cloudWatch, alarmName);
  const setAlarm = (StateValue: "OK" | "ALARM") =>
    cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: alarmName, StateValue, StateReason: `It is ${StateValue}.` }),
    );

  return {
    /**
     * Gives a fresh process the event of an alarm, for which an active service must go out.
     *
     * @param hasSession whether the table has a session that is still good for a while: the last process's
     * @throws {Error} with what the function answered, or where the service did not go out
     */
    async coldStart({ id }: Bundle, { hasSession = false } = {}): Promise<ColdStart> {
      for (const pid of host.functionPids) process.kill(pid, "SIGKILL");
      while (host.functionPids.length > 0) await delay(2);
      await setAlarm("OK");
      await plain.setActive(serviceGroupId, serviceId, true);
      await table.delete(activationKey(name));
      await activation.change(name, { lastAppliedState: true });
      if (!hasSession) await table.delete(sessionKey("main"));
      await setAlarm("ALARM");
      simulator.clearRequests();
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: id, Payload: JSON.stringify(alarmEvent()) }),
      );
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) throw new Error(`${id} failed: ${text}`);
      const found = JSON.parse(text) as FirstPut;
      const put = simulator.requests.find(({ method }) => method === "PUT");
      if (put?.status !== 200) throw new Error(`${id} took nothing out: ${text}`);
      return { ...found, ms: put.at - found.startedAt };
    },
    async stop() {
      await host.stop();
      await simulator.stop();
    },
  };
}

/** A batch of the alarm queue, as SQS hands it over. */
function alarmEvent() {
  const body = { id: crypto.randomUUID(), "detail-type": "CloudWatch Alarm State Change", resources: [alarmArn] };
  const eventSourceARN = `arn:aws:sqs:${region}:000000000000:alarms`;
  const attributes = { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) };
  return { Records: [{ messageId: body.id, body: JSON.stringify(body), attributes, eventSourceARN }] };
}

/** The template with the bundles' functions; its own would take the service out, too, so no queue is read. */
function withBundles(
  assembly: Assembly,
  bundles: readonly Bundle[],
  { directory, variables }: { directory: string; variables: Readonly<Record<string, string>> },
): Assembly {
  const resources = Object.entries(assembly.template.Resources).map(([id, resource]) => {
    const isRead = resource.Type === "AWS::Lambda::EventSourceMapping";
    return [id, isRead ? { ...resource, Properties: { ...resource.Properties, Enabled: false } } : resource] as const;
  });
  const isOurs = ([id, { Type }]: (typeof resources)[number]) =>
    Type === "AWS::Lambda::Function" && id.includes("FailOverServices");
  const [, failOver] = resources.find(isOurs) ?? [];
  if (!failOver) throw new Error("The template has no function FailOverServices");
  const { Variables } = failOver.Properties.Environment as { Variables: object };
  const watched = new URL("watched-function.ts", import.meta.url).href;
  const added = bundles.map(({ id, file }) => {
    const code = join(directory, `first-put-${id}`);
    mkdirSync(code);
    writeFileSync(join(code, "index.mjs"), `export { handler } from ${JSON.stringify(watched)};`);
    const own = {
      ...variables,
      WATCHED_BUNDLE: pathToFileURL(file).href,
      // The local host would keep what is compiled, which Lambda does not.
      NODE_DISABLE_COMPILE_CACHE: "1",
    };
    const Properties = {
      ...failOver.Properties,
      FunctionName: id,
      Environment: { Variables: { ...Variables, ...own } },
    };
    return { id, code, resource: { ...failOver, Properties } };
  });
  return {
    ...assembly,
    template: {
      ...assembly.template,
      Resources: Object.fromEntries([...resources, ...added.map(({ id, resource }) => [id, resource] as const)]),
    },
    codeDirectories: {
      ...assembly.codeDirectories,
      ...Object.fromEntries(added.map(({ id, code }) => [id, code])),
    },
  };
}
