import * as cloudWatch from "@aws-sdk/client-cloudwatch";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as sqs from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type LoopbackServer, startLoopbackServer } from "../../../infra/local/loopback-server.ts";
import { awsClientSettings } from "../../../shared/runtime/aws-client-settings.ts";
import * as leanCloudWatch from "../../../shared/runtime/lean/client-cloudwatch.ts";
import * as leanTagging from "../../../shared/runtime/lean/client-resource-groups-tagging-api.ts";
import * as leanSqs from "../../../shared/runtime/lean/client-sqs.ts";

/** What the bundles have in the place of an SDK client, and that client: each test holds one against the other. */
let server: LoopbackServer;
/** What is answered, in turn: status and body. */
let answers: [status: number, body: object][] = [];
let requests: Record<string, unknown>[] = [];

beforeAll(async () => {
  server = await startLoopbackServer(async (request, response) => {
    const { method, url, headers } = request;
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const scope = /Credential=key\/\d+\/([^,]+)/.exec(String(headers.authorization))?.[1];
    const { "content-type": contentType, "x-amz-target": target } = headers;
    requests.push({ method, url, contentType, target, scope, body });
    const [status, answer] = answers.shift() ?? [200, {}];
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
});
beforeEach(() => {
  answers = [];
  requests = [];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const settings = {
  ...awsClientSettings(),
  region: "eu-central-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
};

/** What was asked, and what came of it: without what the SDK notes about the call. */
async function seen(given: typeof answers, call: () => Promise<unknown>) {
  answers = structuredClone(given);
  requests = [];
  const outcome = await call().then(
    (value) => ({ value: withoutMetadata(value) }),
    (error: Error) => ({ error: error.name, message: error.message }),
  );
  return { requests, outcome };
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  const { $metadata: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

async function all(pages: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

// In AWS the URL of a queue is on the region's endpoint.
const asSdk = new sqs.SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
const asLean = new leanSqs.SQSClient(settings);
const attributes = { reason: { DataType: "String", StringValue: "ä" } };
const entry = { Id: "0", MessageBody: "m", MessageGroupId: "1", MessageDeduplicationId: "1/t" };
const timed = { QueueUrl: "http://q/1/a", ReceiptHandle: "r", VisibilityTimeout: 5 };
const batch = { QueueUrl: "http://q/1/a", Entries: [{ Id: "0", ReceiptHandle: "r", VisibilityTimeout: 5 }] };
const message = { QueueUrl: "http://q/1/a", MessageBody: "m", MessageAttributes: attributes };
const md5OfM = "6f8f57715090da2632453988d9a1501b";
const sent = { Successful: [], Failed: [{ Id: "0", SenderFault: false, Code: "InternalError", Message: "no" }] };

test.each([
  ["SendMessage", { MessageId: "1", MD5OfMessageBody: md5OfM }, (at: typeof sqs) => new at.SendMessageCommand(message)],
  [
    "SendMessageBatch",
    sent,
    (at: typeof sqs) => new at.SendMessageBatchCommand({ QueueUrl: "http://q/1/a", Entries: [entry] }),
  ],
  ["ChangeMessageVisibility", {}, (at: typeof sqs) => new at.ChangeMessageVisibilityCommand(timed)],
  [
    "ChangeMessageVisibilityBatch",
    { Successful: [{ Id: "0" }], Failed: [] },
    (at: typeof sqs) => new at.ChangeMessageVisibilityBatchCommand(batch),
  ],
])("SQS's %s is asked and answered as by the SDK", async (_, answer, commandOf) => {
  const lean = await seen([[200, answer]], () => asLean.send(commandOf(leanSqs as unknown as typeof sqs) as never));
  expect(lean).toEqual(await seen([[200, answer]], () => asSdk.send(commandOf(sqs) as never)));
  expect(lean.requests).toMatchObject([{ target: expect.stringMatching(/^AmazonSQS\./) }]);
});

const seconds = 1_764_000_000.25;
const alarm = { AlarmArn: "a", StateValue: "ALARM", StateReason: "why", StateUpdatedTimestamp: seconds };
const alarmPages: typeof answers = [
  [200, { MetricAlarms: [{ ...alarm, ActionsEnabled: true, StateTransitionedTimestamp: seconds }], NextToken: "n" }],
  [200, { CompositeAlarms: [{ ...alarm, ActionsSuppressedBy: "Alarm" }], MetricAlarms: [] }],
];
const rulePages: typeof answers = [
  [200, { AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn: "r", Status: "ACTIVE", LastUpdatedTimestamp: seconds }] }],
];
const tagPages: typeof answers = [
  [200, { PaginationToken: "n", ResourceTagMappingList: [{ ResourceARN: "a", Tags: [{ Key: "k", Value: "v" }] }] }],
  [200, { PaginationToken: "", ResourceTagMappingList: [] }],
];
const asked = { AlarmNames: ["a"], AlarmTypes: ["MetricAlarm" as const] };
const filters = { ResourceTypeFilters: ["cloudwatch:alarm"], TagFilters: [{ Key: "k" }] };

test.each([
  [
    "CloudWatch's DescribeAlarms",
    alarmPages,
    (at: typeof cloudWatch) =>
      all(at.paginateDescribeAlarms({ client: new at.CloudWatchClient(settings), pageSize: 100 }, asked)),
  ],
  [
    "CloudWatch's ListAlarmMuteRules",
    rulePages,
    (at: typeof cloudWatch) =>
      all(
        at.paginateListAlarmMuteRules(
          { client: new at.CloudWatchClient(settings), pageSize: 100 },
          { Statuses: ["ACTIVE"] },
        ),
      ),
  ],
  [
    "CloudWatch's GetAlarmMuteRule",
    [[200, { Name: "r", MuteTargets: { AlarmNames: ["a"] } }]] as typeof answers,
    (at: typeof cloudWatch) =>
      new at.CloudWatchClient(settings).send(new at.GetAlarmMuteRuleCommand({ AlarmMuteRuleName: "r" })),
  ],
])("%s is asked and answered as by the SDK, times and pages too", async (_, given, call) => {
  const lean = await seen(given, () => call(leanCloudWatch as unknown as typeof cloudWatch));
  expect(lean).toEqual(await seen(given, () => call(cloudWatch)));
  expect(lean.requests).toHaveLength(given.length);
  expect(lean.outcome).not.toHaveProperty("error");
});

test("the tagging API's GetResources is asked and answered as by the SDK, to its last page", async () => {
  const call = (at: typeof tagging) => () =>
    all(at.paginateGetResources({ client: new at.ResourceGroupsTaggingAPIClient(settings), pageSize: 100 }, filters));
  const lean = await seen(tagPages, call(leanTagging as unknown as typeof tagging));
  expect(lean).toEqual(await seen(tagPages, call(tagging)));
  expect(lean.requests).toHaveLength(2);
});

test.each([
  ["a refusal", [[400, { __type: "com.amazonaws.x#AccessDeniedException", message: "not authorized" }]], 1],
  ["throttling that passes", [[400, { __type: "ThrottlingException", message: "Rate exceeded" }]], 2],
  [
    "a failure of the service that stays",
    [500, 500, 500].map((status) => [status, { __type: "InternalFailure", message: "x" }]),
    3,
  ],
] as [string, typeof answers, number][])("%s is called and repeated as by the SDK", async (_, given, times) => {
  const call = (at: typeof cloudWatch) => () =>
    new at.CloudWatchClient(settings).send(new at.GetAlarmMuteRuleCommand({ AlarmMuteRuleName: "r" }));
  const lean = await seen(given, call(leanCloudWatch as unknown as typeof cloudWatch));
  expect(lean).toEqual(await seen(given, call(cloudWatch)));
  expect(lean.requests).toHaveLength(times);
});
