import { randomBytes, randomUUID } from "node:crypto";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { exitCodes } from "../../cli/exit-codes.ts";
import { followOutcomes } from "../../infra/local/demo/outcome-feed.ts";
import { fingerprint } from "../../infra/local/ringcx-simulator/fields/masking.ts";
import type { Outcome } from "../../shared/contract/outcome.ts";
import { systemClock as clock } from "../../shared/primitives/clock.ts";
import { seeded } from "../support/virtual-time.ts";
import { startEndpoint } from "./endpoint.ts";
import type { Heap } from "./heap.ts";
import { LocalProcess, type Memory } from "./local-process.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { alarmNames, type SoakMessage, secretName, servicesOf, soakMessages } from "./plan.ts";
import { growthOf, type Seen, type ShownAccount, violationsIn } from "./verdict.ts";

const limit = 120;

async function soak(options: Options): Promise<number> {
  const { minutes, windowSeconds, killSeconds, seed } = options;
  const random = seeded(seed);
  const endpoint = await startEndpoint();
  const local = await LocalProcess.start({ allowHost: endpoint.address, windowSeconds, clock });
  const { endpoint: awsEndpoint, region, credentials, outputs, simulatorUrl } = local.system;
  const clientConfig = { endpoint: awsEndpoint, region, credentials };
  const sqs = new SQSClient(clientConfig);
  const secrets = new SecretsManagerClient(clientConfig);
  const cloudWatch = new CloudWatchClient(clientConfig);
  const outcomes: Outcome[] = [];
  const feed = await followOutcomes({
    clientConfig,
    topicArn: outputs.OutcomeTopicArn ?? "",
    queueName: "soak-outcomes",
    onOutcome: (outcome) => void outcomes.push(outcome),
  });
  const accounts = local.system.connections.flatMap(({ accountIds }) => accountIds);
  const size = { accounts, services: options.services, messages: options.messages };
  const counts = { killed: 0, outages: 0, versions: 0 };

  let current = randomBytes(16).toString("hex");
  const tags = {
    "ringcx:connection": "local",
    "ringcx:accounts": accounts.join(" "),
    "ringcx:hosts": endpoint.address,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const value = () => JSON.stringify({ apiKey: current });
  await secrets.send(new CreateSecretCommand({ Name: secretName, SecretString: value(), Tags }));
  for (const AlarmName of alarmNames) {
    const metric = { Namespace: "Soak", MetricName: AlarmName, Statistic: "Minimum" as const, Period: 60 };
    const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "LessThanThreshold" as const };
    await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
  }

  const queues = { provisioning: outputs.ProvisioningQueueUrl, command: outputs.CommandQueueUrl };
  const send = async ({ queue, accountId, event, isTwice }: SoakMessage) => {
    const MessageBody = JSON.stringify({ ...event, time: new Date(clock.now()).toISOString() });
    for (let copy = 0; copy < (isTwice ? 2 : 1); copy += 1) {
      const fifo = { MessageGroupId: accountId, MessageDeduplicationId: randomUUID() };
      await sqs.send(new SendMessageCommand({ QueueUrl: queues[queue], MessageBody, ...fifo }));
    }
  };
  const setAlarm = (number: number, StateValue: "OK" | "ALARM") =>
    cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: alarmNames[number], StateValue, StateReason: `It is ${StateValue}.` }),
    );

  const end = clock.now() + minutes * 60_000;
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  const isOver = () => clock.now() >= end || stopping.signal.aborted || !local.isRunning;
  /** Does something again and again until the time is over. */
  const every = async (seconds: number, act: () => Promise<unknown>): Promise<void> => {
    while (seconds > 0 && !isOver()) {
      await clock
        .sleep(Math.min(seconds * 1_000, Math.max(0, end - clock.now())), stopping.signal)
        .catch(() => undefined);
      if (!isOver()) await act();
    }
  };

  const sent: SoakMessage[] = [];
  const samples: Memory[] = [];
  const control = async (door: string) => (await fetch(`${simulatorUrl}/_simulator/${door}`)).json();
  const places = {
    endpoint: endpoint.url,
    alarmArn: (number: number) => `arn:aws:cloudwatch:${region}:000000000000:alarm:${alarmNames[number]}`,
  };
  const messages = [...soakMessages(size, places, random)];
  const made = messages.length - options.messages;
  const traffic = async () => {
    const begun = clock.now();
    for (const [index, message] of messages.entries()) {
      if (isOver()) return;
      // The services are made at once, what follows is spread over the time.
      const due = begun + (Math.max(0, index - made) / options.messages) * (end - begun) * 0.98;
      await clock.sleep(Math.max(0, due - clock.now()), stopping.signal).catch(() => undefined);
      await send(message);
      sent.push(message);
    }
  };
  const outage = async () => {
    const number = Math.floor(random() * alarmNames.length);
    counts.outages += 1;
    endpoint.setDown(number, true);
    await setAlarm(number, "ALARM");
    await clock.sleep(15_000, stopping.signal).catch(() => undefined);
    endpoint.setDown(number, false);
    await setAlarm(number, "OK");
  };
  const rotate = async () => {
    current = randomBytes(16).toString("hex");
    counts.versions += 1;
    await secrets.send(new PutSecretValueCommand({ SecretId: secretName, SecretString: value() }));
  };
  const kill = async () => {
    const pids = await local.functionPids();
    const pid = pids[Math.floor(random() * pids.length)];
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    counts.killed += 1;
  };
  const watch = async () => {
    const memory = await local.memory();
    samples.push(memory);
    if (samples.length % 12 === 0) {
      const { host } = memory;
      const heap = kept.at(-1);
      const left = Math.max(0, Math.round((end - clock.now()) / 60_000));
      say(
        `${left} min left: ${sent.length} sent, ${outcomes.length} told, host ${Math.round(host)} MB (kept ${mb(heap?.host)}, its table ${mb(heap?.table)}), function ${Math.round(memory.function)} MB, ${counts.killed} killed`,
      );
    }
  };

  const kept: Heap[] = [];
  const requests: Seen["requests"][number][] = [];
  const weigh = async () => {
    kept.push(await local.heap());
    await readRequests(clock.now());
  };
  /** The simulator keeps the latest only. @param before epoch milliseconds: more may come with a later time */
  const readRequests = async (before: number) => {
    const last = requests.at(-1)?.at ?? 0;
    const logged = (await control("requests")) as Seen["requests"];
    requests.push(...logged.filter(({ at }) => at > last && at < before));
  };

  say(
    `Seed ${seed}: ${size.services} services, ${size.messages} messages, ${minutes} minutes, a window of ${windowSeconds} s`,
  );
  await Promise.all([
    traffic(),
    every(20, outage),
    every(30, rotate),
    every(killSeconds, kill),
    every(5, watch),
    every(60, weigh),
  ]);

  say("All is sent; now it settles.");
  for (const number of alarmNames.keys()) {
    endpoint.setDown(number, false);
    await setAlarm(number, "OK");
  }
  const look = async (): Promise<Seen> => {
    await readRequests(Number.POSITIVE_INFINITY);
    return {
      sent,
      outcomes,
      accounts: ((await control("state")) as { accounts: ShownAccount[] }).accounts,
      requests,
      services: servicesOf(size),
      endpoint: endpoint.url,
      currentFingerprint: fingerprint(current),
      limit,
      windowMs: windowSeconds * 1_000,
    };
  };
  let seen = await look();
  // Its minutes are seconds here, but leases, waits and visibility time-outs are as they are in AWS.
  for (let waited = 0; waited < 60 && violationsIn(seen).length > 0 && local.isRunning; waited += 1) {
    await clock.sleep(5_000);
    seen = await look();
  }
  const violations = violationsIn(seen);
  const growth = growthOf(samples, ["host", "function"]);
  const keptMore = growthOf(kept, ["host", "table"]);
  await feed.stop();
  const { ms, left } = await local.stop(clock.now);
  endpoint.stop();
  if (keptMore.host > 10) violations.push(`the host keeps ${mb(keptMore.host)} more`);
  if (growth.function > 100) violations.push(`the functions' memory grew by ${Math.round(growth.function)} MB`);
  if (ms > 3_000) violations.push(`it took ${ms} ms to end`);
  if (left.length > 0) violations.push(`${left.length} processes are left`);

  const highest = (of: keyof Memory) => Math.round(Math.max(...samples.map((sample) => sample[of])));
  say(
    [
      `${sent.length} messages, ${seen.outcomes.length} outcomes, ${seen.requests.length} requests to RingCX`,
      `${counts.outages} outages, ${counts.versions} secret versions, ${counts.killed} functions killed`,
      `memory at most: host ${highest("host")} MB, a function ${highest("function")} MB; grown by ${Math.round(growth.host)} and ${Math.round(growth.function)} MB between the second and the last quarter`,
      `kept at the end, after a collection: host ${mb(kept.at(-1)?.host)}, its table ${mb(kept.at(-1)?.table)}; grown by ${mb(keptMore.host)} and ${mb(keptMore.table)}`,
      `ended ${ms} ms after SIGINT`,
      ...(violations.length === 0 ? ["Nothing was lost, doubled or wrong."] : violations.slice(0, 40)),
    ].join("\n"),
  );
  return violations.length === 0 ? 0 : 1;
}

function mb(megabytes = 0): string {
  return `${megabytes.toFixed(1)} MB`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await soak(readOptions());
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = exitCodes.usage;
}
