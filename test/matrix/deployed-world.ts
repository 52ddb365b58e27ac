import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readOutcomes } from "../../cli/read/outcomes.ts";
import { startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { startHostedSystem } from "../cli/hosted-system.ts";
import { productionAccount, testAccount } from "../support/world/outside.ts";
import { alarm, type StoryWorld, type Told } from "./story.ts";
import { foreignResources } from "./world.ts";

const accounts = [testAccount, productionAccount] as const;

/**
 * How long a message, a tick or an alarm may take until nothing is left to do, in milliseconds: where reads are old, a message
 * waits up to thirty seconds for each service that it makes.
 */
const patienceMs = 600_000;

/** More sweeps than it takes to see an end, or a person's click: each stands for a minute, and takes none. */
const mostSweeps = 3;

/**
 * The deployed form, as `npm start` runs it: the template's queues, roles and bundles on the local host, RingCX behind HTTP, on
 * the real clock. Schedules fire when the story says so. Nobody crowds the limit, which would take a minute each time.
 */
export async function startDeployedWorld(profile: Partial<Profile>): Promise<StoryWorld> {
  const crm = await startCrmEndpoint();
  const { simulator, host, createAlarm, stop } = await startHostedSystem({
    accounts,
    seed: foreignResources(profile),
    profile,
    allowedHosts: [crm.host],
  });
  const table = new DynamoStateTable(new DynamoDBClient(host.clientConfig), host.outputs.TableName ?? "");
  const secrets = new SecretsManagerClient(host.clientConfig);
  const sqs = new SQSClient(host.clientConfig);
  const ofStory = await createAlarm(alarm.split(":").at(-1) ?? "");
  const tags = { "ringcx:connection": "main", "ringcx:accounts": accounts.join(" "), "ringcx:hosts": crm.host };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const values = new Map<string, Readonly<Record<string, unknown>>>();
  const startedAt = Date.now();
  const told: Told[] = [];
  const known = new Set<string>();

  /** Until nothing is left to do; what was told meanwhile is then known. */
  async function settle(): Promise<void> {
    try {
      await host.idle({ timeoutMs: patienceMs });
    } catch (error) {
      // What is left waits for something, which the queues do not say.
      const last = host.logs.findLast(({ message }) => /deferred|retried/.test(String(message)));
      throw new Error(`${String(error)}; ${last?.message}: ${last?.because ?? last?.reason}`);
    } finally {
      const outcomes = await readOutcomes(table, { since: startedAt, now: Date.now() });
      for (const { id, source, time, data } of outcomes.toReversed()) {
        const key = `${source} ${id} ${time}`;
        if (!known.has(key)) told.push(data);
        known.add(key);
      }
    }
  }

  async function tick(schedule: string): Promise<void> {
    const { outcome } = await host.runSchedule(schedule);
    if (outcome.status === "failed") throw new Error(`${schedule}: ${outcome.error.errorMessage}`);
    await settle();
  }

  return {
    crm,
    simulator,
    values,
    told,
    async createSecret(name, value) {
      values.set(name, value);
      await secrets.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value), Tags }));
    },
    async putSecret(name, value) {
      values.set(name, value);
      await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    },
    async send(body) {
      const { accountId } = body.data;
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: host.outputs.ProvisioningQueueUrl ?? "",
          // The story has a time of its own.
          MessageBody: JSON.stringify({ ...body, time: new Date().toISOString() }),
          MessageGroupId: accountId,
          MessageDeduplicationId: body.id,
        }),
      );
      await settle();
    },
    async ticks(count) {
      for (let index = 0; index < count; index += 1) await tick("Mirror");
    },
    async alarm(_, state) {
      await ofStory.set(state);
      await settle();
    },
    async minutes(count) {
      for (let index = 0; index < Math.min(count, mostSweeps); index += 1) await tick("SweepSchedule");
    },
    crowd() {},
    async open() {
      const items = await Promise.all(accounts.map((id) => table.query(`ACCOUNT#${id}`, "OPEN#")));
      return items.flat().length;
    },
    async stop() {
      await stop();
      await crm.stop();
      for (const client of [secrets, sqs]) client.destroy();
    },
  };
}
