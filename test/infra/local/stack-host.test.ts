import { randomUUID } from "node:crypto";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LocalHost } from "../../../infra/local/local-host.ts";
import { startStackHost } from "../../../infra/local/stack-host.ts";
import { patienceMs } from "../../support/patience.ts";
import { FixtureStack } from "./fixture/fixture-stack.ts";

let host: LocalHost;
let queues: SQSClient;

beforeAll(async () => {
  host = await startStackHost((app) => new FixtureStack(app), { clockFactor: 600, onLog: () => undefined });
  queues = new SQSClient(host.clientConfig);
});

afterAll(() => host.stop());

const output = (name: string): string => host.outputs[name] ?? `no output ${name}`;

async function send(queue: string, instruction: unknown, more: { MessageGroupId?: string } = {}): Promise<string> {
  const MessageBody = typeof instruction === "string" ? instruction : JSON.stringify(instruction);
  const sent = await queues.send(new SendMessageCommand({ QueueUrl: output(queue), MessageBody, ...more }));
  return sent.MessageId ?? "";
}

async function receive(queue: string): Promise<Message[]> {
  const { Messages = [] } = await queues.send(
    new ReceiveMessageCommand({ QueueUrl: output(queue), WaitTimeSeconds: 15, MessageSystemAttributeNames: ["All"] }),
  );
  return Messages;
}

async function invoke(event: unknown): Promise<{ error: string | undefined; payload: Record<string, unknown> }> {
  const lambda = new LambdaClient(host.clientConfig);
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: output("WorkerName"), Payload: JSON.stringify(event) }),
  );
  const payload = JSON.parse(Buffer.from(Payload ?? "{}").toString()) as Record<string, unknown>;
  return { error: FunctionError, payload };
}

/** How often the function noted something in the table. */
async function notes(note: string): Promise<number> {
  const { Count = 0 } = await new DynamoDBClient(host.clientConfig).send(
    new QueryCommand({
      TableName: output("TableName"),
      KeyConditionExpression: "pk = :note",
      ExpressionAttributeValues: { ":note": { S: note } },
    }),
  );
  return Count;
}

describe("a function", () => {
  it("runs as its bundle, with the template's environment, warm the second time", async () => {
    const first = await invoke({ do: "answer" });
    expect(first.payload).toMatchObject({ color: "green" });
    // The template's schedules and queues use its containers, too: another one may answer the next time.
    await vi.waitFor(async () => {
      const again = await invoke({ do: "answer" });
      expect(Number(again.payload.runs)).toBeGreaterThan(1);
      expect(Number(again.payload.remainingMs)).toBeGreaterThan(500);
    }, patienceMs);
    expect(host.logs.at(-1)).toMatchObject({ level: "INFO", message: "ran", function: output("WorkerName") });
  });

  it("fails like Lambda's when it throws, takes too long, or ends the process", async () => {
    const thrown = await invoke({ do: "throw", note: "x" });
    expect(thrown).toMatchObject({ error: "Unhandled", payload: { errorType: "TypeError" } });
    const late = await invoke({ do: "sleep", ms: 60_000 });
    expect(late.payload.errorMessage).toMatch(/Task timed out after 3.00 seconds/);
    const ended = await invoke({ do: "exit" });
    expect(ended.payload).toMatchObject({ errorType: "Runtime.ExitError" });
    expect((await invoke({ do: "answer" })).error).toBeUndefined();
  });

  it("is not found by another name", async () => {
    const lambda = new LambdaClient(host.clientConfig);
    const missing = lambda.send(new InvokeCommand({ FunctionName: "missing" }));
    await expect(missing).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it("may do what its role says, and is refused in AWS's words what it does not", async () => {
    const note = randomUUID();
    expect((await invoke({ do: "note", note })).error).toBeUndefined();
    expect(await notes(note)).toBe(1);
    const refused = await invoke({ do: "send", note });
    expect(refused.payload.errorType).toBe("AccessDeniedException");
    expect(refused.payload.errorMessage).toMatch(
      /^User: arn:aws:sts::000000000000:assumed-role\/.*\/.* is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:000000000000:.*Forbidden.* because no identity-based policy allows/,
    );
    expect(host.denials.at(-1)).toMatchObject({ action: "sqs:SendMessage" });
  });

  it("shows which of its permissions nothing has used", async () => {
    await invoke({ do: "note", note: randomUUID() });
    const unused = host.unusedPermissions().flatMap(({ actions }) => actions);
    expect(unused).toContain("dynamodb:DeleteItem");
    expect(unused).not.toContain("dynamodb:PutItem");
    expect(unused).not.toContain("logs:PutLogEvents");
  });
});

describe("an event source", () => {
  it("deletes what the function did and leaves what failed, which ends in the dead-letter queue", async () => {
    const note = randomUUID();
    const failing = await send("WorkUrl", { do: "fail" });
    await send("WorkUrl", { do: "note", note });
    const [rejected] = await receive("RejectsUrl");
    expect(rejected?.MessageId).toBe(failing);
    expect(await notes(note)).toBe(1);
  });

  it("takes a function that throws, or answers what cannot be read, for a failure of the whole batch", async () => {
    const thrown = await send("WorkUrl", { do: "throw" });
    const unreadable = await send("WorkUrl", { do: "answer", answer: { batchItemFailures: [{ itemIdentifier: "" }] } });
    const rejected = new Set<string | undefined>();
    while (rejected.size < 2) for (const { MessageId } of await receive("RejectsUrl")) rejected.add(MessageId);
    expect(rejected).toEqual(new Set([thrown, unreadable]));
  });

  it("gives a group's messages in order, and the next only when the one before is done", async () => {
    const sent: string[] = [];
    for (let index = 0; index < 4; index++) {
      sent.push(
        await send("OrderedUrl", { do: "sleep", ms: 30 - 10 * index, note: `${index}` }, { MessageGroupId: "g" }),
      );
    }
    await host.idle();
    const handled = host.invocations.flatMap(({ event }) => {
      const { Records = [] } = event as { Records?: { messageId: string }[] };
      return Records.map(({ messageId }) => messageId).filter((id) => sent.includes(id));
    });
    expect(handled).toEqual(sent);
  });

  it("tells the function who sent a message", async () => {
    await send("WorkUrl", { do: "answer" });
    await host.idle();
    const { event } = host.invocations.findLast(({ trigger }) => trigger === "sqs") ?? {};
    const { userId } = await new STSClient(host.clientConfig)
      .send(new GetCallerIdentityCommand({}))
      .then((identity) => ({
        userId: identity.UserId,
      }));
    expect(event).toMatchObject({ Records: [{ eventSource: "aws:sqs", attributes: { SenderId: userId } }] });
  });
});

describe("queues and topics", () => {
  it("hand out addresses that lead through the gateway", async () => {
    const QueueName = output("HeardUrl").split("/").at(-1);
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName }));
    expect(QueueUrl).toBe(output("HeardUrl"));
    const missing = queues.send(new GetQueueUrlCommand({ QueueName: "missing" }));
    await expect(missing).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it("deliver what is published to the queues that subscribe", async () => {
    await new SNSClient(host.clientConfig).send(new PublishCommand({ TopicArn: output("TopicArn"), Message: "news" }));
    expect((await receive("HeardUrl"))[0]?.Body).toBe("news");
  });
});

describe("an alarm", () => {
  it("that changes its state becomes an event, which a rule with a matching pattern brings to its queue", async () => {
    const cloudWatch = new CloudWatchClient(host.clientConfig);
    for (const AlarmName of ["erp-health", "crm-health"]) {
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: "AWS/Route53",
          MetricName: "HealthCheckStatus",
          ComparisonOperator: "LessThanThreshold",
          EvaluationPeriods: 1,
          Threshold: 1,
          Period: 60,
          Statistic: "Minimum",
        }),
      );
      const StateValue = "ALARM";
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "the CRM is down" }));
    }
    const received = await receive("AlarmEventsUrl");
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]?.Body ?? "")).toMatchObject({
      source: "aws.cloudwatch",
      "detail-type": "CloudWatch Alarm State Change",
      account: "000000000000",
      region: "eu-central-1",
      resources: ["arn:aws:cloudwatch:eu-central-1:000000000000:alarm:crm-health"],
      detail: {
        alarmName: "crm-health",
        state: { value: "ALARM", reason: "the CRM is down" },
        previousState: { value: "INSUFFICIENT_DATA" },
        configuration: { metrics: [{ metricStat: { metric: { name: "HealthCheckStatus" } } }] },
      },
    });
  });
});

describe("a schedule", () => {
  it("fires when asked, with its input", async () => {
    const before = await notes("tick");
    const tick = await host.runSchedule("Tick");
    expect(tick).toMatchObject({ trigger: "schedule", outcome: { status: "succeeded" } });
    expect(await notes("tick")).toBeGreaterThan(before);
  });

  it("fires by itself, as much faster as the clock runs", async () => {
    const before = await notes("tick");
    await expect.poll(() => notes("tick")).toBeGreaterThan(before + 3);
  });

  it("that is not there is an error with the names of those that are", async () => {
    await expect(host.runSchedule("Missing")).rejects.toThrow("Tick");
  });
});
