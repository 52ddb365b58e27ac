import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test, vi } from "vitest";
import { openEnvironment } from "../../../cli/environment/open-environment.ts";
import { filterLog } from "../../../cli/read/logs.ts";
import { readOutcomes } from "../../../cli/read/outcomes.ts";
import { correlationOf, readTrace } from "../../../cli/read/trace.ts";
import { patienceMs } from "../../support/patience.ts";
import { accountId, file, manifests, system } from "./system.ts";

// What became of it, and by which id that is found.

test("one id follows a message, a command, an alarm and a new version through logs, requests and outcomes", async () => {
  const alarm = await system.createAlarm("traced-health");
  await system.createSecret("crm/traced");
  const more = `    health:\n      alarms: ["${alarm.arn}"]\n  - { kind: authConfig, providerName: Traced, authType: APIKEY, secretId: crm/traced }\n`;
  const applied = await system.ops(["apply", await file("traced.yaml", manifests("Traced", "Lookup", more)), "--json"]);
  const command = await system.ops(["deactivate", "traced/lookup", "--why", "x", "--json"]);
  await system.ops(["activate", "traced/lookup"]);
  // Where its probe fails, it goes out however many others of the account have.
  system.setUp(false);
  await alarm.set("ALARM");
  const outage = await vi.waitFor(async () => {
    const [found] = JSON.parse((await system.ops(["outcomes", "--json"])).out).filter(
      ({ data }: { data: { cause: { source: string } } }) => data.cause.source === alarm.arn,
    );
    expect(found).toBeDefined();
    return found;
  }, patienceMs);
  await alarm.set("OK");
  system.setUp(true);
  await system.ops(["rotate", "traced", "--new-version", await file("t.json", '{"apiKey": "k2"}'), "--timeout", "1s"]);
  await system.host.runSchedule("Mirror");
  const [rotation] = JSON.parse((await system.ops(["outcomes", "--json"])).out).filter(
    ({ data }: { data: { cause: { type: string }; summary: string } }) =>
      data.cause.type === "ringcx.rotation" && data.summary.startsWith("Traced "),
  );

  const idOf = ({ out }: { out: string }) => [JSON.parse(out)].flat()[0].data.cause.id as string;
  for (const [id, status, requests] of [
    [idOf(applied), "SUCCEEDED", /message taken in[\s\S]*POST services\.create: 200/],
    [idOf(command), "SUCCEEDED", /PUT[^\n]*: 200/],
    [outage.data.cause.id, "SUCCEEDED", /: 200/],
    [rotation.data.details.versionId, "SUCCEEDED", /PATCH[^\n]*: 200/],
  ] as const) {
    const { code, out } = await system.ops(["trace", id]);
    expect(code).toBe(0);
    expect(out).toMatch(requests);
    expect(out).toMatch(new RegExp(`request [\\s\\S]*outcome  ${status}`));
    const trace = JSON.parse((await system.ops(["trace", id, "--json"])).out);
    const event = trace.ids.at(-1);
    // Of an outage the alarm's event stands behind the id of its outcome; a door that is not open leaves the invocation's.
    expect(trace.ids).toEqual(id === outage.data.cause.id ? [id, outage.data.details.correlationId] : [id]);
    for (const { record } of trace.lines) {
      expect([record.correlationId].flat()).toContain(event);
      expect(event).not.toBe(record.function_request_id);
    }
    const times = trace.lines.map(({ at }: { at: number }) => at);
    expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
    expect(out).not.toContain("k2");
  }
  expect(await system.ops(["trace", "never-sent"])).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Nothing is known/),
  });
});

test("a chat is told what was refused, in the form of AWS's chat service", async () => {
  const { clientConfig, endpoint, region, outputs } = system.host;
  const sqs = new SQSClient(clientConfig);
  await sqs.send(new CreateQueueCommand({ QueueName: "chat" }));
  const Endpoint = `arn:aws:sqs:${region}:000000000000:chat`;
  const Attributes = { RawMessageDelivery: "true" };
  const subscription = { TopicArn: outputs.ChatTopicArn, Protocol: "sqs", Endpoint, Attributes };
  await new SNSClient(clientConfig).send(new SubscribeCommand(subscription));
  const config = `accountId: "${accountId}"
resources: [{ kind: authConfig, providerName: Secretless, authType: APIKEY, secretId: crm/never-made }]
`;
  expect(await system.ops(["apply", await file("secretless.yaml", config)])).toMatchObject({ code: 1 });
  const receive = new ReceiveMessageCommand({ QueueUrl: `${endpoint}/000000000000/chat`, WaitTimeSeconds: 5 });
  const { Messages: [message] = [] } = await sqs.send(receive);
  expect(JSON.parse(message?.Body ?? "null")).toMatchObject({
    version: "1.0",
    source: "custom",
    content: {
      title: `Rejected (RingCX, cli, account ${accountId})`,
      description: expect.stringMatching(/crm\/never-made/),
    },
  });
});

test("every outcome of all these tests says for which events it was made, and trace finds it by them", async () => {
  const environment = await openEnvironment({ local: "" }, system.directory);
  const span = { since: 0, now: Date.now() };
  const outcomes = await readOutcomes(environment.table, { since: span.now - 3_600_000, now: span.now });
  expect(outcomes.length).toBeGreaterThan(30);
  // What trace looks for of each id, looked for once of all of them.
  const groups = environment.outputs.LogGroupNames?.split(" ") ?? [];
  const read = await Promise.all(
    groups.map((group) => filterLog(environment, group, { phrase: "correlationId", since: 0 })),
  );
  const logged = new Set(read.flat().flatMap(({ record }) => correlationOf(record)));
  const kinds = new Map(outcomes.map((outcome) => [outcome.data.cause.type, outcome]));
  for (const { id, data } of outcomes) {
    const events = correlationOf(data.details);
    expect(events, `${id}: ${data.summary}`).not.toEqual([]);
    expect(
      events.filter((event) => !logged.has(event)),
      `${id}: ${data.summary}`,
    ).toEqual([]);
  }
  for (const { id, data } of kinds.values()) {
    const [event = ""] = correlationOf(data.details);
    const trace = await readTrace(environment, event, span);
    expect(trace.outcomes.map((outcome) => outcome.id)).toContain(id);
    expect(trace.lines, `${id}: ${data.summary}`).not.toEqual([]);
  }
});
